interface Level {
  readonly keys: (string | undefined)[];
  head: number;
}

/** Consumed slots are cut off a level in batches of this size, so that taking stays cheap with many keys. */
const compactAfter = 1024;

/** Unique keys in order of priority (lower numbers first), then of arrival. */
export class PriorityFifo {
  /** Where each key stands; an entry of a level that disagrees with it was moved ahead and is skipped. */
  readonly #priorities = new Map<string, number>();
  readonly #levels = new Map<number, Level>();

  size(): number {
    return this.#priorities.size;
  }

  has(key: string): boolean {
    return this.#priorities.has(key);
  }

  /** Adds a key; one that is there moves only to a more urgent level. */
  push(key: string, priority: number): void {
    const current = this.#priorities.get(key);
    if (current !== undefined && current <= priority) return;
    this.#priorities.set(key, priority);
    const level = this.#levels.get(priority);
    if (level === undefined) this.#levels.set(priority, { keys: [key], head: 0 });
    else level.keys.push(key);
  }

  take(): { key: string; priority: number } | undefined {
    for (const priority of [...this.#levels.keys()].sort((one, other) => one - other)) {
      const key = this.#takeFrom(priority);
      if (key === undefined) continue;
      this.#priorities.delete(key);
      return { key, priority };
    }
    return undefined;
  }

  #takeFrom(priority: number): string | undefined {
    const level = this.#levels.get(priority);
    if (level === undefined) return undefined;
    while (level.head < level.keys.length) {
      const key = level.keys[level.head];
      level.keys[level.head] = undefined;
      level.head += 1;
      if (level.head >= compactAfter) {
        level.keys.splice(0, level.head);
        level.head = 0;
      }
      if (key !== undefined && this.#priorities.get(key) === priority) return key;
    }
    this.#levels.delete(priority);
    return undefined;
  }
}
