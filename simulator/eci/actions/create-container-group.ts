import { SimError } from '../../types.ts';
import { defineAction } from '../action.ts';
import type { Answer, Call, EciAction } from '../action.ts';
import { authorize } from '../authorize.ts';
import { cachedReferences, matchCache } from '../cache/match-cache.ts';
import type { ImageCache } from '../cache/image-cache.ts';
import type { ContainerGroup } from '../group/container-group.ts';
import { instanceSize } from '../group/instance-size.ts';
import { newContainer } from '../group/new-container.ts';
import { createContainerGroup as members } from '../parameters/container-group.ts';
import type { CreateContainerGroup } from '../parameters/container-group.ts';
import { toTagMap } from '../tag-filter.ts';
import { checkContainerGroup } from './check-container-group.ts';

/** vCPU quota of a region when the fixture sets none: large, because quotas are rarely what a test is about. */
export const DEFAULT_MAX_CPU = 100_000;

/** CreateContainerGroup: checks, places and starts a group; images are pulled later. */
export const createContainerGroup: EciAction = defineAction(members, (call) => {
  authorize(call, { kind: 'containergroup' });
  return call.service.idempotency.once(call.request, () => create(call));
});

function create(call: Call<CreateContainerGroup>): Answer {
  const { service, params, owner } = call;
  checkContainerGroup(params);
  checkRamRole(call);
  const size = instanceSize(params);
  checkQuota(call, size.cpu);
  const cache = chooseCache(call);
  if (params.DryRun === true) {
    service.networks.check(owner.accountId, params);
    // Success of a dry run is an error on the wire.
    throw new SimError(400, 'DryRun.Success', 'This request is a dry run and it would have succeeded.');
  }
  const network = service.networks.place(owner.accountId, params);
  const { ImageRegistryCredential = [], AcrRegistryInfo = [], ClientToken: _, ...request } = params;
  const nowMs = service.host.clock.nowMs();
  const group: ContainerGroup = {
    id: service.identifiers.next('eci-'),
    uuid: service.identifiers.uuid(),
    sequence: service.nextSequence(),
    ...owner,
    name: params.ContainerGroupName,
    createdAtMs: nowMs,
    changedAtMs: nowMs,
    ...size,
    network,
    request,
    credentials: { logins: ImageRegistryCredential, entries: AcrRegistryInfo },
    cachedImages: cache === undefined ? new Set() : cachedReferences(cache),
    restartPolicy: params.RestartPolicy ?? 'Always',
    tags: toTagMap(params.Tag),
    status: 'Scheduling',
    initContainers: (params.InitContainer ?? []).map((requested) => newContainer(requested, true)),
    containers: params.Container.map((requested) => newContainer(requested, false)),
    events: [],
    warnings: new Set(),
    deleting: false,
    generation: 0,
  };
  if (cache !== undefined) {
    cache.lastMatchedAtMs = nowMs;
  }
  service.groups.add(group);
  service.cpuUsage.add(owner, size.cpu);
  service.groupLifecycle.begin(group);
  return { ContainerGroupId: group.id };
}

function checkRamRole({ service, request, params, owner }: Call<CreateContainerGroup>): void {
  if (params.RamRoleName === undefined) {
    return;
  }
  const role = `acs:ram::${owner.accountId}:role/${params.RamRoleName}`;
  if (!service.host.authorizer.allows(request.principal, 'ram:PassRole', role)) {
    throw new SimError(403, 'InvalidUser.PassRoleForbidden', `The RAM user may not pass the RAM role ${role}.`);
  }
}

function checkQuota({ service, owner }: Call<CreateContainerGroup>, cpu: number): void {
  if (service.cpuUsage.of(owner) + cpu > (service.settings.maxCpu ?? DEFAULT_MAX_CPU)) {
    throw new SimError(403, 'QuotaExceeded', 'The vCPU quota of this region is exceeded.');
  }
}

function chooseCache({ service, params, owner }: Call<CreateContainerGroup>): ImageCache | undefined {
  if (params.ImageSnapshotId !== undefined) {
    const cache = service.caches.get(params.ImageSnapshotId, owner);
    if (cache === undefined) {
      throw new SimError(
        404,
        'ImageSnapshot.NotFound',
        `The specified image cache ${params.ImageSnapshotId} does not exist.`,
      );
    }
    if (cache.status !== 'Ready') {
      throw new SimError(
        400,
        'ImageSnapshot.IncorrectStatus',
        `The image cache ${cache.id} is ${cache.status}, not Ready.`,
      );
    }
    return cache;
  }
  const images = [...(params.InitContainer ?? []), ...params.Container].map(({ Image }) => Image);
  return params.AutoMatchImageCache === true ? matchCache(service.caches.owned(owner), images) : undefined;
}
