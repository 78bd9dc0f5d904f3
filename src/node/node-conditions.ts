import type { V1NodeCondition } from '@kubernetes/client-node';
import { toRfc3339 } from '../clock.ts';
import type { Json } from '../kube/types.ts';

export type NodeCondition = Json<V1NodeCondition>;

/** Whether the cloud answers, as far as it was asked. */
export interface CloudHealth {
  reachable: boolean;
  /** One word for machines, when it is not. */
  reason?: string;
  message: string;
}

/** The observable health of this process, from which conditions follow. */
export interface NodeHealth {
  /** True once Pods can be served. */
  ready: boolean;
  /** What is still waited for while it is not. */
  waitingFor?: string;
  /** Absent until the cloud was asked for the first time. */
  cloud?: CloudHealth;
  /** How many orphans are left alone because they are suspiciously many. */
  suspiciousOrphans?: number;
}

/** Lists the conditions that we own, without their times. */
export function nodeConditions(health: NodeHealth): NodeCondition[] {
  return [
    readyCondition(health),
    ...pressureConditions,
    cloudCondition(health.cloud),
    orphanCondition(health.suspiciousOrphans ?? 0),
  ];
}

/** Adds the times: the heartbeat is now, the transition moves only with the status. */
export function withTimes(
  conditions: readonly NodeCondition[],
  at: { nowMs: number; previous: readonly NodeCondition[] | undefined },
): NodeCondition[] {
  const now = toRfc3339(at.nowMs);
  return conditions.map((condition) => {
    const before = at.previous?.find((candidate) => candidate.type === condition.type);
    const lastTransitionTime = before?.status === condition.status ? (before.lastTransitionTime ?? now) : now;
    return { ...condition, lastHeartbeatTime: now, lastTransitionTime };
  });
}

function readyCondition({ ready, waitingFor }: NodeHealth): NodeCondition {
  return ready
    ? { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'eci-kubelet is serving Pods' }
    : {
        type: 'Ready',
        status: 'False',
        reason: 'KubeletNotReady',
        message: `eci-kubelet is starting${waitingFor === undefined ? '' : `: ${waitingFor}`}`,
      };
}

const ofTheCloud = 'capacity is the cloud’s';

const pressureConditions: readonly NodeCondition[] = [
  { type: 'MemoryPressure', status: 'False', reason: 'KubeletHasSufficientMemory', message: ofTheCloud },
  { type: 'DiskPressure', status: 'False', reason: 'KubeletHasNoDiskPressure', message: ofTheCloud },
  { type: 'PIDPressure', status: 'False', reason: 'KubeletHasSufficientPID', message: ofTheCloud },
  {
    type: 'NetworkUnavailable',
    status: 'False',
    reason: 'RouteCreated',
    message: 'Pods have addresses of their vSwitch',
  },
];

/** The same alarm as the event, for those who look later. */
function orphanCondition(orphans: number): NodeCondition {
  const type = 'OrphanSweepStopped';
  return orphans === 0
    ? { type, status: 'False', reason: 'OrphansPlausible', message: 'container groups without a Pod are few or none' }
    : {
        type,
        status: 'True',
        reason: 'TooManyOrphans',
        message: `${orphans} container groups seem to have lost their Pods; none is deleted until somebody confirms it`,
      };
}

/** Losing the cloud is not losing the node: it is a condition of its own and never touches Ready. */
function cloudCondition(cloud: CloudHealth | undefined): NodeCondition {
  const type = 'ECIReachable';
  if (cloud === undefined) {
    return { type, status: 'Unknown', reason: 'ECINotAskedYet', message: 'ECI has not answered yet' };
  }
  return cloud.reachable
    ? { type, status: 'True', reason: 'ECIAnswers', message: 'the last listing of container groups succeeded' }
    : { type, status: 'False', reason: cloud.reason ?? 'ECIUnreachable', message: cloud.message };
}
