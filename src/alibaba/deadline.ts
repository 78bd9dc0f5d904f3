import type { Clock } from '../clock.ts';

export interface DeadlineOptions {
  clock: Clock;
  timeoutMs: number;
  /** Gives the task up early; its reason is thrown. */
  signal?: AbortSignal;
  /** Makes the error for a missed deadline. */
  timeoutError: () => Error;
}

/**
 * Waits for a task no longer than the deadline. The task is told through its signal; one that does not listen goes on in
 * the background and its outcome is dropped. Observed: the SDKs cannot be cancelled, and on a reused connection the timer of
 * one request cancels the timer of the next, so nothing but this keeps the time.
 * @throws what the task throws, `timeoutError()`, or the signal's reason.
 */
export async function withDeadline<T>(task: (signal: AbortSignal) => Promise<T>, options: DeadlineOptions): Promise<T> {
  const { clock, timeoutMs, signal, timeoutError } = options;
  signal?.throwIfAborted();
  const giveUp = new AbortController();
  const finished = new AbortController();
  const forward = (): void => giveUp.abort(signal?.reason);
  signal?.addEventListener('abort', forward, { once: true });
  const givenUp = new Promise<never>((_resolve, reject) => {
    giveUp.signal.addEventListener('abort', () => reject(asError(giveUp.signal.reason)), { once: true });
  });
  void clock.sleep(timeoutMs, finished.signal).then(
    () => giveUp.abort(timeoutError()),
    () => undefined,
  );
  try {
    return await Promise.race([task(giveUp.signal), givenUp]);
  } finally {
    finished.abort();
    signal?.removeEventListener('abort', forward);
  }
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new DOMException('The call was cancelled.', 'AbortError');
}
