/** The cloud keeps the last three addresses of a vSwitch for itself; the gateway is the first of them. */
const GATEWAY_FROM_END = 3;

/** @param cidrBlock IPv4, `192.168.0.0/24`. @returns the address of its gateway. */
export function gatewayOf(cidrBlock: string): string {
  const { first, size } = rangeOf(cidrBlock);
  return toAddress(first + size - GATEWAY_FROM_END);
}

/** Tells whether an IPv4 address is in a block. */
export function isInside(address: string, cidrBlock: string): boolean {
  const { first, size } = rangeOf(cidrBlock);
  const number = toNumber(address);
  return number >= first && number < first + size;
}

function rangeOf(cidrBlock: string): { first: number; size: number } {
  const [base = '', length = '32'] = cidrBlock.split('/');
  const size = 2 ** (32 - Number(length));
  return { first: Math.floor(toNumber(base) / size) * size, size };
}

function toNumber(address: string): number {
  return address.split('.').reduce((total, part) => total * 256 + Number(part), 0);
}

function toAddress(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');
}
