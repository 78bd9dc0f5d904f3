import type { Clock } from '../clock.ts';
import { linkAbort } from './linked-abort.ts';

/** Lets a loop sleep until its next turn, or until somebody has news for it. For one sleeper. */
export class WakeUp {
  #pending = false;
  #wake: (() => void) | undefined;

  /** Ends the sleep; where nobody sleeps, the next sleep ends at once. */
  wake(): void {
    this.#pending = true;
    this.#wake?.();
  }

  /** Resolves after `ms` milliseconds, at {@link WakeUp.wake}, or when `signal` fires; never rejects. */
  async sleep(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
    if (!this.#pending && !signal.aborted) {
      const link = linkAbort(signal);
      this.#wake = () => link.controller.abort();
      await clock.sleep(ms, link.controller.signal).catch(() => {});
      link.unlink();
      this.#wake = undefined;
    }
    this.#pending = false;
  }
}
