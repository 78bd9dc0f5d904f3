import type { Clock } from '../../src/clock.ts';

interface Sleeper {
  dueAtMs: number;
  wake: () => void;
}

/** A clock that stands still until the test moves it. */
export class FakeClock implements Clock {
  #nowMs: number;
  /** Added to what `nowMs` shows, as when somebody sets the clock of the machine; sleeps are not affected. */
  #offsetMs = 0;
  readonly #sleepers = new Set<Sleeper>();

  /** @param startMs epoch milliseconds; by default 2026-01-01T00:00:00Z. */
  constructor(startMs = Date.UTC(2026, 0, 1)) {
    this.#nowMs = startMs;
  }

  nowMs(): number {
    return this.#nowMs + this.#offsetMs;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    const slept = Promise.withResolvers<void>();
    const sleeper = { dueAtMs: this.#nowMs + ms, wake: slept.resolve };
    const onAbort = (): void => slept.reject(signal?.reason);
    this.#sleepers.add(sleeper);
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      await slept.promise;
    } finally {
      this.#sleepers.delete(sleeper);
      signal?.removeEventListener('abort', onAbort);
    }
  }

  /** Moves time on, waking sleepers in order and letting the work that they do settle in between. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    await settle();
    for (let next = this.#earliest(untilMs); next !== undefined; next = this.#earliest(untilMs)) {
      this.#nowMs = Math.max(this.#nowMs, next.dueAtMs);
      this.#sleepers.delete(next);
      next.wake();
      await settle();
    }
    this.#nowMs = untilMs;
    await settle();
  }

  /** Sets the wall clock without letting time pass. */
  jump(ms: number): void {
    this.#offsetMs += ms;
  }

  /** How many are asleep: 0 proves that nothing polls. */
  sleeping(): number {
    return this.#sleepers.size;
  }

  /** @returns milliseconds until the first sleeper wakes, or undefined when nobody sleeps. */
  nextWakeMs(): number | undefined {
    const first = this.#earliest(Infinity);
    return first === undefined ? undefined : first.dueAtMs - this.#nowMs;
  }

  #earliest(untilMs: number): Sleeper | undefined {
    let earliest: Sleeper | undefined;
    for (const sleeper of this.#sleepers) {
      if (sleeper.dueAtMs <= untilMs && (earliest === undefined || sleeper.dueAtMs < earliest.dueAtMs))
        earliest = sleeper;
    }
    return earliest;
  }
}

/** Lets everything that needs no time and no network run until it waits again. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise<void>((resolve) => setImmediate(resolve));
}
