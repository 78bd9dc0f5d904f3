/**
 * When the password of an entry is renewed, when it counts as dead, and how long a failure is waited out. All times are epoch
 * milliseconds by our own clock, which may differ from the cloud's by a minute: a password is given up a minute before its end.
 */

/** By how much our clock may be behind or ahead of the cloud's. */
const CLOCK_DIFFERENCE_MS = 60_000;
/** With less the password would be given up, for the clock's sake, before its renewal could be tried twice. */
const LEAST_THRESHOLD_MS = 120_000;
/** Of the time until renewal, how much of its end may be used to renew together with others. */
const WINDOW_SHARE = 0.1;
/** How far jitter may reach into it: the rest lets entries that were obtained seconds apart be renewed together. */
const JITTER_SHARE = 0.08;
/** A base session with less than this beyond the threshold would have to be renewed again soon. */
const BEYOND_THRESHOLD_MS = 300_000;
/** A new password that outlives the old one by less is as good as the old one. */
const OUTLIVE_MS = 60_000;

const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 300_000;
/** Longer hints of a server are not believed. */
const LONGEST_HINT_MS = 900_000;
/** Tries that still fit into what is left of a password. */
const TRIES_LEFT = 4;

/** A password's life as it was when it came. */
export interface Life {
  obtainedAtMs: number;
  /** The server's own. */
  expiresAtMs: number;
}

/** Until when a password is handed out. */
export function usableUntilMs({ expiresAtMs }: Pick<Life, 'expiresAtMs'>): number {
  return expiresAtMs - CLOCK_DIFFERENCE_MS;
}

/**
 * Says how much life must be left at renewal: what is configured, but never more than half of the life, nor so little that the
 * password would be dead by then.
 */
export function effectiveThreshold(
  configuredMs: number,
  lifeMs: number,
): { thresholdMs: number; changed?: 'lowered' | 'raised' } {
  const halfMs = Math.max(0, lifeMs) / 2;
  const least = Math.min(LEAST_THRESHOLD_MS, halfMs);
  if (configuredMs > halfMs) return { thresholdMs: halfMs, changed: 'lowered' };
  if (configuredMs < least) return { thresholdMs: least, changed: 'raised' };
  return { thresholdMs: configuredMs };
}

/** When one password may and must be renewed. */
export interface RenewalWindow {
  /** From here on it is renewed together with another one that is due. */
  opensAtMs: number;
  /** From here on it is renewed for its own sake. */
  dueAtMs: number;
}

/** @param jitter in [0, 1), the same for all entries of a process, so that those obtained together are renewed together. */
export function renewalWindow(life: Life, options: { configuredMs: number; jitter: number }): RenewalWindow {
  const { obtainedAtMs, expiresAtMs } = life;
  const { thresholdMs } = effectiveThreshold(options.configuredMs, expiresAtMs - obtainedAtMs);
  const latestMs = expiresAtMs - thresholdMs;
  const waitMs = Math.max(0, latestMs - obtainedAtMs);
  return {
    opensAtMs: latestMs - waitMs * WINDOW_SHARE,
    dueAtMs: latestMs - waitMs * JITTER_SHARE * options.jitter,
  };
}

/** Asks whether the clock was set back so far since a moment that nothing is known about the time since. */
export function isBeforeItself(momentMs: number, nowMs: number): boolean {
  return nowMs < momentMs - CLOCK_DIFFERENCE_MS;
}

/** Asks whether a password lives enough longer than another one to take its place. */
export function outlives(password: Pick<Life, 'expiresAtMs'>, other: Pick<Life, 'expiresAtMs'>): boolean {
  return password.expiresAtMs >= other.expiresAtMs + OUTLIVE_MS;
}

/**
 * Says how long a new password should be good for, milliseconds: long enough not to be due again soon, and longer than the old one,
 * which makes the chain get a new session: asking with the old one gives a password that ends with it.
 * @param expectedLifeMs the life that sessions of the chain usually have.
 * @param leftMs life that is left of the old password.
 */
export function wantedLifeMs(options: { configuredMs: number; expectedLifeMs: number; leftMs?: number }): number {
  const { thresholdMs } = effectiveThreshold(options.configuredMs, options.expectedLifeMs);
  return Math.max(thresholdMs + BEYOND_THRESHOLD_MS, Math.max(0, options.leftMs ?? 0) + OUTLIVE_MS);
}

/**
 * Says how long to wait after a failure, milliseconds: 5 s doubling to 5 min, less while a password is about to end, and never less
 * than the server asked for.
 * @param failures in a row, this one included.
 * @param leftMs life that is left of the password that still serves; absent where there is none.
 */
export function pauseMs(options: {
  failures: number;
  jitter: number;
  leftMs?: number;
  retryAfterMs?: number | undefined;
}): number {
  const { failures, jitter, leftMs, retryAfterMs = 0 } = options;
  const doubled = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failures - 1)) * (1 - WINDOW_SHARE * jitter);
  const urgent =
    leftMs === undefined || leftMs <= 0 ? doubled : Math.min(doubled, Math.max(FIRST_PAUSE_MS, leftMs / TRIES_LEFT));
  return Math.max(urgent, Math.min(retryAfterMs, LONGEST_HINT_MS));
}
