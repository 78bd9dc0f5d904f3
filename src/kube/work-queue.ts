import type { Clock } from '../clock.ts';
import { noLog, noMetrics } from '../telemetry/types.ts';
import type { Logger, Metrics } from '../telemetry/types.ts';
import { DelayList } from './delay-list.ts';
import { kubeMetrics } from './metric-names.ts';
import { PriorityFifo } from './priority-fifo.ts';

/** How a key gets into the queue. */
export interface AddOptions {
  /** Lower numbers first; default 0. A waiting key only ever becomes more urgent. */
  priority?: number;
  /** Milliseconds until the key is ready; of two delays the earlier one wins. */
  delayMs?: number;
}

/** What a handler may return instead of nothing. */
export interface Requeue {
  /** Milliseconds after which the key is worked on again. Not a failure: the back-off starts over. */
  requeueAfterMs: number;
  priority?: number;
}

export interface RunOptions {
  /** Keys worked on at the same time; never the same key twice. */
  workers: number;
  /** Works on one key. An exception puts the key back with back-off, without limit. */
  handler: (key: string) => Promise<Requeue | void>;
  signal: AbortSignal;
}

/** Unique keys waiting for work, with the semantics of client-go's rate limiting work queue. */
export interface WorkQueue {
  /** Adds a key. One that is being worked on is worked on once more afterwards. Ignored after the shutdown. */
  add(key: string, options?: AddOptions): void;
  /** Adds a key after the back-off of its failures so far, plus one. A handler that calls this does not reset them. */
  addWithBackoff(key: string, options?: Pick<AddOptions, 'priority'>): void;
  /** Resets the back-off of a key, for example when its object is gone. */
  forget(key: string): void;
  /** Keys ready now, without those delayed or worked on. */
  depth(): number;
  /** Works until `signal` fires, then lets the handlers in flight finish. The queue takes nothing after that. */
  run(options: RunOptions): Promise<void>;
}

export interface WorkQueueOptions {
  /** Label of metrics and log lines. */
  name: string;
  clock: Clock;
  /** Jitter of back-offs, in [0, 1). */
  random?: () => number;
  logger?: Logger;
  metrics?: Metrics;
  /** @see backoffDelayMs */
  backoff?: { baseMs: number; capMs: number };
  /**
   * Of so many keys, one is that which waits longest instead of the most urgent one: keys that become urgent again and again must not
   * hold back the others for ever. Default: never.
   */
  oldestEvery?: number;
}

/** From one second, as a cloud call takes about that, to five minutes, the longest that people should wait for recovery. */
const defaultBackoff = { baseMs: 1_000, capMs: 300_000 };

/** Timers of Node.js overflow above 24.8 days; a shorter sleep is simply followed by another one. */
const longestSleepMs = 3_600_000;

/**
 * Doubles per failure up to the cap, give or take 20 %, so that keys which failed together come back apart.
 * @param failures 1 after the first one.
 */
export function backoffDelayMs(failures: number, backoff: { baseMs: number; capMs: number }, random: number): number {
  const plainMs = Math.min(backoff.capMs, backoff.baseMs * 2 ** Math.min(failures - 1, 30));
  return Math.round(plainMs * (0.8 + 0.4 * random));
}

/** Creates an empty queue. It holds no timer while nothing is delayed. */
export function createWorkQueue(options: WorkQueueOptions): WorkQueue {
  return new KeyedWorkQueue(options);
}

interface Timer {
  readonly abort: AbortController;
  readonly dueAtMs: number;
  /** What the clock will show when it fires, if nobody sets it. */
  readonly firesAtMs: number;
}

class KeyedWorkQueue implements WorkQueue {
  readonly #options: WorkQueueOptions;
  readonly #logger: Logger;
  readonly #metrics: Metrics;
  readonly #labels: { queue: string };
  readonly #ready = new PriorityFifo();
  readonly #delayed = new DelayList();
  readonly #readySinceMs = new Map<string, number>();
  readonly #failures = new Map<string, number>();
  /** Keys being worked on; the value tells whether their handler asked for back-off. */
  readonly #processing = new Map<string, { backedOff: boolean }>();
  /** Keys added while being worked on, with their priority. */
  readonly #dirty = new Map<string, number>();
  readonly #idleWorkers: (() => void)[] = [];
  #timer: Timer | undefined;
  #lastSeenMs = 0;
  #taken = 0;
  #shutDown = false;

  constructor(options: WorkQueueOptions) {
    this.#options = options;
    this.#labels = { queue: options.name };
    this.#logger = (options.logger ?? noLog).child(this.#labels);
    this.#metrics = options.metrics ?? noMetrics;
  }

  add(key: string, { priority = 0, delayMs = 0 }: AddOptions = {}): void {
    if (this.#shutDown) return;
    if (delayMs > 0) {
      this.#followClock(this.#lastSeenMs);
      this.#delayed.add({ key, priority, dueAtMs: this.#options.clock.nowMs() + delayMs });
      this.#armTimer();
    } else if (this.#processing.has(key)) {
      this.#dirty.set(key, Math.min(priority, this.#dirty.get(key) ?? priority));
    } else {
      this.#makeReady(key, priority);
    }
  }

  addWithBackoff(key: string, { priority = 0 }: Pick<AddOptions, 'priority'> = {}): void {
    const failures = (this.#failures.get(key) ?? 0) + 1;
    this.#failures.set(key, failures);
    const work = this.#processing.get(key);
    if (work !== undefined) work.backedOff = true;
    this.#metrics.count(kubeMetrics.queueRetries, this.#labels);
    const random = (this.#options.random ?? Math.random)();
    this.add(key, { priority, delayMs: backoffDelayMs(failures, this.#options.backoff ?? defaultBackoff, random) });
  }

  forget(key: string): void {
    this.#failures.delete(key);
  }

  depth(): number {
    return this.#ready.size();
  }

  async run({ workers, handler, signal }: RunOptions): Promise<void> {
    const stop = (): void => this.#stop();
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
    await Promise.all(Array.from({ length: workers }, () => this.#work(handler)));
    signal.removeEventListener('abort', stop);
  }

  async #work(handler: RunOptions['handler']): Promise<void> {
    while (!this.#shutDown) {
      const next = this.#ready.take(this.#nextOrder());
      if (next === undefined) await new Promise<void>((resolve) => this.#idleWorkers.push(resolve));
      else await this.#process(next.key, next.priority, handler);
    }
  }

  #nextOrder(): 'urgent' | 'oldest' {
    const { oldestEvery = Infinity } = this.#options;
    if (this.#ready.size() > 0) this.#taken += 1;
    return this.#taken > 0 && this.#taken % oldestEvery === 0 ? 'oldest' : 'urgent';
  }

  async #process(key: string, priority: number, handler: RunOptions['handler']): Promise<void> {
    const { clock } = this.#options;
    const startedAtMs = clock.nowMs();
    const readySinceMs = this.#readySinceMs.get(key) ?? startedAtMs;
    this.#readySinceMs.delete(key);
    this.#metrics.observe(kubeMetrics.queueAge, Math.max(0, startedAtMs - readySinceMs) / 1000, this.#labels);
    this.#metrics.gauge(kubeMetrics.queueDepth, this.depth(), this.#labels);
    const work = { backedOff: false };
    this.#processing.set(key, work);
    try {
      const result = await handler(key);
      if (!work.backedOff) this.forget(key);
      if (result) this.add(key, { priority: result.priority ?? priority, delayMs: result.requeueAfterMs });
    } catch (error) {
      this.#logger.warn('work failed and is tried again', { key, failures: this.#failures.get(key) ?? 0, error });
      this.addWithBackoff(key, { priority });
    } finally {
      this.#metrics.observe(kubeMetrics.queueWork, Math.max(0, clock.nowMs() - startedAtMs) / 1000, this.#labels);
      this.#finish(key);
    }
  }

  #finish(key: string): void {
    this.#processing.delete(key);
    const dirtyPriority = this.#dirty.get(key);
    this.#dirty.delete(key);
    if (dirtyPriority !== undefined) this.add(key, { priority: dirtyPriority });
  }

  #makeReady(key: string, priority: number): void {
    if (!this.#ready.has(key)) this.#readySinceMs.set(key, this.#options.clock.nowMs());
    this.#ready.push(key, priority);
    this.#metrics.gauge(kubeMetrics.queueDepth, this.depth(), this.#labels);
    this.#idleWorkers.shift()?.();
  }

  /** One timer for the earliest entry, none when there is none. */
  #armTimer(): void {
    const dueAtMs = this.#delayed.nextDueAtMs();
    if (dueAtMs === undefined || this.#shutDown) return;
    if (this.#timer !== undefined && this.#timer.dueAtMs <= dueAtMs) return;
    this.#timer?.abort.abort();
    const nowMs = this.#options.clock.nowMs();
    const sleepMs = Math.min(longestSleepMs, Math.max(0, dueAtMs - nowMs));
    const timer = { abort: new AbortController(), dueAtMs, firesAtMs: nowMs + sleepMs };
    this.#timer = timer;
    this.#options.clock.sleep(sleepMs, timer.abort.signal).then(
      () => this.#onTimer(timer),
      // Replaced by an earlier one, or shut down.
      () => undefined,
    );
  }

  #onTimer(timer: Timer): void {
    if (this.#timer !== timer || this.#shutDown) return;
    this.#timer = undefined;
    this.#followClock(timer.firesAtMs);
    for (const { key, priority } of this.#delayed.takeDue(this.#options.clock.nowMs())) this.add(key, { priority });
    this.#armTimer();
  }

  /** A clock that was set back would otherwise keep delayed keys waiting until it has caught up. */
  #followClock(atLeastMs: number): void {
    const nowMs = this.#options.clock.nowMs();
    if (nowMs < atLeastMs) this.#delayed.shift(nowMs - atLeastMs);
    this.#lastSeenMs = nowMs;
  }

  #stop(): void {
    this.#shutDown = true;
    this.#timer?.abort.abort();
    this.#delayed.clear();
    for (const wake of this.#idleWorkers.splice(0)) wake();
  }
}
