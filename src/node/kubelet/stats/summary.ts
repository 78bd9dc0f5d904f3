/** The answer of `/stats/summary`. Source: kubelet's stats API, `k8s.io/kubelet/pkg/apis/stats/v1alpha1`. */
import { toRfc3339 } from '../../../clock.ts';
import type { ResourceUsage } from '../pod-access.ts';
import { sumOf } from './usage-snapshot.ts';
import type { PodUsageSnapshot, UsageSnapshot } from './usage-snapshot.ts';

/** Builds the summary. Pure. @param onlyCpuAndMemory leaves out networks. */
export function statsSummary(snapshot: UsageSnapshot, onlyCpuAndMemory: boolean): object {
  const { pods, timeMs } = snapshot;
  return {
    node: {
      nodeName: snapshot.nodeName,
      startTime: toRfc3339(snapshot.nodeStartedAtMs),
      ...figures({
        timeMs,
        usageCoreNanoSeconds: snapshot.nodeCpuNanoSeconds,
        ...optional(
          'usageNanoCores',
          sumOf(pods, (usage) => usage.usageNanoCores),
        ),
        ...optional(
          'memoryUsageBytes',
          sumOf(pods, (usage) => usage.memoryUsageBytes),
        ),
        ...optional(
          'memoryWorkingSetBytes',
          sumOf(pods, (usage) => usage.memoryWorkingSetBytes),
        ),
        ...optional(
          'memoryRssBytes',
          sumOf(pods, (usage) => usage.memoryRssBytes),
        ),
      }),
    },
    pods: pods.map((pod) => podStats(pod, onlyCpuAndMemory)),
  };
}

function podStats(pod: PodUsageSnapshot, onlyCpuAndMemory: boolean): object {
  const { namespace, name, uid, usage } = pod;
  return {
    podRef: { name, namespace, uid },
    ...startTime(pod.startedAtMs),
    containers: pod.containers.map((container) => ({
      name: container.name,
      ...startTime(container.startedAtMs),
      ...figures(container.usage),
    })),
    ...figures(usage),
    ...(onlyCpuAndMemory || usage.interfaces.length === 0 ? {} : { network: networkStats(pod) }),
  };
}

/** The first interface is the Pod's own, which stands for the whole as on a real node. */
function networkStats({ usage }: PodUsageSnapshot): object {
  const time = toRfc3339(usage.timeMs);
  const interfaces = usage.interfaces.map(({ name, rxBytes, rxErrors, txBytes, txErrors }) => ({
    name,
    rxBytes,
    rxErrors,
    txBytes,
    txErrors,
  }));
  return { time, ...interfaces[0], interfaces };
}

function figures(usage: ResourceUsage): object {
  const time = toRfc3339(usage.timeMs);
  return {
    cpu: {
      time,
      ...optional('usageNanoCores', usage.usageNanoCores),
      ...optional('usageCoreNanoSeconds', usage.usageCoreNanoSeconds),
    },
    memory: {
      time,
      ...optional('availableBytes', usage.memoryAvailableBytes),
      ...optional('usageBytes', usage.memoryUsageBytes),
      ...optional('workingSetBytes', usage.memoryWorkingSetBytes),
      ...optional('rssBytes', usage.memoryRssBytes),
    },
  };
}

function startTime(ms: number | undefined): { startTime?: string } {
  return ms === undefined ? {} : { startTime: toRfc3339(ms) };
}

function optional<const Name extends string>(name: Name, value: number | undefined): { [Key in Name]?: number } {
  // A computed name widens the type of the object.
  return (value === undefined ? {} : { [name]: value }) as { [Key in Name]?: number };
}
