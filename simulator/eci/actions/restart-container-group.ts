import { defineAction } from '../action.ts';
import type { EciAction } from '../action.ts';
import { authorize } from '../authorize.ts';
import { restartContainerGroup as members } from '../parameters/container-group.ts';
import { changeableGroup } from './changeable-group.ts';

/** RestartContainerGroup: from Pending or Running, through Restarting. */
export const restartContainerGroup: EciAction = defineAction(members, (call) => {
  authorize(call, { kind: 'containergroup', id: call.params.ContainerGroupId });
  return call.service.idempotency.once(call.request, () => {
    call.service.groupLifecycle.restart(changeableGroup(call), 'Restarting');
    return {};
  });
});
