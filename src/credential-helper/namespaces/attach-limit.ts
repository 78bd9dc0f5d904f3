/** Two programs that undo each other's writes would otherwise do so as fast as the API server allows. */
const PAUSE_MS = 30_000;
/** Somebody who took the entry away once may have had a reason; twice is a fight. */
const FIGHT_AFTER = 2;
/** An entry that stood for so long was not fought over: releases a week apart are none of a fight. */
const PEACE_MS = 900_000;

interface History {
  lastMs: number;
  /** How often our entry was put back. */
  repeats: number;
}

/** Remembers when each ServiceAccount was attached, and how often that was undone. */
export class AttachLimit {
  readonly #histories = new Map<string, History>();

  /** @returns milliseconds until the ServiceAccount may be written again; 0 for now. */
  waitMs(uid: string, nowMs: number): number {
    const history = this.#histories.get(uid);
    if (history === undefined) return 0;
    // A clock that was set back must not stretch the pause.
    return Math.min(PAUSE_MS, Math.max(0, history.lastMs + PAUSE_MS - nowMs));
  }

  /** @returns how often the entry will have been put back if it is written now, once that is a fight; else 0. */
  fight(uid: string, nowMs: number): number {
    const repeats = this.#repeats(uid, nowMs);
    return repeats >= FIGHT_AFTER ? repeats : 0;
  }

  /** Notes a write. */
  wrote(uid: string, nowMs: number): void {
    this.#histories.set(uid, { lastMs: nowMs, repeats: this.#repeats(uid, nowMs) });
  }

  forget(uid: string): void {
    this.#histories.delete(uid);
  }

  #repeats(uid: string, nowMs: number): number {
    const history = this.#histories.get(uid);
    if (history === undefined) return 0;
    return nowMs - history.lastMs >= PEACE_MS ? 1 : history.repeats + 1;
  }
}
