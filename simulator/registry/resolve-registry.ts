import type { World } from '../eci/host.ts';
import type { FixtureRegistry } from '../fixtures/fixture.ts';
import type { AcrInstance, AcrState, PersonalRegistry } from '../types.ts';
import { readAcrHost, withoutPort } from './acr-host.ts';

/** The registry that answers at a host. `storage` is the path under which the store keeps its repositories. */
export type ResolvedRegistry =
  | { kind: 'enterprise'; instance: AcrInstance; service: string; storage: string }
  | { kind: 'personal'; regionId: string; registries: readonly PersonalRegistry[]; service: string; storage: string }
  | { kind: 'other'; registry: FixtureRegistry; service: string; storage: string };

/** Where registries are looked up. */
export interface Registries {
  readonly acr: Pick<AcrState, 'byHost' | 'byId' | 'personal'>;
  readonly fixture: Pick<World, 'registries'>;
}

/** Names under which Docker Hub is reached. */
const DOCKER_HUB = ['docker.io', 'index.docker.io', 'registry-1.docker.io'];

/**
 * Finds the registry behind a host, as DNS would.
 * @returns undefined when there is no such host.
 */
export function resolveRegistry(host: string, { acr, fixture }: Registries): ResolvedRegistry | undefined {
  const name = withoutPort(host);
  const instance = acr.byHost(name);
  if (instance !== undefined) {
    return {
      kind: 'enterprise',
      instance,
      service: `registry.aliyuncs.com:${instance.regionId}:china:${instance.instanceId}`,
      storage: instance.instanceId,
    };
  }
  const acrHost = readAcrHost(name);
  if (acrHost?.edition === 'personal') {
    const { regionId } = acrHost;
    return {
      kind: 'personal',
      regionId,
      registries: acr.personal.filter((personal) => personal.regionId === regionId),
      // Observed: public challenges of Personal Edition end in a number such as this.
      service: `registry.aliyuncs.com:${regionId}:26842`,
      storage: `personal/${regionId}`,
    };
  }
  const wanted = DOCKER_HUB.includes(host.toLowerCase()) ? 'docker.io' : host.toLowerCase();
  const registry = fixture.registries?.find((candidate) => candidate.host.toLowerCase() === wanted);
  if (registry === undefined) {
    return undefined;
  }
  return { kind: 'other', registry, service: wanted, storage: `other/${wanted.replace(':', '_')}` };
}

/**
 * Tells whether a host has an address. That of an endpoint in the VPC exists only in VPCs that were allowed.
 * Observed: pulls through such a host from elsewhere end with `no such host`, told in public reports.
 */
export function isReachable(host: string, registries: Registries): boolean {
  const registry = resolveRegistry(host, registries);
  if (registry?.kind !== 'enterprise') return registry !== undefined;
  const { instanceName, regionId, enabledEndpoints } = registry.instance;
  return enabledEndpoints.vpc || withoutPort(host) !== `${instanceName}-registry-vpc.${regionId}.cr.aliyuncs.com`;
}

/** Accounts share the host of Personal Edition and are told apart by namespace, the first part of the repository. */
export function namespaceOwner(
  registries: readonly PersonalRegistry[],
  repository: string,
): PersonalRegistry | undefined {
  const [namespace = ''] = repository.split('/');
  return registries.find(({ namespaces }) => namespaces?.includes(namespace) ?? false);
}
