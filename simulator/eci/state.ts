import type { ImageCache } from './cache/image-cache.ts';
import { TEMPORARY_USER } from '../cr/acr-state.ts';
import type { EciService } from './eci-service.ts';
import type { ContainerGroup, GroupContainer } from './group/container-group.ts';
import type { EciHost } from './host.ts';
import type { RequestedCredential } from './parameters/credentials.ts';

/** The state page of ECI: what tests assert and people look at. Holds no password. */
export function eciState({ groups, caches, execSessions, host }: EciService): Record<string, unknown> {
  return {
    groups: Array.from(groups.all(), (group) => groupState(group, host)),
    imageCaches: Array.from(caches.all(), cacheState),
    execSessions: execSessions.state(),
  };
}

function groupState(group: ContainerGroup, host: EciHost): Record<string, unknown> {
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
    credentials: group.credentials.logins.map((login) => loginState(login, host)),
    credentialServers: group.credentials.logins.map(({ Server }) => Server),
    acrRegistryInfos: group.credentials.entries,
    images: [...group.initContainers, ...group.containers].map(imageState),
    warnings: [...group.warnings],
  };
}

/** Until when the registry takes a login. Both members are null for what it did not issue, which does not end. */
function loginState({ Server, UserName, Password }: RequestedCredential, { acr, clock }: EciHost): object {
  if (UserName !== TEMPORARY_USER) return { server: Server, until: null, live: null };
  // One that has ended is forgotten after a while, and is like any wrong password then.
  const issued = acr.passwords.get(Password);
  if (issued === undefined) return { server: Server, until: null, live: false };
  const { expiresAtMs } = issued;
  return { server: Server, until: new Date(expiresAtMs).toISOString(), live: expiresAtMs > clock.nowMs() };
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
