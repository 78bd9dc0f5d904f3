import type { ContainerGroup } from '../../alibaba/eci-answers.ts';
import type { EciClient } from '../../alibaba/eci-client.ts';
import { classify, isNotFound } from '../../alibaba/error-classes.ts';
import type { Clock } from '../../clock.ts';
import type { Logger } from '../../telemetry/types.ts';
import { podTags } from '../identity/ownership-tags.ts';
import { judgeMissing, judgeSuspect, type AbsenceEvidence } from './absence.ts';
import { collectPages } from './collect-pages.ts';
import type { GroupIntake } from './group-intake.ts';
import type { InstanceStore, Suspect } from './instance-store.ts';
import { needsLookup, suspectNeedsLookup } from './lookup-plan.ts';
import type { Visibility } from './visibility.ts';

/** At most this many ids in one call. Source: ECI API reference, DescribeContainerGroups. */
const BATCH = 20;
/** Calls by id, and by tag, in one round of two seconds: far below the 2,000 a minute that the account has. */
const MAX_BATCHES = 5;
const MAX_TAG_LOOKUPS = 5;
/** The check whether anything at all can be seen is not repeated more often than this. */
const SELF_CHECK_MS = 15_000;

/** What lookups work with. */
export interface LookupOptions {
  eci: EciClient;
  clock: Clock;
  log: Logger;
  store: InstanceStore;
  intake: GroupIntake;
  visibility: Visibility;
  clusterId: string;
}

/** What came of asking for groups by id. */
interface IdAnswers {
  /** Ids whose group was shown. */
  shown: Set<string>;
  /** Ids that the service does not take for one: nothing is known of their groups. */
  refused: Set<string>;
}

/** Asks for single groups by id or by the tags of their Pod, and proves absence. */
export class Lookups {
  readonly #options: LookupOptions;
  #lastSelfCheckMs: number | undefined;

  constructor(options: LookupOptions) {
    this.#options = options;
  }

  /** Asks for everything that is due, those first that waited longest. @throws on the first call that fails. */
  async round(): Promise<void> {
    const { clock, store } = this.#options;
    const nowMs = clock.nowMs();
    const due = store
      .all()
      .filter((entry) => needsLookup(entry, nowMs))
      .sort(
        (a, b) =>
          Number(a.deletingSinceMs === undefined) - Number(b.deletingSinceMs === undefined) ||
          a.lastLookupMs - b.lastLookupMs,
      );
    for (let batch = 0; batch < MAX_BATCHES; batch++) {
      const entries = due.slice(batch * BATCH, (batch + 1) * BATCH);
      if (entries.length === 0) break;
      await this.#known(entries.map((entry) => entry.instance.uid));
    }
    await this.#suspected(nowMs);
  }

  /** Asks for groups by id and takes what is found into the store. @throws on the first call that fails, but for refused ids. */
  async byIds(containerGroupIds: readonly string[]): Promise<IdAnswers> {
    const answers: IdAnswers = { shown: new Set(), refused: new Set() };
    for (let start = 0; start < containerGroupIds.length; start += BATCH) {
      await this.#batch(containerGroupIds.slice(start, start + BATCH), answers);
    }
    return answers;
  }

  /** Asks for one group and takes it into the store, under the UID in its tags. @returns undefined when it is not shown. */
  async byId(containerGroupId: string): Promise<ContainerGroup | undefined> {
    const groups = await this.#describe({ containerGroupIds: [containerGroupId] }).catch(emptyIfNotFound);
    return groups.find((group) => group.containerGroupId === containerGroupId);
  }

  /** Asks for the groups of one Pod by tags and takes them into the store. @returns those that are not ignored. */
  async byUid(uid: string): Promise<ContainerGroup[]> {
    const groups = await this.#describe({ tag: podTags({ clusterId: this.#options.clusterId, uid }) });
    return groups.filter((group) => !this.#options.store.isDeletedGroup(group.containerGroupId));
  }

  async #describe(
    query: Pick<Parameters<EciClient['describeContainerGroups']>[0], 'containerGroupIds' | 'tag'>,
  ): Promise<ContainerGroup[]> {
    const { eci, clock, intake, visibility } = this.#options;
    const startMs = clock.nowMs();
    const groups = await collectPages((nextToken) =>
      eci.describeContainerGroups({ ...query, limit: BATCH, ...(nextToken === undefined ? {} : { nextToken }) }),
    );
    if (groups.length > 0) visibility.sawGroups(startMs);
    await intake.take(groups, startMs);
    return groups;
  }

  /** One id that the service refuses must not hide the others: they are asked for again, one at a time. */
  async #batch(ids: readonly string[], answers: IdAnswers): Promise<void> {
    try {
      const groups = await this.#describe({ containerGroupIds: [...ids] });
      for (const group of groups) answers.shown.add(group.containerGroupId);
    } catch (error) {
      if (classify(error) !== 'permanent') throw error;
      const [only] = ids;
      if (ids.length > 1) for (const id of ids) await this.#batch([id], answers);
      else if (only !== undefined && !isNotFound(error)) {
        this.#options.log.warn('ECI refused to look for a container group', { containerGroupId: only, error });
        answers.refused.add(only);
      }
    }
  }

  async #known(uids: readonly string[]): Promise<void> {
    const { clock, store } = this.#options;
    const startMs = clock.nowMs();
    const entries = uids.map((uid) => store.get(uid)).filter((entry) => entry !== undefined);
    for (const entry of entries) {
      entry.lastLookupMs = startMs;
      entry.lookups += 1;
    }
    const { shown, refused } = await this.byIds(entries.map((entry) => entry.instance.instanceId));
    const told = (id: string) => shown.has(id) || refused.has(id);
    const missing = entries.filter((entry) => !told(entry.instance.instanceId));
    if (missing.length === 0) return;
    await this.#checkSelf();
    const evidence = this.#evidence(startMs);
    for (const entry of missing) {
      const { uid, instanceId } = entry.instance;
      // A new attempt may have taken its place while the answers were on their way.
      if (store.get(uid) !== entry) continue;
      const verdict = judgeMissing(entry, evidence);
      if (verdict === 'absent') {
        this.#options.log.info('container group is gone', { containerGroupId: instanceId, podUid: uid });
        store.provenAbsent(uid);
      } else if (verdict === 'missing') entry.missingSinceMs ??= startMs;
    }
  }

  async #suspected(nowMs: number): Promise<void> {
    const { store } = this.#options;
    const due = store
      .suspects()
      .filter((suspect) => suspectNeedsLookup(suspect, nowMs))
      .sort((a, b) => a.lastLookupMs - b.lastLookupMs);
    // A Pod that is being deleted is looked for both ways: only that makes an empty answer complete.
    const byTags = due.filter(needsTagLookup).slice(0, MAX_TAG_LOOKUPS);
    const withId = due
      .filter((suspect) => !needsTagLookup(suspect) || byTags.includes(suspect))
      .filter((suspect) => suspect.containerGroupId !== undefined)
      .slice(0, BATCH * MAX_BATCHES);
    const asked = [...new Set([...withId, ...byTags])];
    const emptySinceMs = new Map(asked.map((suspect) => [suspect, suspect.emptySinceMs]));
    for (const suspect of asked) {
      suspect.lastLookupMs = nowMs;
      suspect.lookups += 1;
      // A call that fails ends the series of empty answers.
      delete suspect.emptySinceMs;
    }
    const { refused } = await this.byIds(withId.flatMap((suspect) => suspect.containerGroupId ?? []));
    for (const suspect of byTags) await this.byUid(suspect.uid);
    for (const suspect of withId) {
      if (refused.has(suspect.containerGroupId ?? '')) store.disclaim(suspect.uid);
    }
    const open = asked.filter((suspect) => store.get(suspect.uid) === undefined);
    if (open.length === 0) return;
    await this.#checkSelf();
    const evidence = this.#evidence(nowMs);
    for (const suspect of open) {
      if (byTags.includes(suspect) && suspect.deleting) suspect.emptySinceMs = emptySinceMs.get(suspect) ?? nowMs;
      // It may have been created while the answers were on their way.
      if (store.get(suspect.uid) !== undefined) continue;
      if (judgeSuspect(suspect, evidence) === 'missing') continue;
      const { uid, containerGroupId } = suspect;
      this.#options.log.info('no container group is found for a Pod', { podUid: uid, containerGroupId });
      store.provenAbsent(uid);
    }
  }

  #evidence(requestStartMs: number): AbsenceEvidence {
    const { store, visibility } = this.#options;
    const live = store
      .all()
      .filter(({ instance, deletingSinceMs }) => instance.phase !== 'terminal' && deletingSinceMs === undefined);
    return { requestStartMs, visibility, liveGroups: live.length };
  }

  /**
   * Finds out whether this credential sees groups at all, when something is missing and nothing was seen for a while. Any group
   * of the account in this region will do.
   */
  async #checkSelf(): Promise<void> {
    const { clock, eci, log, visibility } = this.#options;
    const nowMs = clock.nowMs();
    if (visibility.sawSince(nowMs - SELF_CHECK_MS)) return;
    if (this.#lastSelfCheckMs !== undefined && nowMs - this.#lastSelfCheckMs < SELF_CHECK_MS) return;
    this.#lastSelfCheckMs = nowMs;
    const page = await eci.describeContainerGroups({ limit: 1 });
    if (page.items.length > 0) visibility.sawGroups(nowMs);
    else log.warn('no container group can be seen at all; is eci:DescribeContainerGroups allowed?');
  }
}

function needsTagLookup(suspect: Suspect): boolean {
  return suspect.deleting || suspect.containerGroupId === undefined;
}

/** An id that no longer exists is answered with nothing, or, where a Terraform provider of the vendor met it, with a refusal. */
function emptyIfNotFound(error: unknown): never[] {
  if (isNotFound(error)) return [];
  throw error;
}
