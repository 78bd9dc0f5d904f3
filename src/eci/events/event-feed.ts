import type { EciEvent } from '../../alibaba/eci-answers.ts';
import type { EciClient } from '../../alibaba/eci-client.ts';
import type { Tag } from '../../alibaba/eci-requests.ts';
import { classify } from '../../alibaba/error-classes.ts';
import type { Clock } from '../../clock.ts';
import type { InstanceEvent } from '../../node/pod-provider.ts';
import type { Logger } from '../../telemetry/types.ts';
import { deltaWindowSeconds } from '../feed/delta-window.ts';
import type { InstanceStore, StoredInstance } from '../feed/instance-store.ts';
import { EventMirror } from './event-mirror.ts';

/** At most this many ids, and groups, in one call. Source: ECI API reference, DescribeContainerGroupEvents. */
const BATCH = 20;
const PAGE = 200;
/** A group that is starting or ending is asked for again after this, if nothing else brings its events. */
const TRANSITION_MS = 10_000;
/** How long nothing is asked after a refusal: it takes somebody to change a policy. */
const DENIED_MS = 600_000;
/** Groups forgotten by the store are forgotten here when they are this many. */
const SLACK = 200;

/** What the event feed works with. */
export interface EventFeedOptions {
  eci: EciClient;
  clock: Clock;
  log: Logger;
  store: InstanceStore;
  /** By which all groups of the feed are found. */
  tags: readonly Tag[];
}

/**
 * Brings what the cloud says about container groups to their Pods. Asks only for groups that changed or are on the move, one
 * call a round: by id for a few, by tags and time for many.
 */
export class EventFeed {
  readonly #options: EventFeedOptions;
  readonly #mirror = new EventMirror();
  readonly #due = new Map<string, number>();
  readonly #listeners: ((event: InstanceEvent) => void)[] = [];
  /** What began before this process did is old. */
  readonly #markMs: number;
  #lastByTagsMs: number;
  #byTagsLast = false;
  #deniedUntilMs = 0;

  constructor(options: EventFeedOptions) {
    this.#options = options;
    this.#markMs = endOfLastSecond(options.clock.nowMs());
    this.#lastByTagsMs = options.clock.nowMs();
    options.store.onChange((uid) => this.#due.set(uid, 0));
  }

  onEvent(listener: (event: InstanceEvent) => void): void {
    this.#listeners.push(listener);
  }

  /** Takes the events that came along with another answer. */
  take(containerGroupId: string, events: readonly EciEvent[]): void {
    const { store } = this.#options;
    const uid = store.uidOf(containerGroupId);
    const entry = uid === undefined ? undefined : store.get(uid);
    if (uid === undefined || entry === undefined) return;
    // A group that this process made has no past; a clock of the cloud that is behind ours must not hide its beginning.
    const markMs = entry.acceptedAtMs === undefined ? this.#markMs : 0;
    for (const event of this.#mirror.news(containerGroupId, events, markMs)) {
      if (event.reason === undefined) continue;
      const type = event.type === 'Warning' ? 'Warning' : 'Normal';
      for (const listener of this.#listeners) {
        listener({ uid, type, reason: event.reason, message: event.message ?? '' });
      }
    }
  }

  /** One call, or none when nothing is due. @throws what the call throws. */
  async round(): Promise<void> {
    const { clock, eci, log, store, tags } = this.#options;
    const nowMs = clock.nowMs();
    if (nowMs < this.#deniedUntilMs) return;
    if (this.#mirror.size > store.size() + SLACK) this.#mirror.keepOnly((id) => store.uidOf(id) !== undefined);
    const due = this.#dueEntries(nowMs);
    if (due.length === 0) return;
    this.#byTagsLast = due.length > BATCH && !this.#byTagsLast;
    const asked = this.#byTagsLast ? [] : due.slice(0, BATCH);
    const query = this.#byTagsLast
      ? { tag: [...tags], sinceSecond: deltaWindowSeconds(this.#lastByTagsMs, nowMs) ?? 3600, limit: PAGE }
      : { containerGroupIds: asked.map(({ instance }) => instance.instanceId), limit: PAGE };
    try {
      const rows = await eci.describeContainerGroupEvents(query);
      if (this.#byTagsLast) this.#lastByTagsMs = nowMs;
      for (const { containerGroupId, events } of rows) {
        this.take(containerGroupId, events);
        this.#answered(store.uidOf(containerGroupId), nowMs);
      }
      // What was asked for by id and not told has no events to tell.
      for (const { instance } of asked) this.#answered(instance.uid, nowMs);
    } catch (error) {
      if (classify(error) !== 'permission') throw error;
      log.warn('events of container groups are not mirrored; is eci:DescribeContainerGroupEvents allowed?', { error });
      this.#deniedUntilMs = nowMs + DENIED_MS;
    }
  }

  /** Those that have waited longest come first. */
  #dueEntries(nowMs: number): StoredInstance[] {
    const { store } = this.#options;
    const due: [number, StoredInstance][] = [];
    for (const [uid, sinceMs] of this.#due) {
      const entry = store.get(uid);
      if (entry === undefined) this.#due.delete(uid);
      else if (nowMs >= sinceMs) due.push([sinceMs, entry]);
    }
    return due.sort(([a], [b]) => a - b).map(([, entry]) => entry);
  }

  #answered(uid: string | undefined, nowMs: number): void {
    const entry = uid === undefined ? undefined : this.#options.store.get(uid);
    if (uid === undefined || entry === undefined) return;
    const moving = entry.instance.phase === 'pending' || entry.instance.phase === 'terminating';
    if (moving || entry.deletingSinceMs !== undefined) this.#due.set(uid, nowMs + TRANSITION_MS);
    else this.#due.delete(uid);
  }
}

/** Times of events are whole seconds, rounded down: one of the second in which we started may be news. */
function endOfLastSecond(nowMs: number): number {
  return Math.floor(nowMs / 1000) * 1000 - 1;
}
