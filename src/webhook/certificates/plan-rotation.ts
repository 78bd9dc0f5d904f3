import { expiryOf, type Authorities } from './authority.ts';

/** A new authority is made when this share of the life of the old one is over. */
const RENEW_SHARE = 2 / 3;
/** How long the API servers have to learn of a new authority before anything is signed by it; a watch takes seconds. */
const SPREAD_MS = 600_000;
/** How long the one before stays trusted, so that every replica notices that it is time to serve something else. */
const RETIRE_MS = 3_600_000;

/** What to do about the authorities next; after each step it is asked again. */
export type RotationStep =
  | { do: 'keep' }
  /** There is none that could sign. */
  | { do: 'create' }
  /** Make the successor, so that it becomes known. */
  | { do: 'prepare' }
  /** The successor is known everywhere: let it sign. */
  | { do: 'promote' }
  /** Stop trusting the one before. */
  | { do: 'retire' };

/** Decides the next step of the rotation. Pure; times are epoch milliseconds. */
export function planRotation({ active, next, previous }: Authorities, nowMs: number): RotationStep {
  if (active === undefined || active.expiresAtMs <= nowMs) {
    return { do: next !== undefined && next.expiresAtMs > nowMs ? 'promote' : 'create' };
  }
  if (next !== undefined) return { do: nowMs >= next.madeAtMs + SPREAD_MS ? 'promote' : 'keep' };
  if (nowMs >= active.madeAtMs + (active.expiresAtMs - active.madeAtMs) * RENEW_SHARE) return { do: 'prepare' };
  if (previous !== undefined) {
    const retired = nowMs >= active.madeAtMs + SPREAD_MS + RETIRE_MS || (expiryOf(previous) ?? 0) <= nowMs;
    if (retired) return { do: 'retire' };
  }
  return { do: 'keep' };
}
