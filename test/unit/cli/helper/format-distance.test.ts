import assert from 'node:assert/strict';
import { formatDistance } from '../../../../src/cli/helper/format-distance.ts';

const minute = 60_000;

describe('how far away a time is', () => {
  const cases: Record<string, [ms: number, text: string]> = {
    now: [0, 'in <1m'],
    seconds: [59_999, 'in <1m'],
    'seconds ago': [-1, '<1m ago'],
    minutes: [41.9 * minute, 'in 41m'],
    'a whole hour': [60 * minute, 'in 1h'],
    'hours and minutes': [(11 * 60 + 45) * minute, 'in 11h45m'],
    'hours and minutes ago': [-(61 * minute), '1h1m ago'],
    'days and hours': [(50 * 60 + 59) * minute, 'in 2d2h'],
    'a whole day': [24 * 60 * minute, 'in 1d'],
  };
  for (const [name, [ms, text]] of Object.entries(cases)) {
    it(`is told in two units for ${name}`, () =>
      assert.equal(formatDistance(1_000_000_000_000 + ms, 1_000_000_000_000), text));
  }
});
