import type { Pod } from '../kube/types.ts';
import type { PodInstance } from './pod-provider.ts';
import { podFingerprint } from './pod-record.ts';
import type { PodRecord } from './pod-record.ts';

/** After the grace period plus this, a group that still runs is deleted by force. */
const FORCE_AFTER_DEADLINE_MS = 30_000;

/** A delete that was accepted but had no visible effect is repeated after this long. */
const REPEAT_DELETE_MS = 60_000;

/** What Kubernetes gives a Pod that names no grace period. */
const DEFAULT_GRACE_SECONDS = 30;

const UNSYNCED = 'waiting for the first complete listing of instances';

export interface Observation {
  record: PodRecord;
  instance: PodInstance | undefined;
  /** False until one complete listing of our instances: before that absence means nothing. */
  synced: boolean;
  /** The provider has proof that no instance of this Pod exists. */
  verifiedAbsent: boolean;
  /** How long the instance of a finished Pod is kept, for its logs. */
  finishedRetentionMs: number;
  nowMs: number;
}

/** What to do about one Pod, with the reason in words for the debug log. */
export type Decision =
  | { do: 'nothing'; why: string; againInMs?: number }
  | { do: 'create'; why: string }
  /** `againInMs`: when to look again although nothing may have changed. */
  | { do: 'mirror-status'; why: string; againInMs?: number }
  /** Delete an instance that could not be placed, and try again as a new attempt. */
  | { do: 'replace-instance'; why: string }
  | { do: 'delete-instance'; force: boolean; overdue: boolean; why: string; againInMs: number }
  /** Write a terminal status and remove the API object. */
  | { do: 'finish'; why: string }
  | { do: 'fail-lost'; why: string }
  | { do: 'forget'; why: string };

/** The decision table of the Pod controller, evaluated top to bottom. Pure. */
export function decidePod(seen: Observation): Decision {
  const { record } = seen;
  const pod = record.pod;
  if (pod === undefined) return decideGone(seen);
  if (pod.metadata?.deletionTimestamp !== undefined) return decideTerminating(seen, pod);
  if (isTerminal(pod)) return decideFinished(seen, pod);
  if (seen.instance?.phase === 'unschedulable') {
    return record.replacedInstanceId === seen.instance.instanceId
      ? { do: 'nothing', why: 'waiting for the instance that could not be placed to go' }
      : { do: 'replace-instance', why: 'the instance could not be placed' };
  }
  if (seen.instance !== undefined) return { do: 'mirror-status', why: 'the instance exists' };
  if (!seen.synced) return { do: 'nothing', why: UNSYNCED };
  switch (record.creation.state) {
    case 'created':
      return seen.verifiedAbsent
        ? { do: 'fail-lost', why: 'the instance is proven to be gone' }
        : { do: 'nothing', why: 'created, not yet listed' };
    case 'held':
      if (record.creation.fingerprint !== podFingerprint(pod)) return { do: 'create', why: 'the Pod was edited' };
      return seen.nowMs >= record.creation.retryAtMs
        ? { do: 'create', why: 'time to try again' }
        : { do: 'nothing', why: 'held', againInMs: record.creation.retryAtMs - seen.nowMs };
    case 'uncertain':
      // Writing the failure into the status brings the Pod back at once: only the time may lead to another call.
      return seen.nowMs >= record.creation.retryAtMs
        ? { do: 'create', why: 'the last attempt has no definite outcome' }
        : { do: 'nothing', why: 'backing off', againInMs: record.creation.retryAtMs - seen.nowMs };
    case 'none':
      return { do: 'create', why: 'no instance yet' };
    default:
      return record.creation satisfies never;
  }
}

/** The API object vanished: forced deletion, or deletion of a finished Pod. Nothing is left to write to. */
function decideGone(seen: Observation): Decision {
  if (seen.instance === undefined && !seen.synced) return { do: 'nothing', why: UNSYNCED };
  if (seen.instance === undefined && !mayExist(seen)) return { do: 'forget', why: 'Pod and instance are gone' };
  return deleteOnce(seen, { force: true, why: 'the Pod is gone' });
}

function decideTerminating(seen: Observation, pod: Pod): Decision {
  const { instance } = seen;
  if (instance === undefined && !seen.synced) return { do: 'nothing', why: UNSYNCED };
  if (instance === undefined && !mayExist(seen)) return { do: 'finish', why: 'no instance is left' };
  if (instance?.phase === 'terminal') return { do: 'finish', why: 'every container has ended' };
  const forceAtMs = forceTime(pod);
  return deleteOnce(seen, {
    force: seen.nowMs >= forceAtMs,
    forceAtMs,
    why: seen.nowMs >= forceAtMs ? 'the grace period is over' : 'deletion asked for',
  });
}

/**
 * When waiting ends. The group was created with the Pod's own grace period; a shorter one that the deletion asks for can only
 * be kept by force, at its deadline. Otherwise ECI gets some time beyond the deadline to end by itself.
 */
function forceTime(pod: Pod): number {
  const deadlineMs = Date.parse(pod.metadata?.deletionTimestamp ?? '');
  const asked = pod.metadata?.deletionGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS;
  const own = pod.spec?.terminationGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS;
  return asked < own ? deadlineMs : deadlineMs + FORCE_AFTER_DEADLINE_MS;
}

function decideFinished(seen: Observation, pod: Pod): Decision {
  if (seen.instance === undefined) return { do: 'nothing', why: 'finished' };
  const endedMs = finishedAtMs(pod) ?? seen.instance.observedAtMs;
  const leftMs = endedMs + seen.finishedRetentionMs - seen.nowMs;
  if (leftMs > 0) return { do: 'nothing', why: 'finished, kept for its logs', againInMs: leftMs };
  return deleteOnce(seen, { force: false, why: 'finished long ago' });
}

/** Absence needs proof: a create, with or without a definite answer, may have left an instance. */
function mayExist(seen: Observation): boolean {
  const { state } = seen.record.creation;
  return (state === 'uncertain' || state === 'created') && !seen.verifiedAbsent;
}

/** Asks for the deletion now, again after a while without effect, and by force when its time has come. */
function deleteOnce(seen: Observation, wanted: { force: boolean; forceAtMs?: number; why: string }): Decision {
  const { nowMs, record } = seen;
  const { deletion } = record;
  const due = deletion === undefined || (wanted.force && !deletion.forced) || nowMs - deletion.atMs >= REPEAT_DELETE_MS;
  const repeatInMs = REPEAT_DELETE_MS - (deletion === undefined || due ? 0 : nowMs - deletion.atMs);
  const forceInMs = wanted.forceAtMs === undefined || wanted.force ? repeatInMs : wanted.forceAtMs - nowMs;
  const againInMs = Math.max(1, Math.min(repeatInMs, forceInMs));
  return due
    ? {
        do: 'delete-instance',
        force: wanted.force,
        overdue: wanted.forceAtMs !== undefined,
        why: wanted.why,
        againInMs,
      }
    : { do: 'mirror-status', why: 'waiting for the instance to end', againInMs };
}

/** Succeeded and Failed are final: the API server does not enforce it, so we must. */
export function isTerminal(pod: Pod): boolean {
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
}

function finishedAtMs(pod: Pod): number | undefined {
  const times = (pod.status?.containerStatuses ?? [])
    .map((status) => Date.parse(status.state?.terminated?.finishedAt ?? ''))
    .filter((time) => !Number.isNaN(time));
  return times.length === 0 ? undefined : Math.max(...times);
}
