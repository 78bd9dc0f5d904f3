const form = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,9})\d*)?(Z|[+-]\d{2}:\d{2})$/;

const NANOS_PER_MS = 1_000_000n;
const NANOS_PER_SECOND = 1_000_000_000n;

/** Reads an RFC 3339 time to the nanosecond, which texts of different lengths and zones cannot be compared by. @returns undefined for anything else. */
export function instantOf(timestamp: string): bigint | undefined {
  const [, seconds, fraction = '', zone] = form.exec(timestamp) ?? [];
  if (seconds === undefined || zone === undefined) return undefined;
  const ms = Date.parse(`${seconds}${zone}`);
  return Number.isNaN(ms) ? undefined : BigInt(ms) * NANOS_PER_MS + BigInt(fraction.padEnd(9, '0'));
}

/** @returns the beginning of the second, in nanoseconds. */
export function wholeSecond(instant: bigint): bigint {
  return instant - (instant % NANOS_PER_SECOND);
}

/** Writes an instant in whole seconds of UTC, which is what the service is asked with. */
export function secondText(instant: bigint): string {
  return `${new Date(Number(instant / NANOS_PER_MS)).toISOString().slice(0, 19)}Z`;
}
