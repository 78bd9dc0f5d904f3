import { SimError } from '../../types.ts';

/** Sizes that are sold in every region: vCPU, then GiB. Source: ECI help centre, specify vCPU and memory. */
const SIZES: readonly (readonly [cpu: number, memories: readonly number[]])[] = [
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

/** A size that can be bought. */
export interface InstanceSize {
  cpu: number;
  memory: number;
}

/**
 * Rounds up to the nearest pair that is sold.
 * @param cpu vCPU. @param memory GiB.
 * @throws SimError 400 `InvalidParameter.CPU.Memory` when nothing sold is large enough.
 */
export function roundUpSize(cpu: number, memory: number): InstanceSize {
  for (const [soldCpu, memories] of SIZES) {
    const soldMemory = soldCpu >= cpu ? memories.find((candidate) => candidate >= memory) : undefined;
    if (soldMemory !== undefined) {
      return { cpu: soldCpu, memory: soldMemory };
    }
  }
  throw new SimError(
    400,
    'InvalidParameter.CPU.Memory',
    `The specified cpu ${cpu} and memory ${memory} are not valid.`,
  );
}

/** Source: ECI API reference, Cpu and Memory: what an instance gets when nothing is asked for. */
const DEFAULT_SIZE: InstanceSize = { cpu: 2, memory: 4 };

interface Sized {
  readonly Cpu?: number;
  readonly Memory?: number;
}

/**
 * Decides the size of an instance: instance types win over `Cpu` and `Memory`, those over the sum of the containers.
 * The sizes of ECS types are not known here; such an instance keeps the size that was asked for otherwise.
 */
export function instanceSize(
  request: Sized & { readonly InstanceType?: string; readonly Container: readonly Sized[] },
): InstanceSize {
  const pair = request.InstanceType?.split(',')
    .map((item) => /^(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)Gi$/.exec(item.trim()))
    .find((match) => match !== null);
  if (pair !== undefined) {
    return roundUpSize(Number(pair[1]), Number(pair[2]));
  }
  const sum = (of: (sized: Sized) => number | undefined): number =>
    request.Container.reduce((total, container) => total + (of(container) ?? 0), 0);
  const cpu = request.Cpu ?? sum(({ Cpu }) => Cpu);
  const memory = request.Memory ?? sum(({ Memory }) => Memory);
  return cpu === 0 && memory === 0 ? DEFAULT_SIZE : roundUpSize(cpu, memory);
}
