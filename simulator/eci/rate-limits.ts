import { SimError } from '../types.ts';

/** Calls per minute, account and region. Source: ECI help centre, limits; 500 is assumed where nothing is published. */
const CALLS_PER_MINUTE: Readonly<Record<string, number>> = {
  DescribeContainerGroups: 2000,
  DescribeContainerGroupMetric: 2000,
  CreateContainerGroup: 1000,
  DeleteContainerGroup: 1000,
  CreateImageCache: 200,
};
const ASSUMED_CALLS_PER_MINUTE = 500;
const WINDOW_MS = 60_000;

/** Counts calls in windows of a minute. */
export class RateLimits {
  readonly #windows = new Map<string, { startMs: number; calls: number }>();
  readonly #nowMs: () => number;

  /** @param nowMs simulated time in epoch milliseconds. */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** @throws SimError 400 `Throttling`: ECI reports flow control as 400, not 429. */
  count(call: { accountId: string; regionId: string; action: string }): void {
    const key = `${call.accountId}/${call.regionId}/${call.action}`;
    const nowMs = this.#nowMs();
    const known = this.#windows.get(key);
    const window = known === undefined || nowMs - known.startMs >= WINDOW_MS ? { startMs: nowMs, calls: 0 } : known;
    window.calls += 1;
    this.#windows.set(key, window);
    if (window.calls > (CALLS_PER_MINUTE[call.action] ?? ASSUMED_CALLS_PER_MINUTE)) {
      throw new SimError(400, 'Throttling', 'Request was denied due to request throttling.');
    }
  }
}
