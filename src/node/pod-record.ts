import type { Pod, PodCondition } from '../kube/types.ts';
import { appliedSpecOf } from './applied-spec.ts';
import type { AppliedSpec } from './applied-spec.ts';

/** What is remembered of one Pod, keyed by UID: a name may pass to another Pod within milliseconds. */
export interface PodRecord {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  /** The API's latest copy; undefined once the object is gone. */
  pod: Pod | undefined;
  /** Number of the current create attempt. */
  attempt: number;
  /** What ended the attempt before. */
  after: string | undefined;
  creation: Creation;
  /** What the create produced and the Pod does not carry yet; kept until the write has stuck. */
  writeBack: { annotations: Record<string, string>; conditions: PodCondition[] } | undefined;
  /** What the instance was last given; what the Pod asks for now may differ. Undefined until it is known. */
  applied: AppliedSpec | undefined;
  /** An update that did not come off; tried again at `retryAtMs`, or at once when the Pod asks for something else. */
  failedUpdate: { wanted: string; failures: number; retryAtMs: number } | undefined;
  /** True once this process was shown the instance: its end is then known, too. */
  instanceSeen: boolean;
  /** When this process first saw that the Pod is over. */
  overSinceMs: number | undefined;
  /** The API was asked to remove the object; finalizers of others may keep it. */
  removalRequested: boolean;
  /** The instance that could not be placed and is being replaced by a new attempt. */
  replacedInstanceId: string | undefined;
  /** When a delete was accepted, and whether it was a forced one. */
  deletion: { atMs: number; forced: boolean } | undefined;
  /** When a deferrable status difference was first seen. */
  deferredSinceMs: number | undefined;
  lastStatusWriteAtMs: number;
  /** When this process first saw the Pod: soon after it was bound, or at our own start. */
  readonly firstSeenAtMs: number;
}

export type Creation =
  | { state: 'none' }
  /** A call was sent and no definite answer came: the instance may exist. The same attempt is repeated at `retryAtMs`. */
  | { state: 'uncertain'; retryAtMs: number }
  | { state: 'created'; instanceId: string }
  /** Nothing was created; tried again at `retryAtMs`, or at once when the Pod changes (`fingerprint`). */
  | { state: 'held'; retryAtMs: number; fingerprint: string };

/** Starts the record of a Pod as it was first seen. */
export function createPodRecord(
  pod: Pod,
  facts: {
    attempt: number;
    after?: string | undefined;
    instanceId: string | undefined;
    /** Nothing more is to be tried until the Pod is edited. */
    givenUp?: boolean;
    nowMs: number;
  },
): PodRecord {
  return {
    uid: pod.metadata?.uid ?? '',
    namespace: pod.metadata?.namespace ?? '',
    name: pod.metadata?.name ?? '',
    pod,
    attempt: facts.attempt,
    after: facts.after,
    creation: firstCreation(pod, facts),
    writeBack: undefined,
    applied: appliedSpecOf(pod),
    failedUpdate: undefined,
    instanceSeen: false,
    overSinceMs: undefined,
    removalRequested: false,
    replacedInstanceId: undefined,
    deletion: undefined,
    deferredSinceMs: undefined,
    lastStatusWriteAtMs: 0,
    firstSeenAtMs: facts.nowMs,
  };
}

function firstCreation(pod: Pod, facts: { instanceId: string | undefined; givenUp?: boolean }): Creation {
  if (facts.instanceId !== undefined) return { state: 'created', instanceId: facts.instanceId };
  if (facts.givenUp !== true) return { state: 'none' };
  return { state: 'held', retryAtMs: Number.MAX_SAFE_INTEGER, fingerprint: podFingerprint(pod) };
}

/** Changes when an edit of the Pod could change the outcome of a create: a held Pod is then looked at again. */
export function podFingerprint(pod: Pod): string {
  return JSON.stringify([pod.spec, pod.metadata?.annotations, pod.metadata?.labels]);
}
