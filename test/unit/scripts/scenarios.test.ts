import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { scenarioChapters } from '../../../scripts/docs/scenarios/chapters.ts';
import { splitReference } from '../../../scripts/docs/scenarios-page.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const scenarios = scenarioChapters.flatMap((chapter) => chapter.scenarios);

/** How many scenarios the survey has in each chapter. */
const surveyed = { N: 14, P: 25, V: 18, W: 10, C: 16, R: 6, S: 9, Q: 7, K: 17, X: 6, Y: 15 } as const;

describe('table of scenarios', () => {
  it('has every scenario of the survey once', () => {
    const expected = Object.entries(surveyed).flatMap(([letter, count]) =>
      Array.from({ length: count }, (_, index) => `${letter}${index + 1}`),
    );
    assert.deepEqual(
      scenarios.map(({ id }) => id),
      expected,
    );
  });

  it('names a test for each, or says why there is none', () => {
    for (const { id, tests, notHere } of scenarios) {
      assert.equal(tests.length > 0, notHere === undefined, `${id} has either tests or a reason why not`);
    }
  });

  it('names only tests that exist', () => {
    for (const { id, tests } of scenarios) {
      for (const test of tests) {
        const [file, title] = splitReference(test);
        const path = join(root, file);
        assert.ok(existsSync(path), `${id}: there is no ${file}`);
        const text = readFileSync(path, 'utf8').replaceAll("\\'", "'");
        const quoted = ["'", '"', '`'].some((quote) => text.includes(`${quote}${title}`));
        assert.ok(title !== '' && quoted, `${id}: ${file} has no test "${title}"`);
      }
    }
  });
});
