import assert from 'node:assert/strict';
import { planRetry } from '../../../src/node/retry.ts';

const middle = { random: 0.5, retryAfterMs: undefined };

describe('the retry plan', () => {
  it('keeps the attempt, and with it the client token, after a failure without a definite answer, and waits twice as long each time', () => {
    const plans = [1, 2, 3, 20].map((failures) => planRetry({ class: 'transient', failures, ...middle }));
    assert.deepEqual(
      plans.map(({ newAttempt }) => newAttempt),
      [false, false, false, false],
    );
    assert.deepEqual(
      plans.map(({ delayMs }) => delayMs),
      [1000, 2000, 4000, 300_000],
    );
  });

  it('waits at least as long as the server asks for', () => {
    const plan = planRetry({ class: 'transient', failures: 1, retryAfterMs: 1000, random: 0 });
    assert.ok(plan.delayMs >= 1000);
  });

  it('doubles the wait for capacity up to five minutes, as a new attempt each time', () => {
    const delays = [1, 2, 3, 10].map((failures) => planRetry({ class: 'capacity', failures, ...middle }).delayMs);
    assert.deepEqual(delays, [15_000, 30_000, 60_000, 300_000]);
  });

  it('never gives up on what only people can repair, and never hammers', () => {
    for (const failureClass of ['account', 'permission', 'permanent'] as const) {
      const plan = planRetry({ class: failureClass, failures: 40, ...middle });
      assert.deepEqual(plan, { newAttempt: true, delayMs: 300_000 });
    }
  });

  it('spreads retries', () => {
    const first = planRetry({ class: 'account', failures: 1, retryAfterMs: undefined, random: 0 });
    const last = planRetry({ class: 'account', failures: 1, retryAfterMs: undefined, random: 1 });
    assert.deepEqual([first.delayMs, last.delayMs], [240_000, 360_000]);
  });
});
