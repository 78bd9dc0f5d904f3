import type { Clock } from '../clock.ts';
import { linkAbort } from './linked-abort.ts';

export interface DeadlineOptions {
  clock: Clock;
  timeoutMs: number;
  /** The reason that the work sees when time is up. */
  expired: () => Error;
  signal?: AbortSignal | undefined;
}

/** Runs `work` with a signal that fires after `timeoutMs` or with the caller's own signal, whichever is first. */
export async function withDeadline<T>(options: DeadlineOptions, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { clock, timeoutMs, expired, signal } = options;
  const link = linkAbort(signal);
  const timer = new AbortController();
  clock.sleep(timeoutMs, timer.signal).then(
    () => link.controller.abort(expired()),
    () => undefined,
  );
  try {
    return await work(link.controller.signal);
  } finally {
    timer.abort();
    link.unlink();
  }
}
