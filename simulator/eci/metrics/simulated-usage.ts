import { createHash } from 'node:crypto';
import type { ContainerGroup, GroupContainer } from '../group/container-group.ts';
import type { ContainerUsage, GroupUsage, UsageSource } from './group-usage.ts';

const NANO = 1_000_000_000;
const GIB = 2 ** 30;
/** What runs in every group besides its containers. */
const OVERHEAD_CORES = 0.005;
/** Bytes per second that every group receives and sends. */
const RX_PER_SECOND = 2_000;
const TX_PER_SECOND = 1_000;

/**
 * Figures that follow from names, sizes and the simulated clock alone, so that a test can tell them beforehand: each container
 * uses a fixed share between 5 % and 44 % of its vCPU and memory; everything that counts rises evenly with time.
 */
export const simulatedUsage: UsageSource = {
  usageOf: (group, atMs) => {
    const running = group.containers.flatMap((container) => containerUsage(group, container, atMs) ?? []);
    if (running.length === 0) {
      return undefined;
    }
    const seconds = Math.max(0, atMs - group.createdAtMs) / 1000;
    const cores = group.containers.reduce(
      (sum, container) => sum + share(group, container) * coresOf(group, container),
      OVERHEAD_CORES,
    );
    return {
      containers: running,
      cpuNanoSeconds: Math.floor(cores * seconds * NANO),
      network: { rxBytes: Math.floor(seconds * RX_PER_SECOND), txBytes: Math.floor(seconds * TX_PER_SECOND) },
      storageBytes: GIB,
    } satisfies GroupUsage;
  },
};

function containerUsage(group: ContainerGroup, container: GroupContainer, atMs: number): ContainerUsage | undefined {
  const { current } = container;
  if (current.state !== 'Running' || current.startedAtMs > atMs) {
    return undefined;
  }
  const part = share(group, container);
  const cores = part * coresOf(group, container);
  const rssBytes = Math.floor(part * (container.requested.Memory ?? group.memory / group.containers.length) * GIB);
  const cacheBytes = Math.floor(rssBytes / 4);
  return {
    name: container.name,
    cpuNanoSeconds: Math.floor((cores * (atMs - current.startedAtMs) * NANO) / 1000),
    cpuNanoCores: Math.floor(cores * NANO),
    workingSetBytes: rssBytes + Math.floor(cacheBytes / 2),
    rssBytes,
    cacheBytes,
  };
}

function coresOf(group: ContainerGroup, { requested }: GroupContainer): number {
  return requested.Cpu ?? group.cpu / group.containers.length;
}

/** By names and not by id, which is random. */
function share(group: ContainerGroup, container: GroupContainer): number {
  const [byte = 0] = createHash('sha256').update(`${group.name}/${container.name}`).digest();
  return (5 + (byte % 40)) / 100;
}
