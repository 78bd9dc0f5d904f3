import type { CreateContainerGroupRequest } from '../../alibaba/eci-requests.ts';
import type { Pod } from '../../kube/types.ts';
import type { GroupCapacity } from '../downward-api/resource-field.ts';
import { NANO_GIB, parseQuantity } from './quantity.ts';
import { FREE_STORAGE_GIB, resolveSize } from './resolve-size.ts';

/** A size by vCPU and memory in `instanceType`; anything else there is a type of instance, whose size only the cloud knows. */
const SIZE = /^(?<cpu>\d+(?:\.\d+)?)-(?<memory>\d+(?:\.\d+)?)Gi$/;

/**
 * Says what the containers of a Pod can use together: the size after rounding, or the first one that an annotation names. For a
 * Pod that names types of instances it is the size that its containers need, which any of the types should have at least.
 */
export function groupCapacity(pod: Pod, asked: Partial<CreateContainerGroupRequest>): GroupCapacity {
  const { instanceType, ...others } = asked;
  const { size } = resolveSize(pod, others);
  const named = SIZE.exec(instanceType?.split(',')[0]?.trim() ?? '')?.groups;
  const [cpu, memory] = [named?.['cpu'] ?? size.cpu ?? 0, named?.['memory'] ?? size.memory ?? 0];
  return {
    cpu: parseQuantity(cpu) ?? 0n,
    memory: parseQuantity(`${memory}Gi`) ?? 0n,
    ephemeralStorage: BigInt(FREE_STORAGE_GIB + (size.ephemeralStorage ?? 0)) * NANO_GIB,
  };
}
