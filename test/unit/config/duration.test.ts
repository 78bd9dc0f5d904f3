import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { formatDuration, parseDuration } from '../../../src/config/duration.ts';

describe('durations', () => {
  const cases: Record<string, number | undefined> = {
    '30s': 30_000,
    '1.5h': 5_400_000,
    '200ms': 200,
    '7d': 604_800_000,
    '0s': 0,
    '30': undefined,
    '30 s': undefined,
    '-1s': undefined,
    s: undefined,
    '1w': undefined,
  };
  for (const [text, ms] of Object.entries(cases)) {
    it(`reads ${text} as ${ms === undefined ? 'no duration' : `${ms} ms`}`, () =>
      assert.equal(parseDuration(text), ms));
  }

  it('are written so that they read back the same', () => {
    fc.assert(fc.property(fc.nat(), (ms) => assert.equal(parseDuration(formatDuration(ms)), ms)));
  });
});
