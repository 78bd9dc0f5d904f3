import type { Clock } from '../clock.ts';
import { noLog, noMetrics } from '../telemetry/types.ts';
import type { Logger, Metrics } from '../telemetry/types.ts';
import { createDecorrelatedJitter } from './decorrelated-jitter.ts';
import type { Backoff } from './decorrelated-jitter.ts';
import { errorFromWatchStatus } from './error-mapping.ts';
import { KubeApiError, isGone, localReasons } from './errors.ts';
import { kubeMetrics } from './metric-names.ts';
import { changesFromList, changesFromWatch } from './object-changes.ts';
import type { ReflectorEvent } from './object-changes.ts';
import { ObjectStore, objectKey } from './object-store.ts';
import type { ObjectReader } from './object-store.ts';
import type { KubeClient, KubeObject, WatchEvent } from './types.ts';

export type { ReflectorEvent } from './object-changes.ts';

export interface ReflectorOptions<T extends KubeObject> {
  client: Pick<KubeClient, 'list' | 'watch'>;
  /** A collection: `/api/v1/pods` for the whole cluster, `/api/v1/namespaces/web/pods` for one namespace. */
  path: string;
  fieldSelector?: string;
  labelSelector?: string;
  clock: Clock;
  /** Spreads reconnections, in [0, 1). */
  random?: () => number;
  logger?: Logger;
  metrics?: Metrics;
  /** Called in order, after the cache was changed. An exception is logged and stops nothing: queue the work instead. */
  onEvent?: (event: ReflectorEvent<T>) => void;
}

/** A cache of one collection that follows the API server through restarts, gaps and silence. */
export interface Reflector<T extends KubeObject> extends ObjectReader<T> {
  /** Lists and watches until `signal` fires. Never rejects because of the API server. May be called once. */
  run(signal: AbortSignal): Promise<void>;
  /** True from the first complete list on, also while disconnected. */
  hasSynced(): boolean;
  /** @throws the reason of `signal` when it fires before the first complete list. */
  waitForSync(signal: AbortSignal): Promise<void>;
  /** True while nothing suggests that the cache lags behind: synced, and no failure since. Required before sweeping. */
  isCurrent(): boolean;
  /** When the server last sent something, epoch milliseconds; undefined before that. */
  lastEventAtMs(): number | undefined;
  /** Complete lists so far: 1 in a quiet life. */
  relistCount(): number;
  /** What went wrong last, until things are well again; the first thing to report when {@link waitForSync} takes long. */
  lastError(): Error | undefined;
}

/** A connection that lived this long counts as healthy, so that the next failure is retried quickly again. */
const healthyAfterMs = 30_000;

/** Short enough that a server under maintenance gets rid of us, long enough to be cheap. The spread prevents herds. */
const watchSeconds = { min: 240, max: 480 };

/** Creates a reflector; nothing is asked before `run`. */
export function createReflector<T extends KubeObject>(options: ReflectorOptions<T>): Reflector<T> {
  return new ListWatchReflector<T>(options);
}

class ListWatchReflector<T extends KubeObject> implements Reflector<T> {
  readonly #options: ReflectorOptions<T>;
  readonly #logger: Logger;
  readonly #metrics: Metrics;
  readonly #labels: { resource: string };
  readonly #store = new ObjectStore<T>();
  readonly #backoff: Backoff;
  readonly #random: () => number;
  readonly #synced = Promise.withResolvers<void>();
  #started = false;
  #hasSynced = false;
  #relistCount = 0;
  #lastEventAtMs: number | undefined;
  #lastError: Error | undefined;
  /** Where the next watch begins; undefined asks for a list. */
  #resourceVersion: string | undefined;

  constructor(options: ReflectorOptions<T>) {
    this.#options = options;
    this.#labels = { resource: options.path.slice(options.path.lastIndexOf('/') + 1) };
    this.#logger = (options.logger ?? noLog).child(this.#labels);
    this.#metrics = options.metrics ?? noMetrics;
    this.#random = options.random ?? Math.random;
    this.#backoff = createDecorrelatedJitter({ baseMs: 200, capMs: 30_000, random: this.#random });
  }

  get(key: string): T | undefined {
    return this.#store.get(key);
  }

  getByUid(uid: string): T | undefined {
    return this.#store.getByUid(uid);
  }

  list(): T[] {
    return this.#store.list();
  }

  hasSynced(): boolean {
    return this.#hasSynced;
  }

  isCurrent(): boolean {
    return this.#hasSynced && this.#lastError === undefined;
  }

  lastEventAtMs(): number | undefined {
    return this.#lastEventAtMs;
  }

  relistCount(): number {
    return this.#relistCount;
  }

  lastError(): Error | undefined {
    return this.#lastError;
  }

  async waitForSync(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const aborted = Promise.withResolvers<never>();
    const onAbort = (): void => aborted.reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      await Promise.race([this.#synced.promise, aborted.promise]);
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  async run(signal: AbortSignal): Promise<void> {
    if (this.#started) throw new Error(`the reflector of ${this.#options.path} runs already`);
    this.#started = true;
    while (!signal.aborted) {
      const startedAtMs = this.#options.clock.nowMs();
      const failure = await this.#listAndWatch(signal).then(() => undefined, asError);
      if (signal.aborted) return;
      const healthy = this.#options.clock.nowMs() - startedAtMs >= healthyAfterMs;
      if (healthy) this.#backoff.reset();
      if (failure !== undefined) this.#noteFailure(failure);
      // The server ends a watch by itself after the time we asked for; there is nothing to wait for then.
      if (failure === undefined && healthy) continue;
      await this.#wait(failure, signal);
    }
  }

  async #listAndWatch(signal: AbortSignal): Promise<void> {
    const resourceVersion = this.#resourceVersion ?? (await this.#relist(signal));
    const { min, max } = watchSeconds;
    const query: Record<string, string> = {
      resourceVersion,
      allowWatchBookmarks: 'true',
      timeoutSeconds: String(Math.floor(min + this.#random() * (max - min + 1))),
      ...this.#selectors(),
    };
    for await (const event of this.#options.client.watch(this.#options.path, query, signal)) this.#apply(event);
  }

  async #relist(signal: AbortSignal): Promise<string> {
    const { client, path, clock } = this.#options;
    const { items, resourceVersion } = await client.list<T>(path, { ...this.#selectors(), signal });
    this.#lastEventAtMs = clock.nowMs();
    this.#relistCount += 1;
    this.#metrics.count(kubeMetrics.relists, this.#labels);
    for (const event of changesFromList(this.#store, items)) this.#deliver(event);
    this.#resourceVersion = resourceVersion;
    this.#noteSuccess();
    if (!this.#hasSynced) {
      this.#hasSynced = true;
      this.#synced.resolve();
      this.#logger.info('cache filled', { objects: items.length });
    }
    return resourceVersion;
  }

  /** @throws KubeApiError for an ERROR event, whatever its code: what follows it cannot be relied on. */
  #apply(event: WatchEvent): void {
    this.#lastEventAtMs = this.#options.clock.nowMs();
    if (event.type === 'ERROR') {
      this.#resourceVersion = undefined;
      throw errorFromWatchStatus({ method: 'WATCH', path: this.#options.path }, event.object);
    }
    this.#noteSuccess();
    if (event.type !== 'BOOKMARK') {
      for (const change of changesFromWatch(this.#store, event.type, event.object as unknown as T))
        this.#deliver(change);
    }
    this.#resourceVersion = event.object.metadata?.resourceVersion ?? this.#resourceVersion;
  }

  #deliver(event: ReflectorEvent<T>): void {
    if (event.type === 'deleted') this.#store.remove(objectKey(event.object));
    else this.#store.set(event.object);
    this.#metrics.gauge(kubeMetrics.cachedObjects, this.#store.size(), this.#labels);
    try {
      this.#options.onEvent?.(event);
    } catch (error) {
      this.#logger.error('event handler failed', { object: objectKey(event.object), error });
    }
  }

  #noteSuccess(): void {
    if (this.#lastError !== undefined) this.#logger.info('watch recovered');
    this.#lastError = undefined;
  }

  #noteFailure(error: Error): void {
    const reason = error instanceof KubeApiError ? error.reason : error.name;
    // A watch from a version that the server has yet to reach, as after a restored backup, is silent for ever: look anew.
    if (isGone(error) || reason === localReasons.stalled) this.#resourceVersion = undefined;
    this.#metrics.count(kubeMetrics.reflectorFailures, { ...this.#labels, reason });
    // One line for each new problem; a server that is away for an hour is not news every 30 seconds.
    if (this.#lastError?.message !== error.message) this.#logger.warn('list or watch failed', { reason, error });
    this.#lastError = error;
  }

  async #wait(failure: Error | undefined, signal: AbortSignal): Promise<void> {
    const hintMs = failure instanceof KubeApiError ? (failure.retryAfterMs ?? 0) : 0;
    const delayMs = Math.max(this.#backoff.nextMs(), hintMs);
    // Only the signal ends a sleep early, and the loop looks at it next.
    await this.#options.clock.sleep(delayMs, signal).catch(() => undefined);
  }

  #selectors(): { fieldSelector?: string; labelSelector?: string } {
    const { fieldSelector, labelSelector } = this.#options;
    return {
      ...(fieldSelector === undefined ? {} : { fieldSelector }),
      ...(labelSelector === undefined ? {} : { labelSelector }),
    };
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error('unknown failure', { cause: error });
}
