import { isDeepStrictEqual } from 'node:util';
import type { EciInstance, Observation, RenewalReport } from '../instance/eci-instance.ts';
import { mergeObservation, newInstance, type InstanceIdentity } from '../instance/merge-observation.ts';

/** Proofs of absence that are remembered; older ones are forgotten first. */
const MAX_ABSENT = 20_000;
/** Groups of other processes that are remembered as such; beyond it some are looked up again, which costs calls and nothing else. */
const MAX_FOREIGN = 100_000;

/** An instance with the book-keeping of the feed. */
export interface StoredInstance {
  instance: EciInstance;
  /** When our own create was accepted; absent for instances found by listing. */
  acceptedAtMs?: number;
  /** The Pod has init containers, whose states only the listing by id tells. */
  hasInitContainers: boolean;
  /** Some answer has shown the group. */
  seen: boolean;
  deletingSinceMs?: number;
  /** Since when answers that should show the group do not. */
  missingSinceMs?: number;
  lastLookupMs: number;
  lookups: number;
}

/** A Pod that should have an instance which no listing has shown: after a restart, or after an answer was lost. */
export interface Suspect {
  uid: string;
  /** The id that the Pod carries; absent when no answer ever told one. */
  containerGroupId?: string;
  sinceMs: number;
  deleting: boolean;
  /** The id that the Pod names turned out to be of no use: it is not taken up again. */
  disclaimed?: boolean;
  /** Since when every answer, by id and by tags, was complete and empty. Counted only while the Pod is being deleted. */
  emptySinceMs?: number;
  lastLookupMs: number;
  lookups: number;
}

/** The container groups of this node by Pod UID, what is suspected, and what is proven to be gone. No I/O. */
export class InstanceStore {
  readonly #byUid = new Map<string, StoredInstance>();
  readonly #uidByGroup = new Map<string, string>();
  readonly #suspects = new Map<string, Suspect>();
  readonly #absent = new Set<string>();
  readonly #deletedGroups = new Set<string>();
  readonly #foreignGroups = new Set<string>();
  readonly #listeners: ((uid: string) => void)[] = [];

  onChange(listener: (uid: string) => void): void {
    this.#listeners.push(listener);
  }

  get(uid: string): StoredInstance | undefined {
    return this.#byUid.get(uid);
  }

  all(): StoredInstance[] {
    return [...this.#byUid.values()];
  }

  /** The same without making a list: for looking through many of them often. */
  entries(): Iterable<StoredInstance> {
    return this.#byUid.values();
  }

  size(): number {
    return this.#byUid.size;
  }

  suspects(): Suspect[] {
    return [...this.#suspects.values()];
  }

  uidOf(containerGroupId: string): string | undefined {
    return this.#uidByGroup.get(containerGroupId);
  }

  isAbsent(uid: string): boolean {
    return this.#absent.has(uid);
  }

  /** Was this group deleted as surplus or found to be gone? Late answers about it are ignored. */
  isDeletedGroup(containerGroupId: string): boolean {
    return this.#deletedGroups.has(containerGroupId);
  }

  /** Notes that a group belongs to somebody else. */
  foreign(containerGroupId: string): void {
    addBounded(this.#foreignGroups, containerGroupId, MAX_FOREIGN);
  }

  /** Is this group known to belong to somebody else? Its tags do not change. */
  isForeignGroup(containerGroupId: string): boolean {
    return this.#foreignGroups.has(containerGroupId);
  }

  /** Enters a group that the cloud accepted or listed. An earlier group of the same Pod is replaced. */
  enter(
    identity: InstanceIdentity,
    known: Partial<Pick<EciInstance, 'createConditions' | 'facts' | 'observedAtMs'>> & {
      acceptedAtMs?: number;
      hasInitContainers?: boolean;
    } = {},
  ): StoredInstance {
    const { acceptedAtMs, hasInitContainers = false, ...rest } = known;
    const before = this.#byUid.get(identity.uid);
    if (before !== undefined) this.#uidByGroup.delete(before.instance.instanceId);
    const entry: StoredInstance = {
      instance: newInstance(identity, rest),
      ...(acceptedAtMs === undefined ? {} : { acceptedAtMs }),
      hasInitContainers,
      seen: acceptedAtMs === undefined,
      lastLookupMs: 0,
      lookups: 0,
    };
    this.#byUid.set(identity.uid, entry);
    this.#uidByGroup.set(identity.instanceId, identity.uid);
    this.#suspects.delete(identity.uid);
    this.#absent.delete(identity.uid);
    this.#notify(identity.uid);
    return entry;
  }

  /** Lays an answer over a known group; tells listeners when that changes something they can see. */
  observe(uid: string, seen: Observation): void {
    const entry = this.#byUid.get(uid);
    if (entry === undefined || entry.instance.instanceId !== seen.containerGroupId) return;
    const before = entry.instance;
    entry.seen = true;
    delete entry.missingSinceMs;
    entry.instance = mergeObservation(before, seen);
    if (entry.instance.phase !== before.phase) entry.lookups = 0;
    if (!isDeepStrictEqual({ ...before, observedAtMs: 0 }, { ...entry.instance, observedAtMs: 0 })) this.#notify(uid);
  }

  /** Lays down what is to be said on the Pod about the credentials of a group, unless it has been replaced by another. */
  reportRenewal(uid: string, containerGroupId: string, report: RenewalReport): void {
    const entry = this.#byUid.get(uid);
    if (entry === undefined || entry.instance.instanceId !== containerGroupId) return;
    entry.instance = { ...entry.instance, renewal: { ...entry.instance.renewal, ...report } };
    this.#notify(uid);
  }

  /** Notes that the cloud accepted the deletion of a Pod's group. */
  deleting(uid: string, nowMs: number): void {
    const entry = this.#byUid.get(uid);
    if (entry === undefined || entry.deletingSinceMs !== undefined) return;
    entry.deletingSinceMs = nowMs;
    entry.lookups = 0;
  }

  /** Starts looking for an instance that ought to exist. */
  suspect(uid: string, options: { containerGroupId?: string; nowMs: number; deleting: boolean }): void {
    if (this.#byUid.has(uid) || this.#absent.has(uid)) return;
    const { containerGroupId, nowMs, deleting } = options;
    const before = this.#suspects.get(uid);
    if (before === undefined) {
      const claim = containerGroupId === undefined ? {} : { containerGroupId };
      this.#suspects.set(uid, { uid, ...claim, sinceMs: nowMs, deleting, lastLookupMs: 0, lookups: 0 });
      return;
    }
    // Changed in place: a lookup that is under way keeps its notes on it.
    before.deleting ||= deleting;
    if (containerGroupId !== undefined && before.disclaimed !== true) before.containerGroupId ??= containerGroupId;
  }

  /** Drops the id that a Pod names: the group turned out to be somebody else's, or the service refuses the id. */
  disclaim(uid: string): void {
    const suspect = this.#suspects.get(uid);
    if (suspect === undefined) return;
    delete suspect.containerGroupId;
    suspect.disclaimed = true;
  }

  /** Enters a proof that the Pod has no instance. */
  provenAbsent(uid: string): void {
    const entry = this.#byUid.get(uid);
    if (entry !== undefined) this.ignoreGroup(entry.instance.instanceId);
    this.#byUid.delete(uid);
    this.#suspects.delete(uid);
    addBounded(this.#absent, uid, MAX_ABSENT);
    this.#notify(uid);
  }

  /** Forgets a proof of absence: a create is about to be sent. */
  mayExist(uid: string): void {
    this.#absent.delete(uid);
  }

  /** Ignores further answers about a group. */
  ignoreGroup(containerGroupId: string): void {
    this.#uidByGroup.delete(containerGroupId);
    addBounded(this.#deletedGroups, containerGroupId, MAX_ABSENT);
  }

  #notify(uid: string): void {
    for (const listener of this.#listeners) listener(uid);
  }
}

function addBounded(set: Set<string>, value: string, max: number): void {
  set.add(value);
  if (set.size <= max) return;
  const [oldest] = set;
  if (oldest !== undefined) set.delete(oldest);
}
