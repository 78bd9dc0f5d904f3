import type { ErrorClass } from '../alibaba/errors.ts';

/** How a failed create goes on. */
export interface RetryPlan {
  /** Whether the next try is a new attempt, with a new client token: only after a definite failure. */
  newAttempt: boolean;
  delayMs: number;
}

const TRANSIENT_FIRST_MS = 1_000;
const CAPACITY_FIRST_MS = 15_000;
/** The longest that people should wait for recovery, and often enough for what only people can repair. */
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
  const doubled = (firstMs: number): number =>
    spread(Math.min(SLOW_MS, firstMs * 2 ** Math.min(options.failures - 1, 10)));
  switch (options.class) {
    case 'transient': {
      const hintMs = options.retryAfterMs;
      return { newAttempt: false, delayMs: hintMs === undefined ? doubled(TRANSIENT_FIRST_MS) : spread(hintMs * 1.25) };
    }
    case 'capacity':
      return { newAttempt: true, delayMs: doubled(CAPACITY_FIRST_MS) };
    case 'account':
    case 'permission':
    case 'permanent':
      return { newAttempt: true, delayMs: spread(SLOW_MS) };
    default:
      return options.class satisfies never;
  }
}
