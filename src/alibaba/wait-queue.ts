import { callPriorities, type CallPriority } from './call-priority.ts';

interface Waiter {
  rank: number;
  wake: () => void;
}

/** Callers that wait for something scarce, woken one at a time: by priority, then in order of arrival. */
export class WaitQueue {
  readonly #waiters: Waiter[] = [];

  get size(): number {
    return this.#waiters.length;
  }

  /**
   * Resolves when it is this caller's turn.
   * @throws the signal's reason when `signal` fires first; the place in the queue is given up.
   */
  wait(priority: CallPriority, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return Promise.reject(abortReason(signal));
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        const index = this.#waiters.indexOf(waiter);
        if (index >= 0) this.#waiters.splice(index, 1);
        reject(abortReason(signal));
      };
      const waiter: Waiter = {
        rank: callPriorities[priority],
        wake: () => {
          signal?.removeEventListener('abort', onAbort);
          resolve();
        },
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#insert(waiter);
    });
  }

  /** Wakes the first waiter. @returns false when nobody waits. */
  wakeNext(): boolean {
    const waiter = this.#waiters.shift();
    waiter?.wake();
    return waiter !== undefined;
  }

  #insert(waiter: Waiter): void {
    // Searched from the end: nearly every newcomer belongs there.
    const before = this.#waiters.findLastIndex((other) => other.rank <= waiter.rank);
    this.#waiters.splice(before + 1, 0, waiter);
  }
}

function abortReason(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason;
  return reason instanceof Error ? reason : new DOMException('The call was cancelled.', 'AbortError');
}
