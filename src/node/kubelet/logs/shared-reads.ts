import type { ContainerTarget, LogLine, LogQuery, PodAccess } from '../pod-access.ts';

interface Read {
  lines: Promise<LogLine[]>;
  waiting: number;
  nobodyWaits: AbortController;
}

/** Lets callers who ask the same at the same time share one call: 50 windows on one log cost as much as one. */
export class SharedReads {
  readonly #access: Pick<PodAccess, 'readLog'>;
  readonly #reads = new Map<string, Read>();

  constructor(access: Pick<PodAccess, 'readLog'>) {
    this.#access = access;
  }

  /** @throws PodAccessError; the signal's reason when it fires first. The call ends once nobody waits for it. */
  async read(target: ContainerTarget, query: LogQuery, signal: AbortSignal): Promise<LogLine[]> {
    signal.throwIfAborted();
    const key = JSON.stringify([target.uid, target.container, query]);
    const read = this.#reads.get(key) ?? this.#start(key, target, query);
    const left = Promise.withResolvers<never>();
    const onAbort = (): void => left.reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    read.waiting += 1;
    try {
      return await Promise.race([read.lines, left.promise]);
    } finally {
      signal.removeEventListener('abort', onAbort);
      read.waiting -= 1;
      if (read.waiting === 0) {
        read.nobodyWaits.abort();
        if (this.#reads.get(key) === read) this.#reads.delete(key);
      }
    }
  }

  #start(key: string, target: ContainerTarget, query: LogQuery): Read {
    const nobodyWaits = new AbortController();
    const lines = this.#access.readLog(target, { ...query, signal: nobodyWaits.signal });
    // Handled here as well: everybody may have left before it fails.
    lines.catch(() => {});
    const read = { lines, waiting: 0, nobodyWaits };
    this.#reads.set(key, read);
    return read;
  }
}
