import type { SimClock } from './types.ts';

/** setTimeout fires at once when asked for more than a signed 32-bit number of milliseconds. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/** A {@link SimClock} that also tells the unmoved time, with which dates written by clients are compared. */
export interface MovableClock extends SimClock {
  /** The machine's time: requests are dated by clients, whose clocks do not move with this one. */
  machineNowMs(): number;
  /** How far simulated time is ahead of the machine's, in milliseconds. */
  offsetMs(): number;
  /** Drops every timer. */
  stop(): void;
}

interface Timer {
  atMs: number;
  callback: () => void;
}

/**
 * Creates a clock that runs with the machine's and can be moved forward.
 * @param machineNowMs the machine's time in epoch milliseconds; tests pass a fixed one.
 */
export function createSimClock(machineNowMs: () => number = Date.now): MovableClock {
  let offset = 0;
  let timers: Timer[] = [];
  let wakeUp: NodeJS.Timeout | undefined;

  const nowMs = (): number => machineNowMs() + offset;

  const takeDue = (untilMs: number): Timer | undefined => {
    const first = timers[0];
    if (first === undefined || first.atMs > untilMs) return undefined;
    timers = timers.slice(1);
    return first;
  };

  const schedule = (): void => {
    clearTimeout(wakeUp);
    const first = timers[0];
    if (first === undefined) return;
    // Not before 1 ms: a machine clock that stands still in a test must not make this spin.
    const delayMs = Math.min(Math.max(first.atMs - nowMs(), 1), LONGEST_TIMEOUT_MS);
    wakeUp = setTimeout(() => {
      for (let due = takeDue(nowMs()); due !== undefined; due = takeDue(nowMs())) due.callback();
      schedule();
    }, delayMs);
    wakeUp.unref();
  };

  const at = (atMs: number, callback: () => void): (() => void) => {
    const timer = { atMs, callback };
    // Stable: timers for the same instant fire in the order in which they were set.
    timers = [...timers, timer].sort((a, b) => a.atMs - b.atMs);
    schedule();
    return () => {
      timers = timers.filter((other) => other !== timer);
      schedule();
    };
  };

  return {
    nowMs,
    machineNowMs,
    offsetMs: () => offset,
    at,
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      await new Promise<void>((resolve, reject) => {
        const onAbort = (): void => {
          cancel();
          reject(signal?.reason instanceof Error ? signal.reason : new Error('aborted'));
        };
        const cancel = at(nowMs() + ms, () => {
          signal?.removeEventListener('abort', onAbort);
          resolve();
        });
        signal?.addEventListener('abort', onAbort, { once: true });
      });
    },
    advance: (ms) => {
      if (!Number.isFinite(ms) || ms < 0) throw new RangeError(`cannot advance the clock by ${ms} ms`);
      const target = nowMs() + ms;
      const finalOffset = offset + ms;
      // Each callback sees its own instant, so that what it schedules relative to now still falls inside the jump.
      for (let due = takeDue(target); due !== undefined; due = takeDue(target)) {
        offset = Math.max(offset, due.atMs - machineNowMs());
        due.callback();
      }
      offset = Math.max(offset, finalOffset);
      schedule();
    },
    stop: () => {
      timers = [];
      schedule();
    },
  };
}
