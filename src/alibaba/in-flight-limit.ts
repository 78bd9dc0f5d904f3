import type { CallPriority } from './call-priority.ts';
import { WaitQueue } from './wait-queue.ts';

/** Runs at most `limit` tasks at a time; the others wait by priority, then in order of arrival. */
export class InFlightLimit {
  readonly #limit: number;
  readonly #queue = new WaitQueue();
  #running = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get running(): number {
    return this.#running;
  }

  /** @throws what `task` throws, or the signal's reason when it fires while waiting. */
  async run<T>(task: () => Promise<T>, options: { priority: CallPriority; signal?: AbortSignal }): Promise<T> {
    // A place that becomes free is handed over, not released and raced for: #running stays as it is then.
    if (this.#running < this.#limit) this.#running += 1;
    else await this.#queue.wait(options.priority, options.signal);
    try {
      return await task();
    } finally {
      if (!this.#queue.wakeNext()) this.#running -= 1;
    }
  }
}
