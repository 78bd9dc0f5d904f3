/** Spread of every interval, so that several virtual nodes do not poll in step. */
const JITTER = 0.1;
const MAX_BACKOFF_MS = 60_000;

/** Says when a kind of poll is due: an interval with jitter, doubled up to a minute while polls fail. */
export class PollTimer {
  readonly #random: () => number;
  #dueAtMs = 0;
  #failures = 0;

  /** @param random uniform in [0, 1). */
  constructor(random: () => number) {
    this.#random = random;
  }

  /** Is it time? True at first. */
  isDue(nowMs: number): boolean {
    return nowMs >= this.#dueAtMs;
  }

  /** Poll at once, unless polls are failing. */
  expedite(): void {
    if (this.#failures === 0) this.#dueAtMs = 0;
  }

  /** The poll succeeded: the next one follows after `intervalMs`. */
  succeeded(nowMs: number, intervalMs: number): void {
    this.#failures = 0;
    this.#dueAtMs = nowMs + this.#spread(intervalMs);
  }

  /** The poll failed, throttling included: wait twice as long as the last time, or as long as the server said. */
  failed(nowMs: number, intervalMs: number, retryAfterMs = 0): void {
    this.#failures += 1;
    const backoff = Math.max(intervalMs, Math.min(MAX_BACKOFF_MS, intervalMs * 2 ** Math.min(this.#failures, 10)));
    this.#dueAtMs = nowMs + Math.max(this.#spread(backoff), retryAfterMs);
  }

  #spread(ms: number): number {
    return ms * (1 - JITTER + 2 * JITTER * this.#random());
  }
}
