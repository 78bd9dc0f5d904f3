import type { ContainerGroup } from '../../alibaba/eci-answers.ts';
import type { EciClient } from '../../alibaba/eci-client.ts';
import type { Tag } from '../../alibaba/eci-requests.ts';
import type { Clock } from '../../clock.ts';
import type { InstanceEvent } from '../../node/pod-provider.ts';
import type { Logger } from '../../telemetry/types.ts';
import type { CloudHealth } from '../../node/node-conditions.ts';
import type { PollIntervals } from '../types.ts';
import { feedTags } from '../identity/ownership-tags.ts';
import { observeGroupStatus } from '../instance/observe-group-status.ts';
import { EventFeed } from '../events/event-feed.ts';
import { AccountOutage } from './account-outage.ts';
import { collectPages } from './collect-pages.ts';
import { deltaWindowSeconds } from './delta-window.ts';
import { GroupIntake } from './group-intake.ts';
import type { InstanceStore, StoredInstance } from './instance-store.ts';
import { Lookups } from './lookups.ts';
import { outageReason } from './outage-reason.ts';
import { PollTimer } from './poll-timer.ts';
import { Visibility } from './visibility.ts';

/** How often the loop looks whether something is due. Nothing is asked of the cloud on an idle turn. */
const TURN_MS = 1_000;
const INITIAL_RETRY_MS = 1_000;
/** A sweep costs one call for 200 groups: small nodes notice sooner that a group is gone. */
const SWEEP_MS_PER_PAGE = 60_000;
const LOOKUP_ROUND_MS = 2_000;
/** With the spread of every interval, at most 12 calls a minute. */
const EVENTS_MS = 5_600;
/** Page sizes that the two actions allow at most. */
const LIST_LIMIT = 20;
const STATUS_LIMIT = 200;
/** A group counts as on the move for this long after its create was accepted. */
const SETTLING_MS = 60_000;

/** What the feed works with. */
export interface FeedOptions {
  eci: EciClient;
  clock: Clock;
  log: Logger;
  random: () => number;
  store: InstanceStore;
  clusterId: string;
  /** The virtual nodes that share this feed; at least one. One question serves them all. */
  nodeNames: readonly string[];
  polling: PollIntervals;
}

/**
 * Keeps the store in step with the cloud, which has no push: one complete listing at the start, then a delta every few seconds,
 * a sweep of everything every few minutes, and lookups by id for what the delta does not tell. Applying an answer twice
 * changes nothing, so windows overlap freely. An error is never "nothing there".
 */
export class Feed {
  readonly #options: FeedOptions;
  readonly #tags: Tag[];
  readonly #visibility = new Visibility();
  readonly #intake: GroupIntake;
  readonly #lookups: Lookups;
  readonly #initial: PollTimer;
  readonly #delta: PollTimer;
  readonly #sweep: PollTimer;
  readonly #lookup: PollTimer;
  readonly #eventTimer: PollTimer;
  readonly #events: EventFeed;
  #running = false;
  #synced = false;
  #lastDeltaStartMs = 0;
  #health: CloudHealth | undefined;
  /** What creations told, of all nodes that share this feed: they share the account as well. */
  readonly creations = new AccountOutage();

  constructor(options: FeedOptions) {
    this.#options = options;
    this.#tags = feedTags(options);
    this.#events = new EventFeed({ ...options, tags: this.#tags });
    this.#intake = new GroupIntake({ ...options, onEvents: (id, events) => this.#events.take(id, events) });
    this.#lookups = new Lookups({ ...options, intake: this.#intake, visibility: this.#visibility });
    this.#initial = new PollTimer(options.random);
    this.#delta = new PollTimer(options.random);
    this.#sweep = new PollTimer(options.random);
    this.#lookup = new PollTimer(options.random);
    this.#eventTimer = new PollTimer(options.random);
  }

  /** True after one complete listing. */
  hasSynced(): boolean {
    return this.#synced;
  }

  /** Whether the last listing succeeded and the account may create anything; undefined before the first listing. */
  health(): CloudHealth | undefined {
    if (this.#health?.reachable !== true) return this.#health;
    return this.creations.health(this.#options.clock.nowMs()) ?? this.#health;
  }

  /** Takes turns until `signal` fires. Every node that shares this feed runs it: the first call does the work, others wait with it. */
  async run(signal: AbortSignal): Promise<void> {
    if (this.#running) return await untilAborted(signal);
    this.#running = true;
    while (!signal.aborted) {
      await this.turn();
      try {
        await this.#options.clock.sleep(TURN_MS, signal);
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    }
  }

  /** Does whatever is due now. Never throws: failures are logged, told by {@link health}, and tried again. */
  async turn(): Promise<void> {
    if (!this.#synced) {
      await this.#list(
        'initial listing',
        this.#initial,
        () => INITIAL_RETRY_MS,
        () => this.#listEverything(),
      );
      return;
    }
    await this.#list(
      'sweep',
      this.#sweep,
      () => this.#sweepIntervalMs(),
      () => this.#sweepStatus(),
    );
    await this.#list(
      'delta poll',
      this.#delta,
      () => this.#deltaIntervalMs(),
      () => this.#pollDelta(),
    );
    // A round of lookups that had nothing to ask is no sign of health.
    await this.#attempt('lookup', this.#lookup, LOOKUP_ROUND_MS, () => this.#lookups.round());
    await this.#attempt('event poll', this.#eventTimer, EVENTS_MS, () => this.#events.round());
  }

  /**
   * Looks for the groups of one Pod by its tags, whichever node made them, and takes what is found into the store.
   * @throws whatever the call throws: then nothing is known.
   */
  async findByUid(uid: string): Promise<ContainerGroup[]> {
    return await this.#lookups.byUid(uid);
  }

  /**
   * Looks for one group by its id; into the store it goes under the UID in its own tags, if at all.
   * @returns undefined when no answer shows it. @throws whatever the call throws: then nothing is known.
   */
  async findById(containerGroupId: string): Promise<ContainerGroup | undefined> {
    return await this.#lookups.byId(containerGroupId);
  }

  /** True when this credential was shown a group in the last ten minutes: only then not to find one means anything. */
  seesGroups(): boolean {
    return this.#visibility.sawRecently(this.#options.clock.nowMs());
  }

  /** Called with what the cloud says about groups of this feed, each thing once. */
  onEvent(listener: (event: InstanceEvent) => void): void {
    this.#events.onEvent(listener);
  }

  /** Makes the next turn ask at once: something was just created or deleted. */
  expedite(): void {
    this.#delta.expedite();
  }

  /** @param intervalMs asked only when the poll is due: it looks through all groups. */
  async #list(what: string, timer: PollTimer, intervalMs: () => number, poll: () => Promise<void>): Promise<void> {
    if (!timer.isDue(this.#options.clock.nowMs())) return;
    this.#health = (await this.#attempt(what, timer, intervalMs(), poll)) ?? this.#health;
  }

  /** @returns what came of it; absent when it was not due. */
  async #attempt(
    what: string,
    timer: PollTimer,
    intervalMs: number,
    poll: () => Promise<void>,
  ): Promise<CloudHealth | undefined> {
    const { clock, log } = this.#options;
    if (!timer.isDue(clock.nowMs())) return undefined;
    try {
      await poll();
      timer.succeeded(clock.nowMs(), intervalMs);
      return { reachable: true, message: `last ${what} succeeded` };
    } catch (error) {
      const hint = error instanceof Error && 'retryAfterMs' in error ? error.retryAfterMs : undefined;
      timer.failed(clock.nowMs(), intervalMs, typeof hint === 'number' ? hint : 0);
      const message = error instanceof Error ? error.message : 'unknown error';
      log.warn('asking ECI failed', { what, error });
      return { reachable: false, reason: outageReason(error), message: `${what} failed: ${message}` };
    }
  }

  #sweepIntervalMs(): number {
    const pages = Math.ceil(this.#options.store.size() / STATUS_LIMIT);
    return Math.min(this.#options.polling.sweepMs, SWEEP_MS_PER_PAGE * Math.max(1, pages));
  }

  #deltaIntervalMs(): number {
    const nowMs = this.#options.clock.nowMs();
    const { store, polling } = this.#options;
    for (const entry of store.entries()) if (isMoving(entry, nowMs)) return polling.busyMs;
    return polling.idleMs;
  }

  /** The listing by tags has everything that the store wants to know, tags included; the status action has not. */
  async #listEverything(): Promise<void> {
    const { clock, eci, log, store } = this.#options;
    const startMs = clock.nowMs();
    const groups = await collectPages((nextToken) =>
      eci.describeContainerGroups({
        tag: this.#tags,
        limit: LIST_LIMIT,
        ...(nextToken === undefined ? {} : { nextToken }),
      }),
    );
    if (groups.length > 0) this.#visibility.sawGroups(startMs);
    await this.#intake.take(groups, startMs);
    this.#lastDeltaStartMs = startMs;
    this.#sweep.succeeded(clock.nowMs(), this.#sweepIntervalMs());
    this.#synced = true;
    log.info('listed all container groups', { nodes: this.#options.nodeNames, count: store.all().length });
  }

  async #pollDelta(): Promise<void> {
    const startMs = this.#options.clock.nowMs();
    const sinceSecond = deltaWindowSeconds(this.#lastDeltaStartMs, startMs);
    if (sinceSecond === undefined) await this.#sweepStatus();
    else await this.#readStatus(sinceSecond);
    this.#lastDeltaStartMs = startMs;
  }

  /** What a complete listing does not show may be gone: the lookups find out. */
  async #sweepStatus(): Promise<void> {
    const { clock, store } = this.#options;
    const startMs = clock.nowMs();
    const listed = await this.#readStatus(undefined);
    for (const entry of store.all()) {
      const young = entry.acceptedAtMs !== undefined && entry.acceptedAtMs >= startMs;
      if (!young && !listed.has(entry.instance.instanceId)) entry.missingSinceMs ??= startMs;
    }
  }

  async #readStatus(sinceSecond: number | undefined): Promise<Set<string>> {
    const { clock, eci, store } = this.#options;
    const startMs = clock.nowMs();
    const rows = await collectPages((nextToken) =>
      eci.describeContainerGroupStatus({
        tag: this.#tags,
        limit: STATUS_LIMIT,
        ...(sinceSecond === undefined ? {} : { sinceSecond }),
        ...(nextToken === undefined ? {} : { nextToken }),
      }),
    );
    if (rows.length > 0) this.#visibility.sawGroups(startMs);
    const unknown: string[] = [];
    for (const row of rows) {
      const uid = store.uidOf(row.containerGroupId);
      if (uid !== undefined) store.observe(uid, observeGroupStatus(row, startMs));
      else if (!store.isDeletedGroup(row.containerGroupId) && !store.isForeignGroup(row.containerGroupId))
        unknown.push(row.containerGroupId);
    }
    if (unknown.length > 0) await this.#lookups.byIds(unknown);
    return new Set(rows.map((row) => row.containerGroupId));
  }
}

/** Starting, ending, or made so recently that there will be news. */
function isMoving({ instance, deletingSinceMs, acceptedAtMs }: StoredInstance, nowMs: number): boolean {
  return (
    instance.phase === 'pending' ||
    instance.phase === 'terminating' ||
    deletingSinceMs !== undefined ||
    (acceptedAtMs !== undefined && nowMs - acceptedAtMs < SETTLING_MS)
  );
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
