import { NANO_GIB, NANO_ONE } from './quantity.ts';

/** A size of a container group. */
export interface Size {
  /** vCPU. */
  cpu: number;
  memoryGiB: number;
}

/**
 * Sizes that every region sells, vCPU to GiB. Pairs that only some regions have are left out: a size that is refused is worse
 * than one step more. Source: ECI help centre, create a Pod with specified vCPU and memory.
 */
const SUPPORTED: readonly (readonly [cpu: number, memoryGiB: readonly number[]])[] = [
  [0.25, [0.5, 1]],
  [0.5, [1, 2]],
  [1, [2, 4, 8]],
  [2, [1, 2, 4, 8, 16]],
  [4, [2, 4, 8, 16, 32]],
  [8, [4, 8, 16, 32, 64]],
  [12, [12, 24, 48, 96]],
  [16, [16, 32, 64, 128]],
  [24, [24, 48, 96, 192]],
  [32, [32, 64, 128, 256]],
  [52, [96, 192, 384]],
  [64, [128, 256, 512]],
];

/** The largest size that can be had by vCPU and memory. */
export const MAXIMUM_SIZE: Size = { cpu: 64, memoryGiB: 512 };

/** Spot instances by vCPU and memory start here. Source: ECI help centre, spot instances. */
const MINIMUM_SPOT_CPU = 2;

/**
 * Finds the smallest supported size that holds both amounts: fewest vCPU first, because they cost the most, then least memory.
 * @param need nano-vCPU and nano-bytes.
 * @returns undefined when even the largest size is too small.
 */
export function roundUpSize(need: { cpu: bigint; memory: bigint }, options: { spot: boolean }): Size | undefined {
  for (const [cpu, memories] of SUPPORTED) {
    if (options.spot && cpu < MINIMUM_SPOT_CPU) continue;
    if (scale(cpu, NANO_ONE) < need.cpu) continue;
    const memoryGiB = memories.find((candidate) => scale(candidate, NANO_GIB) >= need.memory);
    if (memoryGiB !== undefined) return { cpu, memoryGiB };
  }
  return undefined;
}

/** The table has quarters at the finest. */
function scale(value: number, unit: bigint): bigint {
  return (BigInt(value * 4) * unit) / 4n;
}
