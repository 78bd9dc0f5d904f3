/** Addresses that the cloud keeps of every vSwitch: the network address at the front, the last three at the end. */
const RESERVED_AT_START = 1;
const RESERVED_AT_END = 3;

/** Hands out the free addresses of one vSwitch, each once. */
export interface AddressPool {
  /** @param address a certain one; any when absent. */
  canTake(address?: string): boolean;
  /** @returns undefined when the vSwitch is full. */
  take(): string | undefined;
  /** @returns false when the address is outside the vSwitch, reserved or in use. */
  takeExactly(address: string): boolean;
  give(address: string): void;
  readonly cidrBlock: string;
}

/** Shares the addresses of a machine with other simulators, where they are more than numbers. */
export interface AddressClaims {
  /** @returns false when somebody else has the address. */
  claim(address: string): boolean;
  release(address: string): void;
}

/** Addresses that lead nowhere need not be shared. */
const unshared: AddressClaims = { claim: () => true, release: () => undefined };

/** @param cidrBlock IPv4, `192.168.0.0/24`. */
export function createAddressPool(cidrBlock: string, claims: AddressClaims = unshared): AddressPool {
  const [base = '', length = '32'] = cidrBlock.split('/');
  const size = 2 ** (32 - Number(length));
  const first = Math.floor(toNumber(base) / size) * size;
  const lowest = first + RESERVED_AT_START;
  const highest = first + size - 1 - RESERVED_AT_END;
  const used = new Set<number>();
  let next = lowest;
  const isFree = (number: number): boolean => number >= lowest && number <= highest && !used.has(number);
  return {
    cidrBlock,
    canTake: (address) => (address === undefined ? used.size <= highest - lowest : isFree(toNumber(address))),
    take: () => {
      // Round robin, so that the address of a deleted group is not reused at once and a stale client notices.
      for (let tries = lowest; tries <= highest; tries += 1) {
        const candidate = next;
        next = next >= highest ? lowest : next + 1;
        if (!used.has(candidate) && claims.claim(toAddress(candidate))) {
          used.add(candidate);
          return toAddress(candidate);
        }
      }
      return undefined;
    },
    takeExactly: (address) => {
      const number = toNumber(address);
      if (!isFree(number) || !claims.claim(address)) {
        return false;
      }
      used.add(number);
      return true;
    },
    give: (address) => {
      if (used.delete(toNumber(address))) {
        claims.release(address);
      }
    },
  };
}

function toNumber(address: string): number {
  return address.split('.').reduce((total, part) => total * 256 + Number(part), 0);
}

function toAddress(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');
}
