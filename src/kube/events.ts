import { LRUCache } from 'lru-cache';
import type { Clock } from '../clock.ts';
import { noLog, noMetrics } from '../telemetry/types.ts';
import type { Logger, Metrics } from '../telemetry/types.ts';
import { KubeApiError, isAlreadyExists, isForbidden, isNotFound } from './errors.ts';
import { eventCount, eventName, eventNamespace, eventObject } from './event-object.ts';
import type { EventRecord, EventSource } from './event-object.ts';
import { kubeMetrics } from './metric-names.ts';
import { resourcePath } from './resource-path.ts';
import { createTokenBucket } from './token-bucket.ts';
import type { TokenBucket } from './token-bucket.ts';
import type { EventRecorder, EventTarget, KubeClient } from './types.ts';
import { cutToBytes } from './utf8-cut.ts';

export interface EventRecorderOptions {
  client: Pick<KubeClient, 'create' | 'patch'>;
  clock: Clock;
  source: EventSource;
  /** Takes secrets out of a message. The last line of defence: callers do not put any in. */
  scrub: (text: string) => string;
  /** Makes names unique, in [0, 1). */
  random?: () => number;
  logger?: Logger;
  metrics?: Metrics;
}

/** An event that is being counted, and the object that holds the count, once there is one. */
interface Series {
  record: EventRecord;
  /** Chosen once, so that a create whose answer was lost is recognized when it is sent again. */
  name: string | undefined;
  written: boolean;
  queued: boolean;
}

/** Events that wait for each other. */
interface Lane {
  queue: Series[];
  writing: Promise<void> | undefined;
}

/** The API refuses longer messages. Source: Kubernetes, validation of core/v1 Event. */
const maxMessageBytes = 1024;

/** Different events waiting to be written: several thousand Pods at once have two each. More means that the API server is away. */
const maxQueued = 10_000;

/**
 * Writers side by side. One keeps up with no burst, and events that are written late are dropped late; more of them would take the
 * rate away from statuses.
 */
const laneCount = 4;

/** Events and floods remembered; the oldest are forgotten and start over. */
const maxRemembered = 4096;

/** Per object and reason, as kubelets limit themselves: 25 at once, then one in five minutes. */
const flood = { burst: 25, perSecond: 1 / 300 };

const attempts = 3;
const retryDelayMs = 1_000;

/** Creates a recorder of core/v1 Events. Those of one object are written one at a time, in the order of their first appearance. */
export function createEventRecorder(options: EventRecorderOptions): EventRecorder {
  return new CountingEventRecorder(options);
}

class CountingEventRecorder implements EventRecorder {
  readonly #options: EventRecorderOptions;
  readonly #logger: Logger;
  readonly #metrics: Metrics;
  readonly #series = new LRUCache<string, Series>({ max: maxRemembered });
  readonly #floods = new LRUCache<string, TokenBucket>({ max: maxRemembered });
  readonly #lanes = new Map<number, Lane>();
  #queued = 0;
  /** Starts anywhere, so that a restarted process does not repeat names. */
  #sequence: number;

  constructor(options: EventRecorderOptions) {
    this.#options = options;
    this.#logger = options.logger ?? noLog;
    this.#metrics = options.metrics ?? noMetrics;
    this.#sequence = Math.floor((options.random ?? Math.random)() * 1_000_000);
  }

  emit(target: EventTarget, type: 'Normal' | 'Warning', reason: string, message: string): void {
    const text = cutToBytes(this.#options.scrub(message), maxMessageBytes);
    const key = JSON.stringify([target.uid, type, reason, text]);
    const series = this.#series.get(key) ?? this.#newSeries({ target, type, reason, message: text });
    this.#series.set(key, series);
    // Counted even when it is not written now: the next write carries the whole count.
    series.record.count += 1;
    series.record.lastAtMs = this.#options.clock.nowMs();
    if (series.queued) return;
    if (!this.#floodBucket(target, reason).tryTake()) return this.#drop('flood', series.record);
    if (this.#queued >= maxQueued) return this.#drop('overflow', series.record);
    series.queued = true;
    this.#queued += 1;
    const lane = this.#laneOf(target);
    lane.queue.push(series);
    lane.writing ??= this.#drain(lane);
  }

  async flush(): Promise<void> {
    await Promise.all([...this.#lanes.values()].map(({ writing }) => writing ?? Promise.resolve()));
  }

  /** Always the same one for an object. The end of a UID is random enough to spread objects evenly. */
  #laneOf(target: EventTarget): Lane {
    const index = (target.uid.codePointAt(target.uid.length - 1) ?? 0) % laneCount;
    const lane = this.#lanes.get(index) ?? { queue: [], writing: undefined };
    this.#lanes.set(index, lane);
    return lane;
  }

  #newSeries(what: Pick<EventRecord, 'target' | 'type' | 'reason' | 'message'>): Series {
    const nowMs = this.#options.clock.nowMs();
    return {
      record: { ...what, count: 0, firstAtMs: nowMs, lastAtMs: nowMs },
      name: undefined,
      written: false,
      queued: false,
    };
  }

  #floodBucket(target: EventTarget, reason: string): TokenBucket {
    const key = `${target.uid}/${reason}`;
    const bucket = this.#floods.get(key) ?? createTokenBucket({ clock: this.#options.clock, ...flood });
    this.#floods.set(key, bucket);
    return bucket;
  }

  /** Never rejects: {@link #write} handles every failure. */
  async #drain(lane: Lane): Promise<void> {
    for (let series = lane.queue.shift(); series !== undefined; series = lane.queue.shift()) {
      series.queued = false;
      this.#queued -= 1;
      await this.#write(series);
    }
    lane.writing = undefined;
  }

  async #write(series: Series): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.#send(series);
        return;
      } catch (error) {
        // A namespace that is being deleted answers 403 or 404 to new events; nobody will read them anyway.
        const pointless = isForbidden(error) || isNotFound(error) || isRefused(error);
        if (pointless || attempt >= attempts) return this.#drop('failure', series.record, error);
        await this.#options.clock.sleep(retryDelayMs * attempt);
      }
    }
  }

  async #send(series: Series): Promise<void> {
    const { client, clock, source } = this.#options;
    const { record } = series;
    const location = { apiVersion: 'v1', resource: 'events', namespace: eventNamespace(record.target) };
    if (series.written && series.name !== undefined) {
      try {
        await client.patch(resourcePath({ ...location, name: series.name }), eventCount(record), 'merge');
        return;
      } catch (error) {
        // Events live for an hour by default.
        if (!isNotFound(error)) throw error;
        series.name = undefined;
        series.written = false;
        record.count = 1;
        record.firstAtMs = record.lastAtMs;
      }
    }
    series.name ??= eventName(record.target, clock.nowMs(), (this.#sequence += 1));
    try {
      await client.create(resourcePath(location), eventObject(series.name, record, source));
    } catch (error) {
      // Ours, from an attempt whose answer was lost.
      if (!isAlreadyExists(error)) throw error;
    }
    series.written = true;
  }

  #drop(cause: 'flood' | 'overflow' | 'failure', record: EventRecord, error?: unknown): void {
    this.#metrics.count(kubeMetrics.eventsDropped, { cause });
    if (cause === 'flood') return;
    const { target, reason, message } = record;
    const object = `${target.kind} ${target.namespace === undefined ? '' : `${target.namespace}/`}${target.name}`;
    this.#logger.warn('event is not written', { cause, object, reason, text: message, ...(error ? { error } : {}) });
  }
}

/** Is it an answer that the same event will get again? */
function isRefused(error: unknown): boolean {
  const status = error instanceof KubeApiError ? (error.httpStatus ?? 0) : 0;
  return status >= 400 && status < 500 && status !== 429 && status !== 409;
}
