import type { CreateContainerGroupRequest } from '../../alibaba/eci-requests.ts';
import type { Problem } from '../../annotations/types.ts';
import type { Container, Pod } from '../../kube/types.ts';
import { containerResources, isResourceIgnored, type ContainerResources } from './container-resources.ts';
import { ceilDivide, NANO_GIB, NANO_ONE, parseQuantity } from './quantity.ts';
import { MAXIMUM_SIZE, roundUpSize } from './supported-sizes.ts';

/** Taken when no container says anything. Source: ECI help centre, specifications of ECI Pods. */
const DEFAULT_SIZE = { cpu: 2n * NANO_ONE, memory: 4n * NANO_GIB };
/** The default shape, for Pods that state vCPU but no memory. */
const MEMORY_PER_CPU = 2n * NANO_GIB;
/** Ephemeral storage that every group has for free, images included. */
export const FREE_STORAGE_GIB = 30;
const MAX_EXTRA_STORAGE_GIB = 5000;

/** The instance-level size fields of a request. */
export type SizeRequest = Pick<CreateContainerGroupRequest, 'cpu' | 'memory' | 'ephemeralStorage'>;

/**
 * Resolves the size of a Pod's container group. An explicit `instanceType` wins over everything the containers say; otherwise
 * per resource the larger of the sum of containers and the largest init container, plus overhead, rounded up to a size on sale.
 * A Pod that states vCPU only gets 2 GiB for each; one that states memory only gets the fewest vCPU that come with it.
 *
 * @param asked the request fields that annotations set.
 * @returns problems instead of a size when nothing on sale is large enough.
 */
export function resolveSize(
  pod: Pod,
  asked: Partial<CreateContainerGroupRequest>,
): { size: SizeRequest; problems: Problem[] } {
  const problems: Problem[] = [];
  const storage = extraStorage(pod, asked.ephemeralStorage, problems);
  if (asked.instanceType !== undefined) return { size: storage, problems };
  if (containersOf(pod).some((container) => containerResources(container.resources).gpu !== undefined)) {
    problems.push({
      key: 'spec.containers[*].resources.limits[nvidia.com/gpu]',
      value: 'set',
      message: 'a GPU comes only with an instance type; name one that has GPUs in k8s.aliyun.com/eci-use-specs',
    });
  }
  const need = podNeed(pod);
  const size = roundUpSize(need, { spot: asked.spotStrategy !== undefined && asked.spotStrategy !== 'NoSpot' });
  if (size === undefined) {
    problems.push({
      key: 'spec.containers[*].resources',
      value: `${decimal(need.cpu, NANO_ONE)} vCPU, ${decimal(need.memory, NANO_GIB)} GiB`,
      message:
        `exceeds what one container group can have: at most ${MAXIMUM_SIZE.cpu} vCPU and ${MAXIMUM_SIZE.memoryGiB} GiB; ` +
        'lower the resources, or name a larger instance type in k8s.aliyun.com/eci-use-specs',
    });
    return { size: storage, problems };
  }
  return { size: { cpu: size.cpu, memory: size.memoryGiB, ...storage }, problems };
}

function podNeed(pod: Pod): { cpu: bigint; memory: bigint } {
  const wholePod = containerResources(pod.spec?.resources);
  const claimed = {
    cpu: wholePod.cpu ?? claim(pod, 'cpu'),
    memory: wholePod.memory ?? claim(pod, 'memory'),
  };
  if (claimed.cpu === 0n && claimed.memory === 0n) return { ...DEFAULT_SIZE };
  const overhead = (name: string) => parseQuantity(pod.spec?.overhead?.[name] ?? '0') ?? 0n;
  const memory = claimed.memory === 0n ? ceilDivide(claimed.cpu * MEMORY_PER_CPU, NANO_ONE) : claimed.memory;
  return { cpu: claimed.cpu + overhead('cpu'), memory: memory + overhead('memory') };
}

/** Init containers run one after the other before the others start, except sidecars, which stay. */
function claim(pod: Pod, resource: keyof ContainerResources): bigint {
  const of = (container: Container) =>
    isResourceIgnored(container) ? 0n : (containerResources(container.resources)[resource] ?? 0n);
  const initContainers = pod.spec?.initContainers ?? [];
  const lasting = [
    ...(pod.spec?.containers ?? []),
    ...initContainers.filter((container) => container.restartPolicy === 'Always'),
  ];
  const sum = lasting.reduce((total, container) => total + of(container), 0n);
  return initContainers.reduce((largest, container) => (of(container) > largest ? of(container) : largest), sum);
}

function extraStorage(pod: Pod, asked: number | undefined, problems: Problem[]): SizeRequest {
  const implied = Number(ceilDivide(claim(pod, 'ephemeralStorage'), NANO_GIB)) - FREE_STORAGE_GIB;
  const extra = Math.max(asked ?? 0, implied, 0);
  if (extra > MAX_EXTRA_STORAGE_GIB) {
    problems.push({
      key: 'spec.containers[*].resources[ephemeral-storage]',
      value: `${extra + FREE_STORAGE_GIB} GiB`,
      message: `exceeds the ${MAX_EXTRA_STORAGE_GIB + FREE_STORAGE_GIB} GiB that a container group can have; use a volume`,
    });
  }
  return extra === 0 ? {} : { ephemeralStorage: extra };
}

function containersOf(pod: Pod): Container[] {
  return [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])];
}

function decimal(value: bigint, unit: bigint): string {
  return (Number(ceilDivide(value * 100n, unit)) / 100).toString();
}
