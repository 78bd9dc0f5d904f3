/** Delays between attempts that grow, and that differ between processes which failed at the same moment. */
export interface Backoff {
  /** @returns milliseconds to wait before the next attempt. */
  nextMs(): number;
  /** Starts over, after a time of health. */
  reset(): void;
}

/**
 * Draws each delay between the base and three times the delay before it, up to the cap.
 * Source: AWS Architecture Blog, "Exponential Backoff And Jitter", decorrelated jitter.
 */
export function createDecorrelatedJitter(options: { baseMs: number; capMs: number; random: () => number }): Backoff {
  const { baseMs, capMs, random } = options;
  let previousMs = baseMs;
  return {
    nextMs() {
      previousMs = Math.min(capMs, baseMs + random() * (previousMs * 3 - baseMs));
      return Math.round(previousMs);
    },
    reset() {
      previousMs = baseMs;
    },
  };
}
