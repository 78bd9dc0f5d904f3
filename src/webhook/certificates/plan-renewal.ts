/** How long API servers have to learn of an authority before what it signed takes over; a watch takes seconds, and there is no hurry. */
const SPREAD_MS = 60_000;

/** When a certificate was made and ends, epoch milliseconds. */
export interface Life {
  madeAtMs: number;
  expiresAtMs: number;
}

/** What to do about certificates in memory next; after each step it is asked again. */
export type RenewalStep =
  | 'keep'
  /** There is nothing that could be served. */
  | 'create'
  /** Make the successor, so that its authority becomes known. */
  | 'prepare'
  /** The successor is known, or there is nothing else: serve it. */
  | 'switch';

/**
 * Decides the next step: a successor is made at half of the life, and waits until it is known for a while. Pure.
 * @param facts.nextKnownSinceMs since when the authority of the successor stands in the configuration; absent while it does not.
 */
export function planRenewal(
  facts: { current?: Life; next?: Life; nextKnownSinceMs?: number },
  nowMs: number,
): RenewalStep {
  const { current, next, nextKnownSinceMs } = facts;
  const isOver = (life: Life): boolean => life.expiresAtMs <= nowMs;
  if (current === undefined || isOver(current)) return next === undefined || isOver(next) ? 'create' : 'switch';
  if (next !== undefined && !isOver(next)) {
    return nextKnownSinceMs !== undefined && nowMs >= nextKnownSinceMs + SPREAD_MS ? 'switch' : 'keep';
  }
  return nowMs >= current.madeAtMs + (current.expiresAtMs - current.madeAtMs) / 2 ? 'prepare' : 'keep';
}
