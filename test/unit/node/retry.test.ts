import assert from 'node:assert/strict';
import { planRetry } from '../../../src/node/retry.ts';

const middle = { random: 0.5, retryAfterMs: undefined };

describe('the retry plan', () => {
  it('keeps the attempt, and with it the client token, after a failure without a definite answer', () => {
    assert.deepEqual(planRetry({ class: 'transient', failures: 1, ...middle }), {
      newAttempt: false,
      after: 'backoff',
    });
  });

  it('waits at least as long as the server asks for', () => {
    const plan = planRetry({ class: 'transient', failures: 1, retryAfterMs: 1000, random: 0 });
    assert.ok(plan.after !== 'backoff' && plan.after.delayMs >= 960);
  });

  it('doubles the wait for capacity up to five minutes, as a new attempt each time', () => {
    const delays = [1, 2, 3, 10].map((failures) => planRetry({ class: 'capacity', failures, ...middle }).after);
    assert.deepEqual(delays, [{ delayMs: 15_000 }, { delayMs: 30_000 }, { delayMs: 60_000 }, { delayMs: 300_000 }]);
  });

  it('never gives up on what only people can repair, and never hammers', () => {
    for (const failureClass of ['account', 'permission', 'permanent'] as const) {
      const plan = planRetry({ class: failureClass, failures: 40, ...middle });
      assert.deepEqual(plan, { newAttempt: true, after: { delayMs: 300_000 } });
    }
  });

  it('spreads retries', () => {
    const first = planRetry({ class: 'account', failures: 1, retryAfterMs: undefined, random: 0 });
    const last = planRetry({ class: 'account', failures: 1, retryAfterMs: undefined, random: 1 });
    assert.deepEqual([first.after, last.after], [{ delayMs: 240_000 }, { delayMs: 360_000 }]);
  });
});
