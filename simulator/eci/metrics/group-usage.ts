import type { ContainerGroup } from '../group/container-group.ts';

/** What one container uses. Counters start anew when it is started again, as those of a cgroup do. */
export interface ContainerUsage {
  readonly name: string;
  /** CPU time since the start of the container, in nanoseconds. Never falls while it runs. */
  readonly cpuNanoSeconds: number;
  /** CPU that is used at the moment, in billionths of a core. */
  readonly cpuNanoCores: number;
  readonly workingSetBytes: number;
  readonly rssBytes: number;
  readonly cacheBytes: number;
}

/** What one container group uses at one instant. */
export interface GroupUsage {
  /** The containers that run. */
  readonly containers: readonly ContainerUsage[];
  /** CPU time of the whole group since it was placed, in nanoseconds; restarts of containers do not reset it. */
  readonly cpuNanoSeconds: number;
  /** Counters of the one network interface. */
  readonly network: { readonly rxBytes: number; readonly txBytes: number };
  /** Bytes of the ephemeral storage that are in use, images included. */
  readonly storageBytes: number;
}

/** Where the figures of the metric actions come from: made up by default, measured where containers really run. */
export interface UsageSource {
  /**
   * @param atMs simulated time in epoch milliseconds; in the past for points of a series.
   * @returns undefined when this source knows nothing about the group at that time: the next source is asked.
   */
  usageOf(group: ContainerGroup, atMs: number): GroupUsage | undefined;
}
