import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..', '..');

/** Inside a split bundle a dynamic import of a CommonJS package has only `default`: other names are undefined when called. */
describe('dynamic imports of packages', () => {
  const found = globSync('src/**/*.ts', { cwd: root }).flatMap((path) =>
    [
      ...readFileSync(join(root, path), 'utf8').matchAll(/(?<names>\S[^=\n]*)= await import\('(?<name>[^.'][^']*)'\)/g),
    ].map(({ groups }) => ({ path, names: groups?.['names'] ?? '', name: groups?.['name'] ?? '' })),
  );

  it('are there to be looked at', () => assert.ok(found.length >= 8));

  for (const { path, names, name } of found.filter((entry) => !entry.name.startsWith('node:'))) {
    it(`of ${name} in ${path} work in the bundle as well`, () => {
      const manifest = JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')) as {
        type?: string;
      };
      if (manifest.type !== 'module') assert.match(names, /\{ default: \w+ \}/);
    });
  }
});
