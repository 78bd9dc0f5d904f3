import assert from 'node:assert/strict';
import { quantile } from '../../../bench/quantile.ts';

describe('a quantile', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
  const cases: Record<string, [values: number[], share: number, expected: number]> = {
    'of one value is that value': [[7], 0.99, 7],
    'half way is the median of an odd number': [[3, 1, 2], 0.5, 2],
    'is a value that was measured, never one in between': [[1, 10], 0.5, 1],
    'at 0.99 leaves one in a hundred above it': [hundred, 0.99, 99],
    'at 1 is the largest': [hundred, 1, 100],
    'at 0 is the smallest': [hundred, 0, 1],
  };
  for (const [name, [values, share, expected]] of Object.entries(cases)) {
    it(name, () => assert.equal(quantile(values, share), expected));
  }

  it('of nothing does not exist', () => {
    assert.throws(() => quantile([], 0.5), RangeError);
  });
});
