import { isRetryable } from './error-classes.ts';
import type { AlibabaCloudError } from './errors.ts';

/** Attempts of one read, the first included. */
export const MAX_ATTEMPTS = 4;

const FIRST_BACKOFF_MS = 250;
const LONGEST_BACKOFF_MS = 5_000;

/** A longer hint of the server is left to the caller's own schedule: nobody should hang in a read for minutes. */
const LONGEST_HINT_MS = 30_000;

/** Actions that change nothing, and those that only hand out tokens. */
const repeatable = /^(?:Describe|List|Get|AssumeRole)/;

/** Asks whether an action may be sent twice without a client token. */
export function isRepeatable(action: string): boolean {
  return repeatable.test(action);
}

export interface FailedAttempt {
  action: string;
  /** 1 for the first. */
  attempt: number;
  error: AlibabaCloudError;
  /** A kept-alive connection had been closed; nothing reached the service. */
  connectionReset: boolean;
  maxAttempts?: number;
}

/**
 * Decides whether a failed read is tried again. Mutations never are: after a lost answer only the controller knows which
 * client token belongs to the attempt.
 * @param random 0 up to 1, for full jitter.
 * @returns the wait in milliseconds, 0 for at once; absent when the failure stands.
 */
export function retryDelayMs(failed: FailedAttempt, random: () => number): number | undefined {
  const { action, attempt, error } = failed;
  if (!isRepeatable(action) || !isRetryable(error) || attempt >= (failed.maxAttempts ?? MAX_ATTEMPTS)) return undefined;
  if (failed.connectionReset && attempt === 1) return 0;
  const hintMs = error.retryAfterMs ?? 0;
  if (hintMs > LONGEST_HINT_MS) return undefined;
  const ceilingMs = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (attempt - 1));
  return hintMs + Math.round(random() * ceilingMs);
}
