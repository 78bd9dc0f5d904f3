import { toRfc3339 } from '../../../src/clock.ts';
import type { ContainerGroup } from '../group/container-group.ts';
import type { ContainerUsage, GroupUsage } from './group-usage.ts';

const NANO = 1_000_000_000;
const GIB = 2 ** 30;
/** GiB of ephemeral storage that every group has. Source: ECI help centre, ephemeral storage. */
const FREE_STORAGE_GIB = 30;

/** Renders one record of the two metric actions. Source: ECI API reference, DescribeMultiContainerGroupMetric. */
export function describeUsage(group: ContainerGroup, usage: GroupUsage, atMs: number): Record<string, unknown> {
  const sum = (of: (container: ContainerUsage) => number): number =>
    usage.containers.reduce((total, container) => total + of(container), 0);
  const memory = {
    cache: sum(({ cacheBytes }) => cacheBytes),
    rss: sum(({ rssBytes }) => rssBytes),
    workingSet: sum(({ workingSetBytes }) => workingSetBytes),
  };
  const capacity = (FREE_STORAGE_GIB + (group.request.EphemeralStorage ?? 0)) * GIB;
  return {
    Timestamp: toRfc3339(atMs),
    CPU: describeCpu(group.cpu, {
      nanoCores: sum(({ cpuNanoCores }) => cpuNanoCores),
      nanoSeconds: usage.cpuNanoSeconds,
    }),
    Memory: describeMemory(group.memory * GIB, memory),
    Network: {
      Interfaces: [
        {
          Name: 'eth0',
          ...{ RxBytes: usage.network.rxBytes, RxPackets: packets(usage.network.rxBytes), RxErrors: 0, RxDrops: 0 },
          ...{ TxBytes: usage.network.txBytes, TxPackets: packets(usage.network.txBytes), TxErrors: 0, TxDrops: 0 },
        },
      ],
    },
    Disk: [{ Device: '/dev/vda', ReadBytes: 0, WriteBytes: 0, ReadIo: 0, WriteIo: 0 }],
    Filesystem: [
      { FsName: '/dev/vda', Capacity: capacity, Usage: usage.storageBytes, Available: capacity - usage.storageBytes },
    ],
    Containers: usage.containers.map((container) => {
      const requested = group.containers.find(({ name }) => name === container.name)?.requested;
      return {
        Name: container.name,
        CPU: describeCpu(requested?.Cpu ?? group.cpu, {
          nanoCores: container.cpuNanoCores,
          nanoSeconds: container.cpuNanoSeconds,
        }),
        Memory: describeMemory((requested?.Memory ?? group.memory) * GIB, {
          cache: container.cacheBytes,
          rss: container.rssBytes,
          workingSet: container.workingSetBytes,
        }),
      };
    }),
  };
}

/** `Limit` is thousandths of a vCPU, `Load` the same of what is used. */
function describeCpu(limitCores: number, used: { nanoCores: number; nanoSeconds: number }): Record<string, number> {
  return {
    Limit: Math.round(limitCores * 1000),
    Load: Math.round((used.nanoCores / NANO) * 1000),
    UsageCoreNanoSeconds: used.nanoSeconds,
    UsageNanoCores: used.nanoCores,
  };
}

function describeMemory(
  limitBytes: number,
  used: { cache: number; rss: number; workingSet: number },
): Record<string, number> {
  return {
    AvailableBytes: Math.max(0, Math.floor(limitBytes) - used.workingSet),
    UsageBytes: used.rss + used.cache,
    Cache: used.cache,
    WorkingSet: used.workingSet,
    Rss: used.rss,
  };
}

function packets(bytes: number): number {
  return Math.ceil(bytes / 500);
}
