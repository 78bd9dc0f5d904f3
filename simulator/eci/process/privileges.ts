import type { RequestedContainer } from '../parameters/container.ts';

/** What a container may do unless asked otherwise. Source: Docker documentation, runtime privilege and Linux capabilities. */
const DEFAULT_CAPABILITIES = [
  ...['audit_write', 'chown', 'dac_override', 'fowner', 'fsetid', 'kill', 'mknod', 'net_bind_service', 'net_raw'],
  ...['setfcap', 'setgid', 'setpcap', 'setuid', 'sys_chroot'],
];

/** @returns arguments of setpriv(1) that take a process started as root down to what the container may do. */
export function privilegeArguments(requested: RequestedContainer): string[] {
  const { SecurityContext: context, SecurityContextRunAsGroup: runAsGroup } = requested;
  const user = context?.RunAsUser;
  const added = (context?.Capability?.Add ?? []).map((name) => name.toLowerCase().replace(/^cap_/, ''));
  const kept = [...new Set([...DEFAULT_CAPABILITIES, ...added])].map((name) => `+${name}`);
  const isUnlimited = requested.SecurityContextPrivileged === true || added.includes('all');
  return [
    ...(isUnlimited ? [] : [`--bounding-set=-all,${kept.join(',')}`]),
    ...(user === undefined ? [] : [`--reuid=${user}`]),
    ...(user === undefined && runAsGroup === undefined ? [] : [`--regid=${runAsGroup ?? 0}`, '--clear-groups']),
  ];
}

/** @returns why the container may not start; undefined when it may. Source: Kubernetes, SecurityContext. */
export function privilegeProblem(requested: RequestedContainer): string | undefined {
  const user = requested.SecurityContext?.RunAsUser ?? 0;
  return requested.SecurityContextRunAsNonRoot === true && user === 0
    ? 'container has runAsNonRoot and image will run as root'
    : undefined;
}
