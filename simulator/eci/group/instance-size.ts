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

/** One kind of machine that a request accepts. */
export interface InstanceSpec extends InstanceSize {
  /** An ECS type, or the size on sale: `2-4Gi`. */
  readonly instanceType: string;
}

/** vCPU and GiB per vCPU of the usual ECS types: `ecs.c6.large` has 2 vCPU and 4 GiB. Source: ECS help centre, instance families. */
const ECS_TYPE = /^ecs\.(?<family>[a-z])[a-z0-9-]*\.(?:(?<factor>\d*)x)?large$/;
const GIB_PER_CPU: Readonly<Record<string, number>> = { c: 2, g: 4, r: 8 };

/**
 * Lists the kinds of machine that a request accepts, in order of preference: instance types win over `Cpu` and `Memory`, those
 * over the sum of the containers. An ECS type whose size the name does not tell keeps the size that was asked for otherwise.
 * @throws SimError 400 `InvalidParameter.CPU.Memory` when nothing sold is large enough.
 */
export function instanceSpecs(
  request: Sized & { readonly InstanceType?: string; readonly Container: readonly Sized[] },
): InstanceSpec[] {
  const types = (request.InstanceType ?? '').split(',').filter((type) => type.trim() !== '');
  return types.length === 0
    ? [named(askedSize(request))]
    : types.map((type) => specOf(type.trim(), () => askedSize(request)));
}

function specOf(type: string, otherwise: () => InstanceSize): InstanceSpec {
  const pair = /^(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)Gi$/.exec(type);
  if (pair !== null) {
    return named(roundUpSize(Number(pair[1]), Number(pair[2])));
  }
  const { family, factor } = ECS_TYPE.exec(type)?.groups ?? {};
  const ratio = family === undefined ? undefined : GIB_PER_CPU[family];
  if (ratio === undefined) {
    return { instanceType: type, ...otherwise() };
  }
  const cpu = factor === undefined ? 2 : 4 * Number(factor === '' ? 1 : factor);
  return { instanceType: type, cpu, memory: cpu * ratio };
}

function askedSize(request: Sized & { readonly Container: readonly Sized[] }): InstanceSize {
  const sum = (of: (sized: Sized) => number | undefined): number =>
    request.Container.reduce((total, container) => total + (of(container) ?? 0), 0);
  const cpu = request.Cpu ?? sum(({ Cpu }) => Cpu);
  const memory = request.Memory ?? sum(({ Memory }) => Memory);
  return cpu === 0 && memory === 0 ? DEFAULT_SIZE : roundUpSize(cpu, memory);
}

function named({ cpu, memory }: InstanceSize): InstanceSpec {
  return { instanceType: `${cpu}-${memory}Gi`, cpu, memory };
}
