import type { Call } from '../action.ts';
import { authorize } from '../authorize.ts';
import type { ContainerGroup, GroupContainer } from '../group/container-group.ts';
import { notFound } from '../not-found.ts';

/**
 * Finds the container that a call reads or enters, init containers included.
 * @throws SimError 403 without permission, 404 when the group or the container in it is unknown.
 */
export function accessibleContainer(call: Call<{ ContainerGroupId: string; ContainerName: string }>): {
  group: ContainerGroup;
  container: GroupContainer;
} {
  const { service, params, owner } = call;
  authorize(call, { kind: 'containergroup', id: params.ContainerGroupId });
  service.forgetFinished(owner);
  const group = service.groups.get(params.ContainerGroupId, owner);
  if (group === undefined) {
    throw notFound('ContainerGroupId', params.ContainerGroupId);
  }
  const container = [...group.initContainers, ...group.containers].find(({ name }) => name === params.ContainerName);
  if (container === undefined) {
    throw notFound('ContainerName', params.ContainerName);
  }
  return { group, container };
}
