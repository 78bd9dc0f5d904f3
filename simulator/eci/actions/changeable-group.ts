import { SimError } from '../../types.ts';
import type { Call } from '../action.ts';
import type { ContainerGroup } from '../group/container-group.ts';
import { notFound } from '../not-found.ts';

/**
 * Finds the group of a restart or an update.
 * @throws SimError 404 when it is unknown, 400 `IncorrectStatus` unless it is Pending or Running, 400 `OperationConflict` when it
 * is being deleted. Source: ECI API reference, RestartContainerGroup, UpdateContainerGroup.
 */
export function changeableGroup({ service, params, owner }: Call<{ ContainerGroupId: string }>): ContainerGroup {
  const group = service.groups.get(params.ContainerGroupId, owner);
  if (group === undefined) {
    throw notFound('ContainerGroupId', params.ContainerGroupId);
  }
  if (group.deleting) {
    throw new SimError(400, 'OperationConflict', `The container group ${group.id} is being deleted.`);
  }
  if (group.status !== 'Pending' && group.status !== 'Running') {
    throw new SimError(400, 'IncorrectStatus', `The container group ${group.id} is ${group.status}.`);
  }
  return group;
}
