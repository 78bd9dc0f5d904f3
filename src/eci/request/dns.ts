import type { CreateContainerGroupRequest } from '../../alibaba/eci-types.ts';
import type { Pod } from '../../kube/types.ts';
import type { ClusterDns } from '../types.ts';

/** Limits of a resolver file. Source: Kubernetes documentation, Pod DNS config. */
const MAX_NAME_SERVERS = 3;
const MAX_SEARCHES = 32;
const MAX_SEARCH_LENGTH = 2048;

type DnsRequest = Pick<CreateContainerGroupRequest, 'dnsPolicy' | 'dnsConfig'>;
interface ResolverConfig {
  nameServers: readonly string[];
  searches: readonly string[];
  options: readonly { name: string; value?: string }[];
}

/**
 * Translates DNS settings. `ClusterFirst` has no equivalent: it becomes `None` with the cluster's DNS written out, or
 * `Default` when no address of it is configured. The Pod's `dnsConfig` is merged in as kubelet does; an annotation
 * (`asked`) replaces everything.
 */
export function translateDns(pod: Pod, dns: ClusterDns, asked: DnsRequest): DnsRequest {
  if (asked.dnsConfig !== undefined) return { dnsPolicy: asked.dnsPolicy ?? 'None', dnsConfig: asked.dnsConfig };
  const policy = pod.spec?.dnsPolicy ?? 'ClusterFirst';
  const clusterFirst = policy === 'ClusterFirst' || policy === 'ClusterFirstWithHostNet';
  const base = clusterFirst && dns.nameServers.length > 0 ? clusterResolver(pod, dns) : NOTHING;
  const merged = mergeResolver(base, pod);
  const dnsPolicy = policy === 'None' || base !== NOTHING ? 'None' : 'Default';
  const dnsConfig = {
    ...(merged.nameServers.length === 0 ? {} : { nameServer: merged.nameServers.slice(0, MAX_NAME_SERVERS) }),
    ...(merged.searches.length === 0 ? {} : { search: limitSearches(merged.searches) }),
    ...(merged.options.length === 0 ? {} : { option: [...merged.options] }),
  };
  return { dnsPolicy, ...(Object.keys(dnsConfig).length === 0 ? {} : { dnsConfig }) };
}

const NOTHING: ResolverConfig = { nameServers: [], searches: [], options: [] };

function clusterResolver(pod: Pod, dns: ClusterDns): ResolverConfig {
  const namespace = pod.metadata?.namespace ?? 'default';
  return {
    nameServers: dns.nameServers,
    searches: [`${namespace}.svc.${dns.domain}`, `svc.${dns.domain}`, dns.domain],
    options: [{ name: 'ndots', value: '5' }],
  };
}

function mergeResolver(base: ResolverConfig, pod: Pod): ResolverConfig {
  const own = pod.spec?.dnsConfig;
  // A Map keeps the first position of a name and the last value of it.
  const options = new Map(base.options.map((option) => [option.name, option.value]));
  for (const option of own?.options ?? []) {
    if (option.name !== undefined) options.set(option.name, option.value);
  }
  return {
    nameServers: [...new Set([...base.nameServers, ...(own?.nameservers ?? [])])],
    searches: [...new Set([...base.searches, ...(own?.searches ?? [])])],
    options: [...options].map(([name, value]) => ({ name, ...(value === undefined ? {} : { value }) })),
  };
}

function limitSearches(searches: readonly string[]): string[] {
  const kept: string[] = [];
  let length = 0;
  for (const search of searches.slice(0, MAX_SEARCHES)) {
    length += search.length + 1;
    if (length > MAX_SEARCH_LENGTH) break;
    kept.push(search);
  }
  return kept;
}
