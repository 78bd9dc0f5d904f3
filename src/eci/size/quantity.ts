/**
 * Kubernetes quantities as BigInt nano-units, so that sums are exact and `1.5Gi` or `100m` mean what they say.
 * Source: Kubernetes API reference, Quantity. Precision finer than a nano-unit is rounded up, as the API server does.
 */

const NANO_EXPONENT = 9n;

const DECIMAL_EXPONENTS: Readonly<Record<string, bigint>> = {
  n: -9n,
  u: -6n,
  m: -3n,
  '': 0n,
  k: 3n,
  M: 6n,
  G: 9n,
  T: 12n,
  P: 15n,
  E: 18n,
};

const BINARY_EXPONENTS: Readonly<Record<string, bigint>> = { Ki: 10n, Mi: 20n, Gi: 30n, Ti: 40n, Pi: 50n, Ei: 60n };

/** Far beyond any resource; keeps a hostile exponent from building a number of gigabytes. */
const MAX_EXPONENT = 30;

const GRAMMAR = /^\+?(?<whole>\d*)(?:\.(?<fraction>\d*))?(?<suffix>[KMGTPE]i|[numkMGTPE]?|[eE][+-]?\d{1,3})$/;

/** Nano-units of one GiB of bytes. */
export const NANO_GIB: bigint = 1_000_000_000n << 30n;

/** Nano-units of one vCPU, or of one piece of anything countable. */
export const NANO_ONE = 1_000_000_000n;

/**
 * Parses a non-negative quantity. Manifests may carry plain numbers; the API server turns them into strings.
 * @returns nano-units (`1` is 1,000,000,000), or undefined when the text is no quantity or is negative.
 */
export function parseQuantity(quantity: string | number): bigint | undefined {
  const groups = GRAMMAR.exec(String(quantity))?.groups;
  if (groups === undefined) return undefined;
  const { whole = '', fraction = '', suffix = '' } = groups;
  if (whole === '' && fraction === '') return undefined;
  const digits = BigInt(`${whole}${fraction}`);
  const binary = BINARY_EXPONENTS[suffix];
  const decimal = DECIMAL_EXPONENTS[suffix];
  let exponent = NANO_EXPONENT - BigInt(fraction.length);
  if (binary === undefined) {
    const stated = decimal ?? BigInt(suffix.slice(1));
    if (stated > MAX_EXPONENT || stated < -MAX_EXPONENT) return undefined;
    exponent += stated;
  }
  const scaled = binary === undefined ? digits : digits << binary;
  return exponent >= 0n ? scaled * 10n ** exponent : ceilDivide(scaled, 10n ** -exponent);
}

/** Divides non-negative integers, rounding up. */
export function ceilDivide(value: bigint, divisor: bigint): bigint {
  return (value + divisor - 1n) / divisor;
}
