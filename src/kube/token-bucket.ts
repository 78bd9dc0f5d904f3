import type { Clock } from '../clock.ts';

/** Limits our own rate of calls, so that one busy node cannot crowd out the rest of the cluster. */
export interface TokenBucket {
  /**
   * Takes a token, in order of arrival, waiting for it if need be.
   * @throws AbortError when `signal` fires first.
   */
  take(signal?: AbortSignal): Promise<void>;
  /** Takes a token if one is there now. */
  tryTake(): boolean;
}

/**
 * Creates a full bucket.
 * @param options.perSecond tokens that come back each second; may be a fraction.
 * @param options.burst tokens that fit.
 */
export function createTokenBucket(options: { clock: Clock; perSecond: number; burst: number }): TokenBucket {
  const { clock, perSecond, burst } = options;
  let tokens = burst;
  let refilledAtMs = clock.nowMs();

  const refill = (): void => {
    const nowMs = clock.nowMs();
    // A clock that was set back must not take tokens away.
    tokens = Math.min(burst, tokens + (Math.max(0, nowMs - refilledAtMs) / 1000) * perSecond);
    refilledAtMs = nowMs;
  };
  return {
    async take(signal) {
      refill();
      // The balance goes below zero: each waiter owes one token more than the one before it, which keeps the order.
      tokens -= 1;
      if (tokens < 0) await clock.sleep(Math.ceil((-tokens / perSecond) * 1000), signal);
    },
    tryTake() {
      refill();
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },
  };
}
