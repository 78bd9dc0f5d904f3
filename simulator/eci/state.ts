import type { ImageCache } from './cache/image-cache.ts';
import type { EciService } from './eci-service.ts';
import type { ContainerGroup, GroupContainer } from './group/container-group.ts';

/** The state page of ECI: what tests assert and people look at. Holds no password. */
export function eciState({ groups, caches, execSessions }: EciService): Record<string, unknown> {
  return {
    groups: Array.from(groups.all(), groupState),
    imageCaches: Array.from(caches.all(), cacheState),
    execSessions: execSessions.state(),
  };
}

function groupState(group: ContainerGroup): Record<string, unknown> {
  return {
    id: group.id,
    name: group.name,
    accountId: group.accountId,
    regionId: group.regionId,
    status: group.status,
    deleting: group.deleting,
    intranetIp: group.network.intranetIp,
    zoneId: group.network.zoneId,
    vSwitchId: group.network.vSwitchId,
    instanceType: group.instanceType,
    spotStrategy: group.request.SpotStrategy,
    cpu: group.cpu,
    memory: group.memory,
    tags: Object.fromEntries(group.tags),
    credentialServers: group.credentials.logins.map(({ Server }) => Server),
    acrRegistryInfos: group.credentials.entries,
    images: [...group.initContainers, ...group.containers].map(imageState),
    warnings: [...group.warnings],
  };
}

function imageState({
  name,
  requested,
  credentialPath,
  imageDigest,
  current,
}: GroupContainer): Record<string, unknown> {
  return {
    container: name,
    image: requested.Image,
    /** `credential`, `acr-entry:<chain>`, `service-linked-role`, `anonymous` or `cache`. */
    path: credentialPath,
    pulled: imageDigest !== undefined,
    state: current.state,
    reason: current.state === 'Running' ? undefined : current.reason,
  };
}

function cacheState(cache: ImageCache): Record<string, unknown> {
  return {
    id: cache.id,
    name: cache.name,
    accountId: cache.accountId,
    regionId: cache.regionId,
    status: cache.status,
    progress: cache.progress,
    tags: Object.fromEntries(cache.tags),
    credentialServers: cache.credentials.logins.map(({ Server }) => Server),
    acrRegistryInfos: cache.credentials.entries,
    images: cache.images.map((image) => ({ image, path: cache.credentialPaths.get(image) })),
    warnings: [...cache.warnings],
  };
}
