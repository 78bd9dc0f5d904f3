import { toRfc3339 } from '../clock.ts';
import type { Pod, PodCondition } from '../kube/types.ts';
import { specOf } from './applied-spec.ts';
import type { AppliedSpec } from './applied-spec.ts';

const TYPE = 'PodResizePending';

/**
 * Answers a change of requests or limits on a live Pod: the size of an instance is fixed.
 * @returns undefined when nobody has ever asked. Source: Kubernetes documentation, Resize CPU and Memory assigned to Containers.
 */
export function resizeCondition(pod: Pod, applied: AppliedSpec | undefined, nowMs: number): PodCondition | undefined {
  if (applied === undefined) return undefined;
  const before = pod.status?.conditions?.find(({ type }) => type === TYPE);
  const asked = specOf(pod).resources !== applied.resources;
  if (!asked && before === undefined) return undefined;
  const status = asked ? 'True' : 'False';
  const kept = before?.status === status ? before.lastTransitionTime : undefined;
  return {
    type: TYPE,
    status,
    ...(asked
      ? {
          reason: 'Infeasible',
          message: 'the size of a container group is fixed; delete the Pod to run it with another',
        }
      : { reason: 'Withdrawn' }),
    lastTransitionTime: kept ?? toRfc3339(nowMs),
  };
}
