/**
 * Which kind of Alibaba Cloud Container Registry host a host name is. Credentials follow from the answer, so every pattern
 * is anchored at both ends and bounded by dots, and a region is two letters, a dash and the rest: without that, an OSS
 * bucket called `registry` (`registry.oss-cn-hangzhou.aliyuncs.com`) would pass for a registry.
 * Source: Container Registry documentation, VPC access control and independent domain names of Personal Edition.
 */

/** How a client reaches the registry. `internal` is the classic network. */
export type RegistryNetwork = 'public' | 'vpc' | 'internal';

export type RegistryHost =
  /** Default domain of an Enterprise Edition instance: it says the instance's name, not its id. */
  | { kind: 'enterprise'; instanceName: string; network: RegistryNetwork; regionId: string }
  /** Personal Edition created up to 2024-09-08: one host per region, shared by all accounts. */
  | { kind: 'personal'; network: RegistryNetwork; regionId: string }
  /** Personal Edition created from 2024-09-09: a host of its own, `crpi-…`. */
  | { kind: 'personal-dedicated'; instanceId: string; network: RegistryNetwork; regionId: string }
  /** A custom domain of an Enterprise instance, or no ACR at all: the name alone does not tell. */
  | { kind: 'other' };

const REGION = '(?<region>[a-z]{2}-[a-z0-9]+(?:-[a-z0-9]+)*)';
const DEDICATED = new RegExp(
  `^(?<id>crpi-[a-z0-9]+)(?:-(?<network>vpc))?\\.${REGION}\\.personal\\.cr\\.aliyuncs\\.com$`,
);
/** The name is matched greedily: instance names may themselves contain `-registry` or end in `-vpc`. */
const ENTERPRISE = new RegExp(
  `^(?<name>[a-z0-9][a-z0-9-]*)-registry(?:-(?<network>vpc|internal))?(?:\\.distributed)?\\.${REGION}\\.cr\\.aliyuncs\\.com$`,
);
const PERSONAL = new RegExp(`^registry(?:-intl)?(?:-(?<network>vpc|internal))?\\.${REGION}\\.aliyuncs\\.com$`);
/** A longer name cannot exist in DNS. */
const MAX_HOST_LENGTH = 253;

/**
 * Says what kind of registry host a name is.
 * @param host with port if any. ACR serves on 443 only, so a name with another port is `other`.
 */
export function classifyRegistryHost(host: string): RegistryHost {
  const name = withoutDefaultPort(host.toLowerCase());
  if (name.length > MAX_HOST_LENGTH) return { kind: 'other' };
  const dedicated = DEDICATED.exec(name)?.groups;
  if (dedicated !== undefined) {
    return { kind: 'personal-dedicated', instanceId: dedicated['id'] ?? '', ...place(dedicated) };
  }
  const enterprise = ENTERPRISE.exec(name)?.groups;
  if (enterprise !== undefined) {
    return { kind: 'enterprise', instanceName: enterprise['name'] ?? '', ...place(enterprise) };
  }
  const personal = PERSONAL.exec(name)?.groups;
  return personal === undefined ? { kind: 'other' } : { kind: 'personal', ...place(personal) };
}

/** Drops `:443`, which is where registries are anyway; any other port stays, because it is another service. */
export function withoutDefaultPort(host: string): string {
  return host.endsWith(':443') ? host.slice(0, -':443'.length) : host;
}

function place(groups: Record<string, string | undefined>): { network: RegistryNetwork; regionId: string } {
  const network = groups['network'];
  return {
    network: network === 'vpc' || network === 'internal' ? network : 'public',
    regionId: groups['region'] ?? '',
  };
}
