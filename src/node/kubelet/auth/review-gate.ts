import { PodAccessError } from '../pod-access-error.ts';

/** Reviews under way. More would take the API server's attention, and our own call rate, away from the Pods. */
const CONCURRENT = 8;
/** Callers who wait for a review; beyond that somebody sends tokens at random. */
const WAITING = 200;

/** Bounds the calls that strangers can make us send to the API server. */
export class ReviewGate {
  #running = 0;
  readonly #queue: (() => void)[] = [];

  /** @throws PodAccessError 429 when too many wait already; what `review` throws. */
  async run<T>(review: () => Promise<T>): Promise<T> {
    if (this.#running >= CONCURRENT) {
      if (this.#queue.length >= WAITING) {
        throw new PodAccessError('TooManyCallers', 'too many callers wait to be recognised', { httpStatus: 429 });
      }
      await new Promise<void>((resolve) => this.#queue.push(resolve));
    } else this.#running += 1;
    try {
      return await review();
    } finally {
      const next = this.#queue.shift();
      // The place passes on without being given back.
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }
}
