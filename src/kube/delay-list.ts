/** A key that becomes ready later. */
export interface Delayed {
  key: string;
  priority: number;
  dueAtMs: number;
}

/** Keys by due time: a binary heap in which a key stands at most once effectively; the earlier time wins. */
export class DelayList {
  readonly #heap: Delayed[] = [];
  /** The entry that counts for each key; entries of the heap that are no longer here were overtaken. */
  readonly #current = new Map<string, Delayed>();

  size(): number {
    return this.#current.size;
  }

  /** Adds a key, unless it is due earlier already; the more urgent of both priorities is kept. */
  add(entry: Delayed): void {
    const known = this.#current.get(entry.key);
    if (known !== undefined && known.dueAtMs <= entry.dueAtMs) {
      known.priority = Math.min(known.priority, entry.priority);
      return;
    }
    const added = { ...entry, priority: Math.min(entry.priority, known?.priority ?? entry.priority) };
    this.#current.set(entry.key, added);
    this.#heap.push(added);
    this.#siftUp(this.#heap.length - 1);
  }

  /** @returns epoch milliseconds of the earliest entry, or undefined when there is none. */
  nextDueAtMs(): number | undefined {
    for (let first = this.#heap[0]; first !== undefined; first = this.#heap[0]) {
      if (this.#current.get(first.key) === first) return first.dueAtMs;
      this.#pop();
    }
    return undefined;
  }

  /** Removes and returns what is due. */
  takeDue(nowMs: number): Delayed[] {
    const due: Delayed[] = [];
    for (let at = this.nextDueAtMs(); at !== undefined && at <= nowMs; at = this.nextDueAtMs()) {
      const entry = this.#pop();
      if (entry === undefined) break;
      this.#current.delete(entry.key);
      due.push(entry);
    }
    return due;
  }

  /** Moves everything, after the clock was set. The order stays. */
  shift(byMs: number): void {
    for (const entry of this.#heap) entry.dueAtMs += byMs;
  }

  clear(): void {
    this.#heap.length = 0;
    this.#current.clear();
  }

  #pop(): Delayed | undefined {
    const first = this.#heap[0];
    const last = this.#heap.pop();
    if (last !== undefined && last !== first) {
      this.#heap[0] = last;
      this.#siftDown(0);
    }
    return first;
  }

  #siftUp(start: number): void {
    let index = start;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#swapIfEarlier(index, parent)) return;
      index = parent;
    }
  }

  #siftDown(start: number): void {
    let index = start;
    for (;;) {
      const left = 2 * index + 1;
      const child = this.#dueAt(left + 1) < this.#dueAt(left) ? left + 1 : left;
      if (!this.#swapIfEarlier(child, index)) return;
      index = child;
    }
  }

  #swapIfEarlier(child: number, parent: number): boolean {
    const [lower, upper] = [this.#heap[child], this.#heap[parent]];
    if (lower === undefined || upper === undefined || lower.dueAtMs >= upper.dueAtMs) return false;
    this.#heap[child] = upper;
    this.#heap[parent] = lower;
    return true;
  }

  #dueAt(index: number): number {
    return this.#heap[index]?.dueAtMs ?? Infinity;
  }
}
