import { isDeepStrictEqual } from 'node:util';
import { invalidParameter } from '../invalid-parameter.ts';
import type { ContainerGroup, GroupContainer } from '../group/container-group.ts';
import { instanceSpecs } from '../group/instance-size.ts';
import { newContainer } from '../group/new-container.ts';
import type { RequestedContainer, UpdatedContainer } from '../parameters/container.ts';
import type { UpdateContainerGroup } from '../parameters/container-group.ts';
import { toTagMap } from '../tag-filter.ts';

/** What of a group an update really changes. */
export type Change =
  | 'credentials'
  | 'more-credentials'
  | 'registry-entries'
  | 'tags'
  | 'restart-policy'
  | 'containers'
  | 'init-containers'
  | 'files'
  | 'volumes'
  | 'dns'
  | 'size'
  | 'resource-group';

/** Changes that leave the containers alone. Source: ECI API reference, UpdateContainerGroup, on credentials; the others by sense. */
const WITHOUT_RESTART: readonly Change[] = ['credentials', 'tags', 'resource-group'];

/**
 * Applies an update to a group. Lists that are given are complete; with `IncrementalUpdate` a container keeps the members that
 * are not given, with `RenewUpdate` it loses them. What a request does not mention at all stays in either case.
 * @returns what is different now; empty when nothing is.
 * @throws SimError 400 for a list of containers that is not complete.
 */
export function applyUpdate(group: ContainerGroup, params: UpdateContainerGroup): Change[] {
  const incremental = params.UpdateType === 'IncrementalUpdate';
  const containers = nextContainers(group.containers, params.Container, { incremental, isInit: false });
  const initContainers = nextContainers(group.initContainers, params.InitContainer, { incremental, isInit: true });
  const changes = [
    ...credentialChanges(group, params),
    ...sameOr('tags', tagsOf(group, params), group.tags),
    ...sameOr('restart-policy', params.RestartPolicy, group.restartPolicy),
    ...sameOr('containers', requestsOf(containers), requestsOf(group.containers)),
    ...sameOr('init-containers', requestsOf(initContainers), requestsOf(group.initContainers)),
    ...volumeChanges(group, params),
    ...sameOr('dns', params.DnsConfig, group.request.DnsConfig),
    ...sizeChanges(group, params),
    ...sameOr('resource-group', params.ResourceGroupId, group.request.ResourceGroupId),
  ];
  group.credentials = {
    logins: params.ImageRegistryCredential ?? group.credentials.logins,
    entries: params.AcrRegistryInfo ?? group.credentials.entries,
  };
  for (const [key, value] of tagsOf(group, params)) {
    group.tags.set(key, value);
  }
  group.restartPolicy = params.RestartPolicy ?? group.restartPolicy;
  group.containers = adopt(group.containers, containers);
  group.initContainers = adopt(group.initContainers, initContainers);
  const { Volume, DnsConfig, ResourceGroupId } = params;
  group.request = {
    ...group.request,
    ...(Volume === undefined ? {} : { Volume }),
    ...(DnsConfig === undefined ? {} : { DnsConfig }),
    ...(ResourceGroupId === undefined ? {} : { ResourceGroupId }),
  };
  ({ cpu: group.cpu, memory: group.memory } = nextSize(group, params));
  return changes;
}

/** Tells whether changes stop the containers. @param fileUpdateRestarts what the fixture says of files. */
export function needsRestart(changes: readonly Change[], fileUpdateRestarts: boolean): boolean {
  return changes.some((change) => !WITHOUT_RESTART.includes(change) && (change !== 'files' || fileUpdateRestarts));
}

/** @returns the size after an update, rounded up to one on sale. @throws SimError 400 when there is none. */
export function nextSize(
  group: Pick<ContainerGroup, 'cpu' | 'memory'>,
  { Cpu, Memory }: UpdateContainerGroup,
): { cpu: number; memory: number } {
  if (Cpu === undefined && Memory === undefined) {
    return group;
  }
  const [spec] = instanceSpecs({ Cpu: Cpu ?? group.cpu, Memory: Memory ?? group.memory, Container: [] });
  return spec ?? group;
}

function sameOr(change: Change, next: unknown, before: unknown): Change[] {
  return next === undefined || isDeepStrictEqual(next, before) ? [] : [change];
}

function credentialChanges(group: ContainerGroup, params: UpdateContainerGroup): Change[] {
  const { logins, entries } = group.credentials;
  const more = (params.ImageRegistryCredential?.length ?? 0) > logins.length;
  return [
    ...sameOr(more ? 'more-credentials' : 'credentials', params.ImageRegistryCredential, logins),
    ...sameOr('registry-entries', params.AcrRegistryInfo, entries),
  ];
}

/** Tags can be added and changed by an update, not removed. */
function tagsOf(group: ContainerGroup, { Tag }: UpdateContainerGroup): Map<string, string> {
  return new Map([...group.tags, ...toTagMap(Tag)]);
}

function sizeChanges(group: ContainerGroup, params: UpdateContainerGroup): Change[] {
  const { cpu, memory } = nextSize(group, params);
  return cpu === group.cpu && memory === group.memory ? [] : ['size'];
}

/** New contents of the same files are a smaller change than other volumes. */
function volumeChanges(group: ContainerGroup, { Volume }: UpdateContainerGroup): Change[] {
  const before = group.request.Volume ?? [];
  if (Volume === undefined || isDeepStrictEqual(Volume, before)) {
    return [];
  }
  const withoutFiles = (volumes: typeof before): unknown[] =>
    volumes.map(({ ConfigFileVolume, ...rest }) => ({ ...rest, isFiles: ConfigFileVolume !== undefined }));
  return isDeepStrictEqual(withoutFiles(Volume), withoutFiles(before)) ? ['files'] : ['volumes'];
}

function nextContainers(
  before: readonly GroupContainer[],
  given: readonly UpdatedContainer[] | undefined,
  { incremental, isInit }: { incremental: boolean; isInit: boolean },
): GroupContainer[] {
  if (given === undefined) {
    return [...before];
  }
  const missing = before.find(({ name }) => !given.some(({ Name }) => Name === name));
  if (incremental && missing !== undefined) {
    const list = isInit ? 'InitContainer' : 'Container';
    throw invalidParameter(list, `must list every container also in an IncrementalUpdate; ${missing.name} is missing`);
  }
  return given.map((container) => {
    const requested = singular(container);
    const known = incremental ? before.find(({ name }) => name === requested.Name)?.requested : undefined;
    return newContainer({ ...known, ...requested }, isInit);
  });
}

/** This action spells one member in the plural. */
function singular(updated: UpdatedContainer): RequestedContainer {
  const { LifecyclePostStartHandlerHttpGetHttpHeaders: headers, ...rest } = updated;
  return { ...rest, ...(headers === undefined ? {} : { LifecyclePostStartHandlerHttpGetHttpHeader: headers }) };
}

function requestsOf(containers: readonly GroupContainer[]): RequestedContainer[] {
  return containers.map(({ requested }) => requested);
}

/** Containers of the same name go on, with their counts and last states; another image has to be pulled. */
function adopt(before: readonly GroupContainer[], next: readonly GroupContainer[]): GroupContainer[] {
  return next.map((container) => {
    const known = before.find(({ name }) => name === container.name);
    if (known === undefined || known === container) {
      return container;
    }
    if (known.requested.Image !== container.requested.Image) {
      delete known.imageDigest;
    }
    known.requested = container.requested;
    return known;
  });
}
