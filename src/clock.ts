import { setTimeout as delay } from 'node:timers/promises';

/** The only source of time. Tests pass one that they move by hand. */
export interface Clock {
  /** @returns milliseconds since the Unix epoch. */
  nowMs(): number;
  /**
   * Resolves after `ms` milliseconds.
   * @throws AbortError when `signal` fires first.
   */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The machine's clock. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  sleep: async (ms, signal) => {
    await delay(ms, undefined, signal === undefined ? {} : { signal });
  },
};

/** Tells time on a clock that nobody sets. @returns milliseconds since some moment; only differences mean anything. */
export function monotonicMs(): number {
  return performance.now();
}

/** Formats an instant as Kubernetes and Alibaba Cloud write it: UTC, whole seconds (`2026-01-02T03:04:05Z`). */
export function toRfc3339(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
