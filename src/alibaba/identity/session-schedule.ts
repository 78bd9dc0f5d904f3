import type { AccessKey } from '../../credentials/types.ts';

/** Sessions are renewed this long before their end, or at a tenth of their life, whichever is more. */
const MARGIN_MS = 300_000;
const MARGIN_SHARE = 0.1;

/** A session shorter than twice the margin would be in renewal from the start: then half of its life has to do. */
const LARGEST_MARGIN_SHARE = 0.5;

/**
 * Says when a session should be renewed.
 * @param fetchedAtMs when it was obtained, epoch milliseconds.
 * @returns epoch milliseconds; absent for keys that do not expire.
 */
export function refreshAtMs(key: AccessKey, fetchedAtMs: number): number | undefined {
  if (key.expiresAtMs === undefined) return undefined;
  const lifeMs = Math.max(0, key.expiresAtMs - fetchedAtMs);
  const marginMs = Math.min(Math.max(MARGIN_MS, lifeMs * MARGIN_SHARE), lifeMs * LARGEST_MARGIN_SHARE);
  return key.expiresAtMs - marginMs;
}
