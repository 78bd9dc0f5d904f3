/** Nobody tells of what others do to a Secret, because Secrets are not watched: it shows when they are read again. */
export const RESYNC_MS = 600_000;
/** Where somebody has been asked to do something, a look is due sooner, ... */
const CONFLICT_RESYNC_MS = 60_000;
/** ... but with many of them no more often than one each of so many milliseconds. */
const CONFLICT_PACE_MS = 500;

/** When each namespace is read again: spread from the first time on, so that they never come together. */
export class ResyncTimes {
  readonly #lastMs = new Map<string, number>();
  readonly #random: () => number;

  /** @param random uniform in [0, 1). */
  constructor(random: () => number) {
    this.#random = random;
  }

  /** Starts to count for a namespace, if it is a new one. */
  begin(namespace: string, nowMs: number): void {
    if (!this.#lastMs.has(namespace)) this.#lastMs.set(namespace, nowMs - (RESYNC_MS / 2) * this.#random());
  }

  forget(namespace: string): void {
    this.#lastMs.delete(namespace);
  }

  clear(): void {
    this.#lastMs.clear();
  }

  /** Takes those that are due. @param conflicted namespaces with a Secret of somebody else. */
  due(nowMs: number, conflicted: ReadonlySet<string>): string[] {
    const soonMs = Math.min(RESYNC_MS, Math.max(CONFLICT_RESYNC_MS, conflicted.size * CONFLICT_PACE_MS));
    const due: string[] = [];
    for (const [namespace, lastMs] of this.#lastMs) {
      const afterMs = conflicted.has(namespace) ? soonMs : RESYNC_MS;
      // A moment in the future is what is left of a clock that was set back.
      if (nowMs >= lastMs && nowMs < lastMs + afterMs) continue;
      this.#lastMs.set(namespace, nowMs);
      due.push(namespace);
    }
    return due;
  }
}
