/** Everything that a simulator puts onto the machine is named after its process, so that it is found again whatever ends it. */
export interface OwnedNames {
  /** Folder of all its files. */
  readonly directory: string;
  /** Folder in memory for volumes that ask for it. */
  readonly memoryDirectory: string;
  readonly bridge: string;
  /** Prefix of the names of its network namespaces. */
  readonly namespacePrefix: string;
  /** Name of its folder beneath a hierarchy of cgroups. */
  readonly cgroup: string;
}

/** Where running simulators register. */
export const REGISTRY = '/run/eci-simulator';

/** Names of network interfaces have 15 characters at most; a process id has 7. */
export function ownedNames(pid: number): OwnedNames {
  return {
    directory: `${REGISTRY}/${pid}`,
    memoryDirectory: `/dev/shm/eci-simulator-${pid}`,
    bridge: `ecisim${pid}`,
    namespacePrefix: `ecisim-${pid}-`,
    cgroup: `eci-simulator-${pid}`,
  };
}

/** Names of one group's network. @param number counts groups from 1. */
export function groupNetworkNames(pid: number, number: number): { namespace: string; link: string } {
  return {
    namespace: `${ownedNames(pid).namespacePrefix}${number}`,
    link: `ec${pid.toString(36)}n${number.toString(36)}`,
  };
}
