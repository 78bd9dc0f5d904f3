import type { Container } from '../../kube/types.ts';
import { NANO_GIB, NANO_ONE, parseQuantity } from './quantity.ts';

const GPU = 'nvidia.com/gpu';
/** Containers that carry it are left out of the size. Source: ECI help centre, ignore specific containers when rounding. */
const IGNORE_VARIABLE = '__ECI_RESOURCE_IGNORE__';

/** What one container claims; a member is absent when it says nothing. All in nano-units. */
export interface ContainerResources {
  cpu?: bigint;
  memory?: bigint;
  ephemeralStorage?: bigint;
  gpu?: bigint;
}

type Stated = Container['resources'] | undefined;

/**
 * Reads the claims of a container or of a whole Pod: limits where set, else requests, for each resource by itself.
 * Quantities have passed the API server's validation; one that does not parse counts as not set.
 */
export function containerResources(stated: Stated): ContainerResources {
  const amount = (name: string): bigint | undefined => {
    const text = stated?.limits?.[name] ?? stated?.requests?.[name];
    const value = text === undefined ? undefined : parseQuantity(text);
    return value === 0n ? undefined : value;
  };
  const cpu = amount('cpu');
  const memory = amount('memory');
  const ephemeralStorage = amount('ephemeral-storage');
  const gpu = amount(GPU);
  return {
    ...(cpu === undefined ? {} : { cpu }),
    ...(memory === undefined ? {} : { memory }),
    ...(ephemeralStorage === undefined ? {} : { ephemeralStorage }),
    ...(gpu === undefined ? {} : { gpu }),
  };
}

/** Tells whether a container asked to be left out of the size of its group. */
export function isResourceIgnored(container: Container): boolean {
  return (container.env ?? []).some(
    (variable) => variable.name === IGNORE_VARIABLE && variable.value?.toUpperCase() === 'TRUE',
  );
}

/**
 * Expresses the claims as the request's `cpu` (vCPU), `memory` (GiB) and `gpu`.
 *
 * Cut to three decimals, downwards: the group's size is computed from the exact sum, and containers that together claim a
 * thousandth more than their group are refused.
 */
export function containerSizeRequest(resources: ContainerResources): { cpu?: number; memory?: number; gpu?: number } {
  return {
    ...(resources.cpu === undefined ? {} : { cpu: thousandths(resources.cpu, NANO_ONE) }),
    ...(resources.memory === undefined ? {} : { memory: thousandths(resources.memory, NANO_GIB) }),
    ...(resources.gpu === undefined ? {} : { gpu: Number(resources.gpu / NANO_ONE) }),
  };
}

function thousandths(value: bigint, unit: bigint): number {
  const cut = Number((value * 1000n) / unit);
  return Math.max(cut, 1) / 1000;
}
