import type { PodCondition } from '../../kube/types.ts';
import type { CreateFailure } from '../../node/pod-provider.ts';
import { classifyScheduleReason, writeAttemptFailure } from './attempt-failure.ts';

/**
 * Says why a container group has no place, as the failure of the attempt that made it. Pure.
 * @param created the condition `ContainerInstanceCreated` that the group gives its Pod.
 * @param vSwitchId where ECI tried to put it; undefined when no answer has told.
 */
export function placementFailure(
  instanceId: string,
  { created, vSwitchId }: { created: PodCondition | undefined; vSwitchId: string | undefined },
): CreateFailure {
  const code = created?.reason ?? 'ScheduleFailed';
  const cause = created?.message ?? created?.reason ?? 'ECI gave no reason';
  return {
    class: classifyScheduleReason(code),
    code,
    message: `container group ${instanceId} could not be placed and is deleted: ${cause}`,
    after: writeAttemptFailure({ code, ...(vSwitchId === undefined ? {} : { vSwitchId }) }),
  };
}
