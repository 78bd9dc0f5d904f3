import { defineAction } from '../action.ts';
import type { EciAction } from '../action.ts';
import { authorize } from '../authorize.ts';
import { notFound } from '../not-found.ts';
import { deleteContainerGroup as members } from '../parameters/container-group.ts';

/** DeleteContainerGroup: the group is gone after a short while, with `Terminating` in between only if it has preStop handlers. */
export const deleteContainerGroup: EciAction = defineAction(members, (call) => {
  const { service, request, params, owner } = call;
  authorize(call, { kind: 'containergroup', id: params.ContainerGroupId });
  return service.idempotency.once(request, () => {
    const group = service.groups.get(params.ContainerGroupId, owner);
    if (group === undefined) {
      throw notFound('ContainerGroupId', params.ContainerGroupId);
    }
    service.groupLifecycle.delete(group, { force: params.Force ?? false });
    return {};
  });
});
