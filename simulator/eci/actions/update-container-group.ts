import { SimError } from '../../types.ts';
import { defineAction } from '../action.ts';
import type { Answer, EciAction } from '../action.ts';
import { authorize } from '../authorize.ts';
import type { ContainerGroup } from '../group/container-group.ts';
import { newContainer } from '../group/new-container.ts';
import { updateContainerGroup as members } from '../parameters/container-group.ts';
import type { ReadMembers } from '../parameters/grammar.ts';
import { toTagMap } from '../tag-filter.ts';
import { changeableGroup } from './changeable-group.ts';

type Update = ReadMembers<typeof members>;

/**
 * UpdateContainerGroup for credentials, tags, restart policy and containers. A list replaces the one before. The instance is
 * restarted unless only tags change, or credentials whose number does not grow. Source: ECI API reference, UpdateContainerGroup.
 */
export const updateContainerGroup: EciAction = defineAction(members, (call) => {
  const { service, request, params } = call;
  authorize(call, { kind: 'containergroup', id: params.ContainerGroupId });
  return service.idempotency.once(request, (): Answer => {
    const group = changeableGroup(call);
    const { ImageRegistryCredential, AcrRegistryInfo, Tag, RestartPolicy, Container, InitContainer } = params;
    const changes = [ImageRegistryCredential, AcrRegistryInfo, Tag, RestartPolicy, Container, InitContainer];
    if (changes.every((change) => change === undefined)) {
      throw new SimError(400, 'NoNeedUpdate', 'Nothing is to be updated.');
    }
    const restarts = needsRestart(group, params);
    apply(group, params);
    group.changedAtMs = service.host.clock.nowMs();
    if (restarts) {
      service.groupLifecycle.restart(group, 'Updating');
    }
    return {};
  });
});

function needsRestart(group: ContainerGroup, params: Update): boolean {
  const grows = (params.ImageRegistryCredential?.length ?? 0) > group.credentials.logins.length;
  const others = [params.AcrRegistryInfo, params.RestartPolicy, params.Container, params.InitContainer];
  return grows || others.some((change) => change !== undefined);
}

function apply(group: ContainerGroup, params: Update): void {
  group.credentials = {
    logins: params.ImageRegistryCredential ?? group.credentials.logins,
    entries: params.AcrRegistryInfo ?? group.credentials.entries,
  };
  // Tags can be added and changed by an update, not removed.
  for (const [key, value] of toTagMap(params.Tag)) {
    group.tags.set(key, value);
  }
  group.restartPolicy = params.RestartPolicy ?? group.restartPolicy;
  group.containers = params.Container?.map((requested) => newContainer(requested, false)) ?? group.containers;
  group.initContainers =
    params.InitContainer?.map((requested) => newContainer(requested, true)) ?? group.initContainers;
}
