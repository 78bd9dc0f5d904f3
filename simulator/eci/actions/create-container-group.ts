import { SimError } from '../../types.ts';
import { defineAction } from '../action.ts';
import type { Answer, Call, EciAction } from '../action.ts';
import { authorize } from '../authorize.ts';
import { placeGroup } from '../capacity/place-group.ts';
import { cachedReferences, matchCache } from '../cache/match-cache.ts';
import type { ImageCache } from '../cache/image-cache.ts';
import type { ContainerGroup } from '../group/container-group.ts';
import { newContainer } from '../group/new-container.ts';
import { createContainerGroup as members } from '../parameters/container-group.ts';
import type { CreateContainerGroup } from '../parameters/container-group.ts';
import { recordEvent } from '../service-event.ts';
import { toTagMap } from '../tag-filter.ts';
import { checkContainerGroup } from './check-container-group.ts';

/** CreateContainerGroup: checks, places and starts a group; images are pulled later. */
export const createContainerGroup: EciAction = defineAction(members, (call) => {
  authorize(call, { kind: 'containergroup' });
  return call.service.idempotency.once(call.request, () => create(call));
});

function create(call: Call<CreateContainerGroup>): Answer {
  const { service, params, owner } = call;
  checkContainerGroup(params);
  checkRamRole(call);
  const cache = chooseCache(call);
  const { offer, fails, scarce } = placeGroup(service, owner.accountId, params);
  const { cpu, memory, instanceType } = offer.spec;
  checkQuota(call, cpu);
  if (params.DryRun === true) {
    // Success of a dry run is an error on the wire.
    throw new SimError(400, 'DryRun.Success', 'This request is a dry run and it would have succeeded.');
  }
  const network = service.networks.reserve(offer.vSwitch, {
    securityGroupId: offer.securityGroupId,
    ...(params.PrivateIpAddress === undefined ? {} : { address: params.PrivateIpAddress }),
  });
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
    cpu,
    memory,
    ...(instanceType.startsWith('ecs.') ? { instanceType } : {}),
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
    const message = `Successfully hit image cache ${cache.id}.`;
    recordEvent(group, { type: 'Normal', reason: 'SuccessfulHitImageCache', message, source: 'EciService' }, nowMs);
  }
  service.groups.add(group);
  service.cpuUsage.add(owner, cpu);
  service.groupLifecycle.begin(group, { fails, scarce });
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
  if (service.cpuUsage.of(owner) + cpu > service.quotas.maxCpu) {
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
