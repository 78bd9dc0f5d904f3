import { lookup, type LookupAddress } from 'node:dns';
import { BlockList, isIPv6, type LookupFunction } from 'node:net';

/**
 * Addresses that no registry has and that should hear nothing on behalf of a Pod: this machine, its links, and the ECS metadata
 * service. Private networks are not among them, because registries are reached through the VPC as well.
 */
const forbidden: readonly (readonly [network: string, prefix: number, family: 'ipv4' | 'ipv6'])[] = [
  ['0.0.0.0', 8, 'ipv4'],
  ['127.0.0.0', 8, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['100.100.100.200', 32, 'ipv4'],
  ['224.0.0.0', 3, 'ipv4'],
  ['::', 128, 'ipv6'],
  ['::1', 128, 'ipv6'],
  ['fe80::', 10, 'ipv6'],
  ['ff00::', 8, 'ipv6'],
];

/** Resolves a name as `dns.lookup` does with `all`. */
export type Resolve = (hostname: string) => Promise<LookupAddress[]>;

/**
 * Creates a name look-up for connections whose host somebody else has chosen. It fails when any address of the name is
 * forbidden, and the connection is made to exactly the addresses that were judged, so a name that changes in between gains
 * nothing. Names are taken as absolute: a search domain of the cluster is not tried.
 */
export function createPublicLookup(resolve: Resolve = resolveAll): LookupFunction {
  const blocked = new BlockList();
  for (const [network, prefix, family] of forbidden) blocked.addSubnet(network, prefix, family);
  const isForbidden = ({ address }: LookupAddress): boolean =>
    blocked.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');

  return (hostname, options, callback) => {
    resolve(`${hostname}.`).then(
      (addresses) => {
        const [first] = addresses;
        if (first === undefined || addresses.some(isForbidden)) callback(refused(hostname), '');
        else if (options.all === true) callback(null, addresses);
        else callback(null, first.address, first.family);
      },
      (error: NodeJS.ErrnoException) => callback(error, ''),
    );
  };
}

function resolveAll(hostname: string): Promise<LookupAddress[]> {
  return new Promise((resolve, reject) => {
    lookup(hostname, { all: true }, (error, addresses) => (error ? reject(error) : resolve(addresses)));
  });
}

function refused(hostname: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${hostname} has an address that no registry has`), { code: 'EACCES' });
}
