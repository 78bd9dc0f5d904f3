import assert from 'node:assert/strict';
import { minIntervalMs, refreshAtMs } from '../../../src/credentials/refresh-time.ts';

const MINUTE_MS = 60_000;

const cases: Record<string, { lifeMs: number; random: number; dueAfterMs: number }> = {
  'an hour is renewed six minutes ahead': { lifeMs: 60 * MINUTE_MS, random: 0, dueAfterMs: 54 * MINUTE_MS },
  'jitter only brings it forward': { lifeMs: 60 * MINUTE_MS, random: 1, dueAfterMs: 54 * MINUTE_MS - 72_000 },
  'fifteen minutes are renewed five ahead': { lifeMs: 15 * MINUTE_MS, random: 0, dueAfterMs: 10 * MINUTE_MS },
  'twelve hours are renewed 72 minutes ahead': { lifeMs: 720 * MINUTE_MS, random: 0, dueAfterMs: 648 * MINUTE_MS },
  'a life shorter than the margin is given a minute': { lifeMs: 4 * MINUTE_MS, random: 0, dueAfterMs: MINUTE_MS },
  'a very short life is given half of it': { lifeMs: 10_000, random: 0, dueAfterMs: 5000 },
  'a life that is over is due at once': { lifeMs: -5000, random: 0, dueAfterMs: 0 },
};

describe('refreshAtMs', () => {
  for (const [sentence, { lifeMs, random, dueAfterMs }] of Object.entries(cases)) {
    it(sentence, () => {
      const nowMs = Date.UTC(2026, 0, 1);
      assert.equal(refreshAtMs({ nowMs, expiresAtMs: nowMs + lifeMs, random }) - nowMs, dueAfterMs);
    });
  }

  it('never renews the same value twice within a minute, or within half of a shorter life', () => {
    assert.equal(minIntervalMs(3_600_000), MINUTE_MS);
    assert.equal(minIntervalMs(20_000), 10_000);
  });
});
