interface Level {
  readonly keys: (string | undefined)[];
  head: number;
}

/** Where a key stands. */
interface Place {
  priority: number;
  /** Grows with each arrival. */
  arrival: number;
}

/** Consumed slots are cut off a level in batches of this size, so that taking stays cheap with many keys. */
const compactAfter = 1024;

/** Unique keys in order of priority (lower numbers first), then of arrival. */
export class PriorityFifo {
  /** An entry of a level that disagrees with the place of its key was moved ahead and is skipped. */
  readonly #places = new Map<string, Place>();
  readonly #levels = new Map<number, Level>();
  #arrivals = 0;

  size(): number {
    return this.#places.size;
  }

  has(key: string): boolean {
    return this.#places.has(key);
  }

  /** Adds a key; one that is there moves only to a more urgent level. */
  push(key: string, priority: number): void {
    const current = this.#places.get(key);
    if (current !== undefined && current.priority <= priority) return;
    this.#arrivals += 1;
    this.#places.set(key, { priority, arrival: current?.arrival ?? this.#arrivals });
    const level = this.#levels.get(priority);
    if (level === undefined) this.#levels.set(priority, { keys: [key], head: 0 });
    else level.keys.push(key);
  }

  /** @param order `oldest` takes the key that waits longest among the first of each level, however urgent the others are. */
  take(order: 'urgent' | 'oldest' = 'urgent'): { key: string; priority: number } | undefined {
    const firsts = [...this.#levels.keys()]
      .sort((one, other) => one - other)
      .flatMap((priority) => this.#firstOf(priority) ?? []);
    const [urgent] = firsts;
    if (urgent === undefined) return undefined;
    const taken =
      order === 'urgent' ? urgent : firsts.reduce((one, other) => (other.arrival < one.arrival ? other : one));
    const { key, priority } = taken;
    this.#places.delete(key);
    const level = this.#levels.get(priority);
    if (level !== undefined) skipOne(level);
    return { key, priority };
  }

  /** @returns the first key of a level, which stays. */
  #firstOf(priority: number): (Place & { key: string }) | undefined {
    const level = this.#levels.get(priority);
    if (level === undefined) return undefined;
    while (level.head < level.keys.length) {
      const key = level.keys[level.head];
      const place = key === undefined ? undefined : this.#places.get(key);
      if (key !== undefined && place?.priority === priority) return { key, ...place };
      skipOne(level);
    }
    this.#levels.delete(priority);
    return undefined;
  }
}

function skipOne(level: Level): void {
  level.keys[level.head] = undefined;
  level.head += 1;
  if (level.head < compactAfter) return;
  level.keys.splice(0, level.head);
  level.head = 0;
}
