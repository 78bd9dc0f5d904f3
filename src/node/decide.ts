import type { Pod } from '../kube/types.ts';
import type { PodInstance } from './pod-provider.ts';
import { podFingerprint } from './pod-record.ts';
import type { PodRecord } from './pod-record.ts';

/** After the grace period plus this, a group that still runs is deleted by force. */
const FORCE_AFTER_DEADLINE_MS = 30_000;

/** A delete that was accepted but had no visible effect is repeated after this long. */
const REPEAT_DELETE_MS = 60_000;

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
  | { do: 'mirror-status'; why: string }
  /** Delete an instance that could not be placed, and try again as a new attempt. */
  | { do: 'replace-instance'; why: string }
  | { do: 'delete-instance'; force: boolean; why: string; againInMs: number }
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
  const deadlineMs = Date.parse(pod.metadata?.deletionTimestamp ?? '');
  const overdue = seen.nowMs > deadlineMs + FORCE_AFTER_DEADLINE_MS;
  const immediate = pod.metadata?.deletionGracePeriodSeconds === 0;
  return deleteOnce(seen, {
    force: overdue || immediate,
    why: overdue ? 'the grace period is over' : 'deletion asked for',
  });
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

function deleteOnce(seen: Observation, wanted: { force: boolean; why: string }): Decision {
  const { deletion } = seen.record;
  const due =
    deletion === undefined || (wanted.force && !deletion.forced) || seen.nowMs - deletion.atMs >= REPEAT_DELETE_MS;
  if (due) return { do: 'delete-instance', force: wanted.force, why: wanted.why, againInMs: FORCE_AFTER_DEADLINE_MS };
  return { do: 'mirror-status', why: 'waiting for the instance to end' };
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
