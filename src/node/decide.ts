import type { Pod } from '../kube/types.ts';
import { imagesDiffer, specOf } from './applied-spec.ts';
import { deadlineAtMs } from './pod-deadline.ts';
import type { PodInstance } from './pod-provider.ts';
import { podFingerprint } from './pod-record.ts';
import type { PodRecord } from './pod-record.ts';

/** After the grace period plus this, a group that still runs is deleted by force. */
const FORCE_AFTER_DEADLINE_MS = 30_000;

/** A delete that was accepted but had no visible effect is repeated after this long. */
const REPEAT_DELETE_MS = 60_000;

/** The cloud's word about a group may follow the last of its containers by this much. */
const SETTLE_MS = 60_000;

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
  /** How long after its deadline a Pod that is being deleted waits for its instance to end; for ever when absent. */
  forceRemoveAfterMs?: number;
  /** What becomes of a Pod that nobody would replace and that never ran, when its instance is lost. */
  lostBarePods?: 'fail' | 'recreate';
  nowMs: number;
}

/** What to do about one Pod, with the reason in words for the debug log. */
export type Decision =
  | { do: 'nothing'; why: string; againInMs?: number }
  | { do: 'create'; why: string }
  /** `againInMs`: when to look again although nothing may have changed. */
  | { do: 'mirror-status'; why: string; againInMs?: number }
  /** Give the instance the images that the Pod names now. */
  | { do: 'update-instance'; why: string; againInMs?: number }
  /** Delete an instance that could not be placed, and try again as a new attempt. */
  | { do: 'replace-instance'; why: string }
  | { do: 'delete-instance'; force: boolean; overdue: boolean; why: string; againInMs: number }
  /** Write a terminal status and remove the API object; `abandon`: although the instance may still run. */
  | { do: 'finish'; abandon: boolean; why: string }
  | { do: 'fail-lost'; why: string }
  /** Make another instance in the place of one that is gone. */
  | { do: 'recreate'; why: string }
  | { do: 'fail-deadline'; why: string }
  | { do: 'forget'; why: string };

/** The decision table of the Pod controller, evaluated top to bottom. Pure. */
export function decidePod(seen: Observation): Decision {
  const { record } = seen;
  const pod = record.pod;
  if (pod === undefined) return decideGone(seen);
  if (pod.metadata?.deletionTimestamp !== undefined) return decideTerminating(seen, pod);
  if (isTerminal(pod)) return decideFinished(seen, pod);
  const deadlineMs = deadlineAtMs(pod, record.applied);
  if (deadlineMs !== undefined && seen.nowMs >= deadlineMs && seen.synced) {
    return { do: 'fail-deadline', why: 'the Pod was active for too long' };
  }
  const decision = decideLive(seen, pod);
  return deadlineMs === undefined ? decision : withAlarm(decision, deadlineMs - seen.nowMs);
}

function decideLive(seen: Observation, pod: Pod): Decision {
  const { record, instance } = seen;
  if (instance?.phase === 'unschedulable') {
    return record.replacedInstanceId === instance.instanceId
      ? { do: 'nothing', why: 'waiting for the instance that could not be placed to go' }
      : { do: 'replace-instance', why: 'the instance could not be placed' };
  }
  if (instance !== undefined) return decideUpdate(seen, pod, instance);
  if (!seen.synced) return { do: 'nothing', why: UNSYNCED };
  switch (record.creation.state) {
    case 'created':
      if (!seen.verifiedAbsent) return { do: 'nothing', why: 'created, not yet listed' };
      return seen.lostBarePods === 'recreate' && isBare(pod) && !hasRun(pod)
        ? { do: 'recreate', why: 'the instance is gone, never ran, and nobody would replace the Pod' }
        : { do: 'fail-lost', why: 'the instance is proven to be gone' };
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

/** Images are the one thing of an instance that an edit of its Pod changes. */
function decideUpdate(seen: Observation, pod: Pod, instance: PodInstance): Decision {
  const { applied, creation, failedUpdate } = seen.record;
  const mirror: Decision = { do: 'mirror-status', why: 'the instance exists' };
  const updatable = instance.phase === 'pending' || instance.phase === 'running';
  if (creation.state !== 'created' || !updatable || applied === undefined || !imagesDiffer(applied, pod)) return mirror;
  const waitMs = (failedUpdate?.retryAtMs ?? 0) - seen.nowMs;
  if (waitMs > 0 && failedUpdate?.wanted === wantedImages(pod)) return { ...mirror, againInMs: waitMs };
  return { do: 'update-instance', why: 'the Pod names other images' };
}

/** Identifies the images that a Pod names. */
export function wantedImages(pod: Pod): string {
  const { containers, initContainers } = specOf(pod);
  return `${containers}/${initContainers}`;
}

function isBare(pod: Pod): boolean {
  return (pod.metadata?.ownerReferences ?? []).every(({ controller }) => controller !== true);
}

function hasRun(pod: Pod): boolean {
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
  return (
    pod.status?.phase === 'Running' ||
    statuses.some(({ state, restartCount }) => restartCount > 0 || state?.running || state?.terminated)
  );
}

/** Makes sure that somebody looks again in time. */
function withAlarm(decision: Decision, inMs: number): Decision {
  if (decision.do !== 'nothing' && decision.do !== 'mirror-status' && decision.do !== 'update-instance')
    return decision;
  return { ...decision, againInMs: Math.max(1, Math.min(decision.againInMs ?? inMs, inMs)) };
}

/** The API object vanished: forced deletion, or deletion of a finished Pod. Nothing is left to write to. */
function decideGone(seen: Observation): Decision {
  if (seen.instance === undefined && !seen.synced) return { do: 'nothing', why: UNSYNCED };
  if (seen.instance === undefined && !mayExist(seen)) return { do: 'forget', why: 'Pod and instance are gone' };
  return deleteOnce(seen, { force: true, why: 'the Pod is gone' });
}

function decideTerminating(seen: Observation, pod: Pod): Decision {
  const { instance, nowMs } = seen;
  if (instance === undefined && !seen.synced) return { do: 'nothing', why: UNSYNCED };
  const forceAtMs = forceTime(pod);
  const deletion = deleteOnce(seen, {
    force: nowMs >= forceAtMs,
    forceAtMs,
    why: nowMs >= forceAtMs ? 'the grace period is over' : 'deletion asked for',
  });
  const mayRun = instance === undefined ? mayExist(seen) : instance.phase !== 'terminal';
  if (seen.record.removalRequested) {
    // Finalizers of others keep the object: no business of ours, as long as the instance goes.
    const why = 'waiting for the finalizers of others';
    if (!mayRun && seen.record.deletion !== undefined) return { do: 'nothing', why };
    if (instance === undefined) return { do: 'nothing', why };
    return deletion.do === 'delete-instance' ? deletion : { do: 'nothing', why, againInMs: deletion.againInMs };
  }
  if (instance === undefined && !mayRun) return { do: 'finish', abandon: false, why: 'no instance is left' };
  if (!mayRun) return { do: 'finish', abandon: false, why: 'every container has ended' };
  if (seen.forceRemoveAfterMs === undefined || deletion.do === 'delete-instance') return deletion;
  const removeInMs = Date.parse(pod.metadata?.deletionTimestamp ?? '') + seen.forceRemoveAfterMs - nowMs;
  if (removeInMs <= 0) return { do: 'finish', abandon: true, why: 'the instance does not end' };
  return withAlarm(deletion, removeInMs);
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
  const { instance, record, nowMs } = seen;
  if (instance === undefined) return { do: 'nothing', why: 'finished' };
  const endedMs = finishedAtMs(pod) ?? record.overSinceMs ?? nowMs;
  if (instance.phase !== 'terminal') {
    // Somebody else failed the Pod, or it was active for too long: what still runs costs money and is of no use.
    const settleMs = finishedAtMs(pod) === undefined ? 0 : endedMs + SETTLE_MS - nowMs;
    return settleMs > 0
      ? { do: 'nothing', why: 'finished, the instance is about to be', againInMs: settleMs }
      : deleteOnce(seen, { force: false, why: 'the Pod is over and its instance is not' });
  }
  const leftMs = endedMs + seen.finishedRetentionMs - nowMs;
  if (leftMs > 0) {
    return lacksInitEnds(pod)
      ? { do: 'mirror-status', why: 'how its init containers ended may be told by now', againInMs: leftMs }
      : { do: 'nothing', why: 'finished, kept for its logs', againInMs: leftMs };
  }
  return deleteOnce(seen, { force: false, why: 'finished long ago' });
}

/**
 * An instance that fails within moments is told to have ended before anything about its init containers, which is what people look
 * for then. A Pod that was failed for a reason, by us or by others, keeps its status as it is.
 */
function lacksInitEnds(pod: Pod): boolean {
  const { reason, initContainerStatuses = [] } = pod.status ?? {};
  return reason === undefined && initContainerStatuses.some(({ state }) => state?.terminated === undefined);
}

/** Absence needs proof: a create, with or without a definite answer, may have left an instance. */
function mayExist(seen: Observation): boolean {
  const { state } = seen.record.creation;
  return (state === 'uncertain' || state === 'created') && !seen.verifiedAbsent;
}

/** Asks for the deletion now, again after a while without effect, and by force when its time has come. */
function deleteOnce(
  seen: Observation,
  wanted: { force: boolean; forceAtMs?: number; why: string },
): Extract<Decision, { do: 'delete-instance' | 'mirror-status' }> & { againInMs: number } {
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
