import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import manifest from '../../../package.json' with { type: 'json' };

describe('docs/dependencies.md', () => {
  const page = readFileSync(join(import.meta.dirname, '..', '..', '..', 'docs', 'dependencies.md'), 'utf8');
  const argued = [...page.matchAll(/^\| `(?<name>[^`]+)` \| (?<purpose>[^|]+) \|/gm)].map(
    (match) => match.groups ?? {},
  );
  const installed = Object.keys({
    ...manifest.dependencies,
    ...manifest.devDependencies,
    ...manifest.optionalDependencies,
  });

  it('argues for every dependency and for nothing else', () => {
    assert.deepEqual(argued.map(({ name = '' }) => name).sort(), installed.sort());
  });

  it('says what each is for', () => {
    for (const { name, purpose } of argued) assert.notEqual(purpose?.trim(), '', name);
  });
});
