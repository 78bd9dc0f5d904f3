import type { CreateContainerGroupRequest, NameValue } from '../../alibaba/eci-requests.ts';
import type { Pod } from '../../kube/types.ts';

/** Sysctls that Kubernetes counts as safe: they concern the Pod's own namespaces. Source: Kubernetes documentation, using sysctls. */
const SAFE: ReadonlySet<string> = new Set([
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.ping_group_range',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_wmem',
]);

/**
 * Divides the Pod's sysctls between the two members of the request: safe ones belong to the Pod's security context, the others
 * to the host's. Those that annotations ask for come first and win.
 */
export function translateSysctls(
  pod: Pod,
  asked: readonly NameValue[] = [],
): Pick<CreateContainerGroupRequest, 'securityContext' | 'hostSecurityContext'> {
  const taken = new Set(asked.map((sysctl) => sysctl.name));
  const stated = (pod.spec?.securityContext?.sysctls ?? [])
    .filter((sysctl) => !taken.has(sysctl.name))
    .map(({ name, value }) => ({ name, value }));
  const safe = stated.filter((sysctl) => SAFE.has(sysctl.name));
  const unsafe = [...asked, ...stated.filter((sysctl) => !SAFE.has(sysctl.name))];
  return {
    ...(safe.length === 0 ? {} : { securityContext: { sysctl: safe } }),
    ...(unsafe.length === 0 ? {} : { hostSecurityContext: { sysctl: unsafe } }),
  };
}
