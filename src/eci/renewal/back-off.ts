const BASE_MS = 30_000;
const CAP_MS = 300_000;
/** Tries that still fit into what is left of a password, so that a short-lived one is not lost to a long pause. */
const TRIES_LEFT = 4;
const SHORTEST_MS = 5_000;

/**
 * Says how long to wait after a renewal that failed.
 * @param failures in a row, this one included.
 * @param leftMs life that is left of what the group holds; absent when it has ended or is not known.
 * @param random in [0, 1).
 * @returns milliseconds: 30 s doubling to 5 min, half of it jitter, and less while a password is about to end.
 */
export function renewalBackOffMs(failures: number, leftMs: number | undefined, random: number): number {
  const pauseMs = Math.min(CAP_MS, BASE_MS * 2 ** (failures - 1)) * (0.5 + random / 2);
  if (leftMs === undefined || leftMs <= 0) return pauseMs;
  return Math.min(pauseMs, Math.max(SHORTEST_MS, leftMs / TRIES_LEFT));
}
