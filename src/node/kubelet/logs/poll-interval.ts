/** How soon a line shows in a log that is busy. */
const BUSY_MS = 1000;
/** How late it may show in one where nothing happens. */
const IDLE_MS = 5000;
/** While the cloud does not answer or wants fewer calls. */
const FAILING_MS = 30_000;
const GROWTH = 1.5;

/** How the last poll went. */
export type PollResult = 'lines' | 'nothing' | 'failed';

/** Says how long to wait before the next poll of a followed log: 1 s while lines come, up to 5 s while none do. Pure. */
export function nextPollMs(previousMs: number, result: PollResult): number {
  if (result === 'lines') return BUSY_MS;
  const capMs = result === 'failed' ? FAILING_MS : IDLE_MS;
  return Math.min(capMs, Math.max(BUSY_MS, Math.round(previousMs * GROWTH)));
}

/**
 * Stretches the wait so that all polls together stay within their share: calls that pile up in front of the budget would be
 * late anyway, and would keep those waiting who only look once. Pure.
 * @param tails logs that are followed now.
 */
export function withinShareMs(intervalMs: number, tails: number, callsPerMinute: number): number {
  return Math.max(intervalMs, Math.ceil((tails * 60_000) / callsPerMinute));
}
