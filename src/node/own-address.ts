import { networkInterfaces } from 'node:os';

/** Finds the first address of this machine that others can reach, IPv4 before IPv6; the loopback address when there is none. */
export function ownAddress(): string {
  const addresses = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter((address) => !address.internal);
  const first = addresses.find((address) => address.family === 'IPv4') ?? addresses[0];
  return first?.address ?? '127.0.0.1';
}
