import { LRUCache } from 'lru-cache';
import type { Clock } from '../clock.ts';
import { EciKubeletError } from '../errors.ts';
import { minIntervalMs, refreshAtMs } from './refresh-time.ts';
import type { WantedLife } from './types.ts';

/** Makes a value. @param previous the value it replaces, still live or not. */
export type Load<V> = (previous: V | undefined) => Promise<V>;

/** Values with an expiry that are renewed ahead of it. */
export interface ExpiringCache<V> {
  /**
   * Gives a live value, never an expired one. Concurrent callers of one key share one load.
   * A value that is due is renewed in the background while it is still served; when less than `minimumLifeMs` remains the
   * caller waits for the new one, and gets the old one only if the renewal fails; with `freshOrFail` it gets the failure.
   * @throws what `load` throws when there is no live value, or what it threw before if that is remembered.
   */
  get(key: string, load: Load<V>, options?: GetOptions): Promise<V>;
  /** Forgets a value that was refused; one that does not fit `isRefused`, because it is newer, stays. */
  drop(key: string, isRefused: (value: V) => boolean): void;
}

/** What one reader asks of the cache. */
export interface GetOptions extends WantedLife {
  /** How long a failure of this load answers for further callers without a new try, milliseconds. Default: not at all. */
  rememberFailureMs?: (error: unknown) => number;
}

/** How values are kept and renewed. */
export interface ExpiringCacheOptions<V> {
  clock: Clock;
  /** Between 0 and 1. */
  random: () => number;
  maxEntries: number;
  /** Epoch milliseconds. */
  expiresAtMs: (value: V) => number;
  /** Told about renewals that failed while the old value still served. */
  onRefreshFailure?: (error: unknown) => void;
}

interface Held<V> {
  value: V;
  /** Renewal is due from here on, epoch milliseconds. */
  dueAtMs: number;
  /** No renewal is tried before this, however much longer a caller would like the value to live. */
  notBeforeMs: number;
  failures: number;
  /** Why the last renewal failed; absent after a successful one. */
  error?: unknown;
}

const EXPIRED_ON_ARRIVAL = 'Credentials.ExpiredOnArrival';
const EXPIRED_ON_ARRIVAL_MESSAGE =
  'the credentials had expired by the time they arrived; check the clock of this machine';
const BACK_OFF_BASE_MS = 10_000;
/** Together with the margin of five minutes this leaves several tries before a value is lost. */
const BACK_OFF_CAP_MS = 60_000;

/**
 * Makes a cache whose bound is an LRU cache. The sharing of loads is its own and not `LRUCache.fetch`, which answers
 * waiters with the stale value after a failed load: here a stale value is an expired credential.
 */
export function createExpiringCache<V extends object>(options: ExpiringCacheOptions<V>): ExpiringCache<V> {
  const { clock, random, expiresAtMs } = options;
  const held = new LRUCache<string, Held<V>>({ max: options.maxEntries });
  const failures = new LRUCache<string, { error: unknown; untilMs: number }>({ max: options.maxEntries });
  const loading = new Map<string, Promise<V>>();

  function startLoad(key: string, load: Load<V>, get: GetOptions): Promise<V> {
    const running = loading.get(key);
    if (running !== undefined) return running;
    const started = run(key, load, get).finally(() => loading.delete(key));
    loading.set(key, started);
    return started;
  }

  async function run(key: string, load: Load<V>, get: GetOptions): Promise<V> {
    const previous = held.get(key);
    try {
      const value = await load(previous?.value);
      const nowMs = clock.nowMs();
      const dueAtMs = refreshAtMs({ nowMs, expiresAtMs: expiresAtMs(value), random: random() });
      held.set(key, { value, dueAtMs, notBeforeMs: nowMs + minIntervalMs(expiresAtMs(value) - nowMs), failures: 0 });
      failures.delete(key);
      return value;
    } catch (error) {
      if (previous !== undefined && expiresAtMs(previous.value) > clock.nowMs()) {
        backOff(previous, error);
        options.onRefreshFailure?.(error);
      } else {
        const rememberMs = get.rememberFailureMs?.(error) ?? 0;
        if (rememberMs > 0) failures.set(key, { error, untilMs: clock.nowMs() + rememberMs });
      }
      throw error;
    }
  }

  function backOff(entry: Held<V>, error: unknown): void {
    const backOffMs = Math.min(BACK_OFF_CAP_MS, BACK_OFF_BASE_MS * 2 ** entry.failures);
    entry.failures += 1;
    entry.error = error;
    entry.notBeforeMs = clock.nowMs() + backOffMs * (0.5 + random() / 2);
  }

  async function getFresh(key: string, load: Load<V>, get: GetOptions): Promise<V> {
    const failure = failures.get(key);
    if (failure !== undefined && clock.nowMs() < failure.untilMs) throw failure.error;
    const value = await startLoad(key, load, get);
    // A load that took longer than the life of its value gives nothing that could be used.
    if (expiresAtMs(value) <= clock.nowMs()) throw new EciKubeletError(EXPIRED_ON_ARRIVAL, EXPIRED_ON_ARRIVAL_MESSAGE);
    return value;
  }

  return {
    get: async (key, load, get = {}) => {
      const current = held.get(key);
      const nowMs = clock.nowMs();
      if (current === undefined || expiresAtMs(current.value) <= nowMs) return await getFresh(key, load, get);

      const lasts = expiresAtMs(current.value) - nowMs >= (get.minimumLifeMs ?? 0);
      const wanted = nowMs >= current.dueAtMs || !lasts;
      const pauses = nowMs < current.notBeforeMs && get.tryNow !== true && !loading.has(key);
      if (!wanted || pauses) {
        if (!lasts && get.freshOrFail === true && current.failures > 0) throw current.error;
        return current.value;
      }
      const renewal = startLoad(key, load, get);
      if (lasts) {
        // The failure was noted by the load itself; the live value answers.
        renewal.catch(() => {});
        return current.value;
      }
      return await renewal.catch((error: unknown) => {
        if (get.freshOrFail !== true && expiresAtMs(current.value) > clock.nowMs()) return current.value;
        throw error;
      });
    },
    drop: (key, isRefused) => {
      const current = held.peek(key);
      if (current !== undefined && isRefused(current.value)) held.delete(key);
    },
  };
}
