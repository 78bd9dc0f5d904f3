import { SimError } from '../../types.ts';
import { defineAction } from '../action.ts';
import type { Answer, EciAction } from '../action.ts';
import { authorize } from '../authorize.ts';
import { updateContainerGroup as members } from '../parameters/container-group.ts';
import { applyUpdate, needsRestart, nextSize } from '../update/apply-update.ts';
import type { Change } from '../update/apply-update.ts';
import { changeableGroup } from './changeable-group.ts';

/** Changes that stop containers which a policy of Never does not start again. */
const STOPS_CONTAINERS: readonly Change[] = ['containers', 'init-containers'];

/**
 * UpdateContainerGroup from Pending or Running. The containers are restarted, through `Updating` and at the same address, unless
 * only tags change, or credentials whose number does not grow; later pulls use the new credentials. With a restart policy of
 * Never, containers that a change of containers stops stay stopped, and the group has failed.
 * Source: ECI API reference, UpdateContainerGroup.
 */
export const updateContainerGroup: EciAction = defineAction(members, (call) => {
  const { service, request, params, owner } = call;
  authorize(call, { kind: 'containergroup', id: params.ContainerGroupId });
  return service.idempotency.once(request, (): Answer => {
    const group = changeableGroup(call);
    const { cpu: before } = group;
    const more = nextSize(group, params).cpu - before;
    if (more > 0 && service.cpuUsage.of(owner) + more > service.quotas.maxCpu) {
      throw new SimError(403, 'QuotaExceeded', 'The vCPU quota of this region is exceeded.');
    }
    const changes = applyUpdate(group, params);
    if (changes.length === 0) {
      throw new SimError(400, 'NoNeedUpdate', 'Nothing is to be updated.');
    }
    service.cpuUsage.add(owner, group.cpu - before);
    group.changedAtMs = service.host.clock.nowMs();
    const ran = group.containers.some(({ current }) => current.state === 'Running');
    if (group.restartPolicy === 'Never' && ran && changes.some((change) => STOPS_CONTAINERS.includes(change))) {
      service.groupLifecycle.end(group);
    } else if (needsRestart(changes, service.settings.fileUpdateRestarts ?? true)) {
      service.groupLifecycle.restart(group, 'Updating');
    } else if (changes.includes('files')) {
      service.runtime.filesChanged(group);
    }
    return {};
  });
});
