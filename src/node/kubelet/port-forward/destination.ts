import { BlockList, isIP } from 'node:net';

/** Whereto ports are forwarded, as the operator decides. */
export interface ForwardPolicy {
  /** `80` or `8000-8999`; every port when empty. */
  ports: readonly string[];
  /** Networks that Pods are in, such as `10.0.0.0/8`; every address that a Pod can have when empty. */
  networks: readonly string[];
}

/** Taken by the service inside every container group. Source: ECI help centre, limits. */
const reservedPorts: ReadonlySet<number> = new Set([111, 998, 10_250, 10_255]);

/**
 * Addresses that no vSwitch gives out, some of which lead to what only this process should reach: itself, the metadata service that
 * hands out keys, services inside the cloud. Source: VPC help centre, plan networks; RFC 4291.
 */
const neverPods = networkList([
  ...['0.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/3'],
  ...['::/127', 'fe80::/10', 'ff00::/8'],
]);

/**
 * Decides whether this process connects to a port of a Pod for somebody. The address comes out of the Pod's status, which others
 * may be allowed to write, so it is not believed blindly. Pure.
 * @returns why not, for the user; undefined when it does.
 */
export function refuseDestination(
  address: string | undefined,
  port: number,
  policy: ForwardPolicy,
): string | undefined {
  if (address === undefined || address === '') return 'the Pod has no address yet';
  if (reservedPorts.has(port)) return `port ${port} is reserved by ECI in every container group`;
  if (policy.ports.length > 0 && !policy.ports.some((range) => isWithin(port, range))) {
    return `port ${port} is not among those that this node forwards`;
  }
  const isAllowed = policy.networks.length === 0 || contains(networkList(policy.networks), address);
  if (isIP(address) === 0 || contains(neverPods, address) || !isAllowed) {
    return `this node does not forward to ${address}`;
  }
  return undefined;
}

function isWithin(port: number, range: string): boolean {
  const [first, last = first] = range.split('-').map(Number);
  return first !== undefined && last !== undefined && port >= first && port <= last;
}

function networkList(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', prefix = ''] = network.split('/');
    list.addSubnet(address, Number(prefix), family(address));
  }
  return list;
}

/** An IPv4 address in the form of IPv6 is looked at as what it is. */
function contains(list: BlockList, address: string): boolean {
  return list.check(address, family(address));
}

function family(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}
