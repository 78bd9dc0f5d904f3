import { KubeApiError, localReasons } from './errors.ts';

/** A call that failed, and how far it has come. */
export interface FailedCall {
  error: unknown;
  /** True for GET and LIST; everything else may have been carried out although the answer was lost. */
  readOnly: boolean;
  /** 1 after the first failure. */
  attempt: number;
  elapsedMs: number;
  budgetMs: number;
  random: () => number;
}

const maxAttempts = 5;
const baseDelayMs = 200;
const maxDelayMs = 5_000;

/**
 * Decides whether and when a failed call is sent again.
 *
 * Mutations only where the server certainly did nothing: throttled, or never reached. A server's back-off hint is a
 * lower bound; where it does not fit into the budget, the caller gets the error and its hint at once.
 *
 * @returns milliseconds to wait, or undefined to give up.
 */
export function callRetryDelayMs(call: FailedCall): number | undefined {
  if (!(call.error instanceof KubeApiError) || call.attempt >= maxAttempts) return undefined;
  if (!(call.readOnly ? isTransient(call.error) : isHarmless(call.error))) return undefined;
  const ceilingMs = Math.min(maxDelayMs, baseDelayMs * 2 ** (call.attempt - 1));
  const jitteredMs = ceilingMs / 2 + (ceilingMs / 2) * call.random();
  const delayMs = Math.round(Math.max(jitteredMs, call.error.retryAfterMs ?? 0));
  return call.elapsedMs + delayMs < call.budgetMs ? delayMs : undefined;
}

/** 501 and 505 will not change by waiting; the others come from overload, restarts and load balancers. */
function isTransient(error: KubeApiError): boolean {
  const status = error.httpStatus ?? 0;
  const serverFault = status >= 500 && status !== 501 && status !== 505;
  return isHarmless(error) || serverFault || error.reason === localReasons.unreachable;
}

function isHarmless(error: KubeApiError): boolean {
  return error.httpStatus === 429 || (error.neverSent && error.reason === localReasons.unreachable);
}
