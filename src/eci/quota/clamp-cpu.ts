import { NANO_ONE, parseQuantity } from '../size/quantity.ts';

/** Lowers a CPU quantity to a limit in vCPUs. @returns the quantity as it was when it is not above the limit, or when there is none. */
export function clampCpu(configured: string, limitCpu: number | undefined): string {
  if (limitCpu === undefined) return configured;
  const limit = Math.max(0, Math.floor(limitCpu));
  return (parseQuantity(configured) ?? 0n) > BigInt(limit) * NANO_ONE ? String(limit) : configured;
}
