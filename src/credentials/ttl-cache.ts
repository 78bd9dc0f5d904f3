import { LRUCache } from 'lru-cache';
import type { Clock } from '../clock.ts';

/** Facts that are looked up once and believed for a while. Failed look-ups are not kept. */
export interface TtlCache<V> {
  /** Concurrent callers of one key share one look-up. @throws what `load` throws. */
  get(key: string, load: () => Promise<V>): Promise<V>;
}

/** @param ttlMs how long a fact is believed, milliseconds. */
export function createTtlCache<V extends object>(options: {
  clock: Clock;
  maxEntries: number;
  ttlMs: (value: V) => number;
}): TtlCache<V> {
  const facts = new LRUCache<string, V, () => Promise<V>>({
    max: options.maxEntries,
    // A place for times must exist before the first value brings its own.
    ttl: 1,
    ttlResolution: 0,
    perf: { now: () => options.clock.nowMs() },
    // An entry that is pushed out while it loads still answers those who wait for it.
    ignoreFetchAbort: true,
    fetchMethod: async (_key, _stale, { options: entry, context: load }) => {
      const value = await load();
      entry.ttl = options.ttlMs(value);
      return value;
    },
  });
  return {
    get: async (key, load) => await facts.forceFetch(key, { context: load }),
  };
}
