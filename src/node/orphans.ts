import type { PodInstance } from './pod-provider.ts';

/** An instance younger than this may belong to a Pod that the watch has not brought yet. */
const MIN_AGE_MS = 300_000;

/** More orphans than this share of all instances looks like a wrong kubeconfig or an emptied cluster. */
const BREAKER_SHARE = 0.2;
const BREAKER_MIN = 5;
/** Where no Pod at all is left on the node, that looks like an emptied cluster from this many on. */
const BREAKER_EMPTY_NODE = 2;

export interface OrphanSweep {
  instances: readonly PodInstance[];
  isKnownPod: (uid: string) => boolean;
  /** How many Pods the watch knows on this node. */
  knownPods: number;
  /** When each instance was first seen without a Pod, epoch milliseconds; what an earlier sweep returned. */
  suspects: ReadonlyMap<string, number>;
  nowMs: number;
}

export interface OrphanVerdict {
  /** Confirmed in two sweeps: delete after the API has confirmed that the Pod is gone, and somebody the number if suspicious. */
  confirmed: PodInstance[];
  /** Pass to the next sweep. */
  suspects: Map<string, number>;
  /** True when so many look orphaned that none may be deleted unless somebody confirms it. */
  suspicious: boolean;
}

/** Finds instances whose Pod is gone. Pure: the caller confirms each with the API and deletes. */
export function findOrphans(sweep: OrphanSweep): OrphanVerdict {
  const orphans = sweep.instances.filter((instance) => !sweep.isKnownPod(instance.uid));
  const suspects = new Map(orphans.map((orphan) => [orphan.uid, sweep.suspects.get(orphan.uid) ?? sweep.nowMs]));
  const share = Math.max(BREAKER_MIN, sweep.instances.length * BREAKER_SHARE);
  const limit = sweep.knownPods === 0 ? Math.min(share, BREAKER_EMPTY_NODE) : share;
  const confirmed = orphans.filter((orphan) => {
    const since = sweep.suspects.get(orphan.uid);
    return since !== undefined && sweep.nowMs - since >= MIN_AGE_MS;
  });
  return { confirmed, suspects, suspicious: orphans.length > limit };
}
