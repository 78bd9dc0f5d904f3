import type { ErrorClass } from '../alibaba/errors.ts';

/** How a failed create goes on. */
export interface RetryPlan {
  /** Whether the next try is a new attempt, with a new client token: only after a definite failure. */
  newAttempt: boolean;
  /** `backoff`: the queue's own exponential one. */
  after: 'backoff' | { delayMs: number };
}

const CAPACITY_FIRST_MS = 15_000;
const CAPACITY_MAX_MS = 300_000;
const SLOW_MS = 300_000;

/**
 * Plans the next try by the class of the failure. A retry never ends: what cannot work now may work after a change of
 * RAM policy, quota or configuration.
 *
 * @param failures how often in a row creation failed, this one included.
 * @param random 0 to 1; spreads retries by 20 % so that a recovered cloud is not met by everybody at once.
 */
export function planRetry(options: {
  class: ErrorClass;
  failures: number;
  retryAfterMs: number | undefined;
  random: number;
}): RetryPlan {
  const spread = (ms: number): number => Math.round(ms * (0.8 + 0.4 * options.random));
  switch (options.class) {
    case 'transient':
      return {
        newAttempt: false,
        after: options.retryAfterMs === undefined ? 'backoff' : { delayMs: spread(options.retryAfterMs * 1.2) },
      };
    case 'capacity': {
      const delayMs = Math.min(CAPACITY_MAX_MS, CAPACITY_FIRST_MS * 2 ** Math.min(options.failures - 1, 10));
      return { newAttempt: true, after: { delayMs: spread(delayMs) } };
    }
    case 'account':
    case 'permission':
    case 'permanent':
      return { newAttempt: true, after: { delayMs: spread(SLOW_MS) } };
    default:
      return options.class satisfies never;
  }
}
