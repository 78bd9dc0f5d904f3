import type { CreateContainerGroupRequest } from '../../alibaba/eci-requests.ts';
import type { Pod } from '../../kube/types.ts';

/** Merges host names from the annotation, which come first, with the Pod's `hostAliases`; one entry per address. */
export function translateHostAliases(
  pod: Pod,
  asked: CreateContainerGroupRequest['hostAliase'],
): Pick<CreateContainerGroupRequest, 'hostAliase'> {
  const byAddress = new Map<string, string[]>();
  const stated = (pod.spec?.hostAliases ?? []).map((alias) => ({ ip: alias.ip, hostname: alias.hostnames ?? [] }));
  for (const { ip, hostname } of [...(asked ?? []), ...stated]) {
    byAddress.set(ip, [...new Set([...(byAddress.get(ip) ?? []), ...hostname])]);
  }
  if (byAddress.size === 0) return {};
  return { hostAliase: [...byAddress].map(([ip, hostname]) => ({ ip, hostname })) };
}
