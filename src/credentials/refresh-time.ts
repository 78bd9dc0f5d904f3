/** The least time that is kept between refresh and expiry: a pull that starts now must still end. */
const MIN_MARGIN_MS = 300_000;
/** Long-lived credentials are renewed earlier, in proportion. */
const MARGIN_SHARE = 0.1;
/** Spreads the refreshes of values that were made together. */
const JITTER_SHARE = 0.2;
/** A value too short-lived for the margin is renewed at most this often; lower values turn every read into a call. */
const MIN_INTERVAL_MS = 60_000;

/**
 * Decides when a value should be renewed.
 * @param random between 0 and 1.
 * @returns epoch milliseconds: expiry − max(300 s, 10 % of its life) − jitter. Values that would be due at once are given
 *   a minute, or half of their life if that is shorter.
 */
export function refreshAtMs(options: { nowMs: number; expiresAtMs: number; random: number }): number {
  const { nowMs, expiresAtMs, random } = options;
  const lifeMs = Math.max(0, expiresAtMs - nowMs);
  const marginMs = Math.max(MIN_MARGIN_MS, lifeMs * MARGIN_SHARE);
  const dueAtMs = expiresAtMs - marginMs - random * marginMs * JITTER_SHARE;
  return Math.max(dueAtMs, nowMs + minIntervalMs(lifeMs));
}

/** @returns the least time in milliseconds between two renewals of a value that lives `lifeMs`. */
export function minIntervalMs(lifeMs: number): number {
  return Math.min(MIN_INTERVAL_MS, lifeMs / 2);
}
