const MS_PER_MINUTE = 60_000;

/** Refill below the documented rate; together with the burst share any minute stays within the documented limit. */
const REFILL_SHARE = 0.8;
/** What may be saved up for a burst. With {@link REFILL_SHARE} it must not add up to more than 1. */
const BURST_SHARE = 0.2;

/**
 * A token bucket over time that is passed in. In every window of one minute it gives out at most `limitPerMinute` tokens.
 */
export class TokenBucket {
  readonly #refillPerMs: number;
  readonly #capacity: number;
  #tokens: number;
  #updatedAtMs: number;
  #halvedUntilMs = 0;

  /** @param limitPerMinute the documented limit of the service, greater than 0. */
  constructor(limitPerMinute: number, nowMs: number) {
    this.#refillPerMs = (limitPerMinute * REFILL_SHARE) / MS_PER_MINUTE;
    this.#capacity = Math.max(1, Math.floor(limitPerMinute * BURST_SHARE));
    this.#tokens = this.#capacity;
    this.#updatedAtMs = nowMs;
  }

  /** Takes one token if there is one. */
  tryTake(nowMs: number): boolean {
    this.#refill(nowMs);
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  /** @returns milliseconds until {@link tryTake} can succeed; 0 when it can now. */
  msUntilNext(nowMs: number): number {
    this.#refill(nowMs);
    const missing = 1 - this.#tokens;
    if (missing <= 0) return 0;
    const slowMs = Math.max(0, this.#halvedUntilMs - nowMs);
    const inSlow = (slowMs * this.#refillPerMs) / 2;
    if (missing <= inSlow) return Math.max(1, Math.ceil((missing * 2) / this.#refillPerMs));
    return Math.max(1, Math.ceil(slowMs + (missing - inSlow) / this.#refillPerMs));
  }

  /** Halves rate and burst until `untilMs`: what the service said about our speed outweighs what its documents say. */
  halveUntil(untilMs: number, nowMs: number): void {
    this.#refill(nowMs);
    this.#tokens = Math.min(this.#tokens, this.#capacity / 2);
    this.#halvedUntilMs = Math.max(this.#halvedUntilMs, untilMs);
  }

  /** @returns tokens left, at least 0, not rounded. */
  left(nowMs: number): number {
    this.#refill(nowMs);
    return this.#tokens;
  }

  #refill(nowMs: number): void {
    const elapsedMs = nowMs - this.#updatedAtMs;
    this.#updatedAtMs = nowMs;
    // A clock set back gives nothing; a clock set forward gives no more than the burst.
    if (elapsedMs <= 0) return;
    const slowMs = Math.min(elapsedMs, Math.max(0, this.#halvedUntilMs - (nowMs - elapsedMs)));
    const gained = (elapsedMs - slowMs / 2) * this.#refillPerMs;
    const capacity = nowMs < this.#halvedUntilMs ? this.#capacity / 2 : this.#capacity;
    this.#tokens = Math.min(Math.max(capacity, 1), this.#tokens + gained);
  }
}
