import type { EciEvent } from '../../alibaba/eci-answers.ts';

/** Remembered per group, above the 50 that the service tells at most. */
const MAX_TOLD = 100;

/** What was told of one group. */
interface Told {
  /** Events that began at or before this are old, whether they are remembered or not. */
  markMs: number;
  /** Event keys with the time they began, oldest memory first. */
  keys: Map<string, number>;
}

/**
 * Finds out what is new in the events of a group. Answers overlap and are in no order, so each event is known by reason, message
 * and the time of its first occurrence; a mark per group, not one for all, keeps what happened before this process from being
 * repeated.
 */
export class EventMirror {
  readonly #told = new Map<string, Told>();

  /** @param markMs for a group that was not met before: what began at or before this time is old. */
  news(containerGroupId: string, events: readonly EciEvent[], markMs: number): EciEvent[] {
    const told = this.#told.get(containerGroupId) ?? { markMs, keys: new Map<string, number>() };
    this.#told.set(containerGroupId, told);
    const fresh = new Map<string, EciEvent>();
    for (const event of events) {
      const beganAtMs = beginning(event);
      const key = JSON.stringify([event.reason, event.message, beganAtMs]);
      // Where no time is told, only what was told already is old.
      if (told.keys.has(key) || (beganAtMs !== undefined && beganAtMs <= told.markMs)) continue;
      told.keys.set(key, beganAtMs ?? 0);
      fresh.set(key, event);
    }
    this.#bound(told);
    return [...fresh.values()].sort((a, b) => (beginning(a) ?? 0) - (beginning(b) ?? 0));
  }

  /** Forgets the groups that are gone. */
  keepOnly(isKnown: (containerGroupId: string) => boolean): void {
    for (const containerGroupId of this.#told.keys()) {
      if (!isKnown(containerGroupId)) this.#told.delete(containerGroupId);
    }
  }

  get size(): number {
    return this.#told.size;
  }

  /** What is forgotten must not look new again. */
  #bound(told: Told): void {
    for (const [key, beganAtMs] of told.keys) {
      if (told.keys.size <= MAX_TOLD) return;
      told.keys.delete(key);
      told.markMs = Math.max(told.markMs, beganAtMs);
    }
  }
}

function beginning({ firstTimestamp, lastTimestamp }: EciEvent): number | undefined {
  const ms = Date.parse(firstTimestamp ?? lastTimestamp ?? '');
  return Number.isNaN(ms) ? undefined : ms;
}
