import type { Container, Pod } from '../../kube/types.ts';
import { ceilDivide, NANO_ONE, parseQuantity } from '../size/quantity.ts';

/** What a container may use when it states no limit: all of its group. Nano-units. */
export interface GroupCapacity {
  cpu: bigint;
  memory: bigint;
  ephemeralStorage: bigint;
}

/** A `resourceFieldRef`. */
export interface ResourceField {
  containerName?: string;
  resource: string;
  divisor?: string;
}

/** Nano-units of a thousandth: the finest step of vCPU. */
const NANO_MILLI = 1_000_000n;

/**
 * Resolves a `resourceFieldRef` to a whole number, rounded up, as kubelet does: of vCPU in thousandths, of everything else in units.
 * A limit that is not set is what the container can use at most, here that of its group after rounding: programs size themselves by
 * it. A request that is not set is the limit, else 0.
 * Source: Kubernetes documentation, downward API, container fields.
 *
 * @param own the container whose variable this is; absent in a volume, where the field names one.
 * @returns undefined when the Pod has no such container or the resource is unknown.
 */
export function resolveResourceField(
  pod: Pod,
  field: ResourceField,
  context: { own?: Container; capacity: GroupCapacity },
): string | undefined {
  const container = field.containerName ? named(pod, field.containerName) : context.own;
  const match = /^(?<kind>limits|requests)\.(?<resource>[a-z0-9./-]+)$/i.exec(field.resource)?.groups;
  if (container === undefined || match === undefined) return undefined;
  const resource = match['resource'] ?? '';
  const limit = stated(container.resources?.limits, resource);
  const amount =
    match['kind'] === 'limits'
      ? (limit ?? capacityOf(context.capacity, resource))
      : (stated(container.resources?.requests, resource) ?? limit);
  const unit = resource === 'cpu' ? NANO_MILLI : NANO_ONE;
  // The API server stores a divisor that is not given as zero.
  const divisor = parseQuantity(field.divisor ?? '1') || NANO_ONE;
  return ceilDivide(ceilDivide(amount ?? 0n, unit), ceilDivide(divisor, unit)).toString();
}

/** Zero counts as not set. */
function stated(list: Readonly<Record<string, string>> | undefined, resource: string): bigint | undefined {
  if (list === undefined || !Object.hasOwn(list, resource)) return undefined;
  return parseQuantity(list[resource] ?? '') || undefined;
}

function capacityOf({ cpu, memory, ephemeralStorage }: GroupCapacity, resource: string): bigint | undefined {
  switch (resource) {
    case 'cpu':
      return cpu;
    case 'memory':
      return memory;
    case 'ephemeral-storage':
      return ephemeralStorage;
    default:
      return undefined;
  }
}

function named(pod: Pod, name: string): Container | undefined {
  const { initContainers = [], containers = [] } = pod.spec ?? {};
  return [...containers, ...initContainers].find((container) => container.name === name);
}
