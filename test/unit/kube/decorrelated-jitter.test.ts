import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { createDecorrelatedJitter } from '../../../src/kube/decorrelated-jitter.ts';

describe('createDecorrelatedJitter', () => {
  it('stays between base and cap, and within three times the delay before', () => {
    const draws = fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { minLength: 1 });
    fc.assert(
      fc.property(draws, (values) => {
        let index = 0;
        const random = (): number => values[index++ % values.length] ?? 0;
        const backoff = createDecorrelatedJitter({ baseMs: 200, capMs: 30_000, random });
        let previous = 200;
        for (let step = 0; step < 30; step += 1) {
          const delay = backoff.nextMs();
          assert.ok(delay >= 200 && delay <= 30_000 && delay <= previous * 3 + 2);
          previous = delay;
        }
      }),
    );
  });

  it('starts over after a reset', () => {
    const backoff = createDecorrelatedJitter({ baseMs: 200, capMs: 30_000, random: () => 0.99 });
    const first = backoff.nextMs();
    backoff.nextMs();
    backoff.reset();
    assert.equal(backoff.nextMs(), first);
  });
});
