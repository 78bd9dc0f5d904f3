import type { CreateContainerGroupRequest } from '../../alibaba/eci-requests.ts';
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
 * `Default` when no address of it is configured. The Pod's `dnsConfig` is merged in as kubelet does. What an annotation asks
 * for (`asked`) comes before both: its name servers take the place of the policy's, its options win.
 */
export function translateDns(pod: Pod, dns: ClusterDns, asked: DnsRequest): DnsRequest {
  const policy = pod.spec?.dnsPolicy ?? 'ClusterFirst';
  const clusterFirst = policy === 'ClusterFirst' || policy === 'ClusterFirstWithHostNet';
  const first = askedResolver(asked);
  // Without name servers of its own the annotation adds to the policy: `None` would leave the Pod without any.
  const replaces = first.nameServers.length > 0;
  const base = !replaces && clusterFirst && dns.nameServers.length > 0 ? clusterResolver(pod, dns) : NOTHING;
  const merged = mergeResolvers([first, base, ownResolver(pod)]);
  const dnsPolicy = replaces || policy === 'None' || base !== NOTHING ? 'None' : 'Default';
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

function askedResolver({ dnsConfig }: DnsRequest): ResolverConfig {
  return {
    nameServers: dnsConfig?.nameServer ?? [],
    searches: dnsConfig?.search ?? [],
    options: dnsConfig?.option ?? [],
  };
}

function ownResolver(pod: Pod): ResolverConfig {
  const { nameservers = [], searches = [], options = [] } = pod.spec?.dnsConfig ?? {};
  return {
    nameServers: nameservers,
    searches,
    options: options.flatMap(({ name, value }) =>
      name === undefined ? [] : [{ name, ...(value === undefined ? {} : { value }) }],
    ),
  };
}

/** Lists follow each other without duplicates. An option is the annotation's, else the Pod's, else the policy's. */
function mergeResolvers([first, base, own]: [ResolverConfig, ResolverConfig, ResolverConfig]): ResolverConfig {
  // A Map keeps the first position of a name and the last value of it.
  const options = new Map([...base.options, ...own.options, ...first.options].map((option) => [option.name, option]));
  return {
    nameServers: [...new Set([...first.nameServers, ...base.nameServers, ...own.nameServers])],
    searches: [...new Set([...first.searches, ...base.searches, ...own.searches])],
    options: [...options.values()],
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
