import type { Pod } from '../../../kube/types.ts';
import type { PodUsage, ResourceUsage } from '../pod-access.ts';

/** One container of a Pod, with what it uses. */
export interface ContainerUsageSnapshot {
  name: string;
  /** When this instance of the container started; absent while it does not run. */
  startedAtMs?: number;
  usage: ResourceUsage;
}

/** A Pod with what it uses. */
export interface PodUsageSnapshot {
  namespace: string;
  name: string;
  uid: string;
  startedAtMs?: number;
  usage: PodUsage;
  containers: readonly ContainerUsageSnapshot[];
}

/** What the Pods of the node use, as of the last collection. Both routes are answered from it. */
export interface UsageSnapshot {
  nodeName: string;
  nodeStartedAtMs: number;
  /** When the newest figures were collected. */
  timeMs: number;
  /** Only rises, also when Pods go: the sum of what was ever seen. */
  nodeCpuNanoSeconds: number;
  pods: readonly PodUsageSnapshot[];
  /** Why the last collection failed as a whole. */
  failure?: unknown;
}

/** Puts figures to a Pod. Containers that are not in the Pod, such as the cloud's own, are left out. Pure. */
export function podSnapshot(pod: Pod, usage: PodUsage): PodUsageSnapshot {
  const { name = '', namespace = '', uid = '' } = pod.metadata ?? {};
  const specs = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])];
  const statuses = [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])];
  const known = new Set(specs.map((container) => container.name));
  return {
    namespace,
    name,
    uid,
    ...startedAt(pod.status?.startTime),
    usage,
    containers: usage.containers
      .filter((container) => known.has(container.name))
      .map(({ name, ...figures }) => ({
        name,
        ...startedAt(statuses.find((status) => status.name === name)?.state?.running?.startedAt),
        usage: figures,
      })),
  };
}

/** Sums a figure over Pods. @returns undefined when no Pod tells it. Pure. */
export function sumOf(
  pods: readonly PodUsageSnapshot[],
  figure: (usage: ResourceUsage) => number | undefined,
): number | undefined {
  const values = pods.map(({ usage }) => figure(usage)).filter((value) => value !== undefined);
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0);
}

function startedAt(time: string | undefined): { startedAtMs?: number } {
  const ms = Date.parse(time ?? '');
  return Number.isNaN(ms) ? {} : { startedAtMs: ms };
}
