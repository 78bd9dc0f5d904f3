/**
 * The answer of `/metrics/resource`, which metrics-server and Prometheus scrape. Source: kubelet, `pkg/kubelet/metrics/collectors/
 * resource_metrics.go`: names, labels and types; timestamps in milliseconds.
 */
import { sumOf } from './usage-snapshot.ts';
import type { UsageSnapshot } from './usage-snapshot.ts';

const NANOS = 1e9;

interface Sample {
  labels?: Readonly<Record<string, string>>;
  value: number | undefined;
  timeMs?: number;
}

/** Writes the figures in the Prometheus text format. A figure that is not known is left out. Pure. */
export function resourceMetrics(snapshot: UsageSnapshot): string {
  const { pods, timeMs } = snapshot;
  const containers = pods.flatMap((pod) =>
    pod.containers.map((container) => ({
      ...container,
      labels: { container: container.name, namespace: pod.namespace, pod: pod.name },
    })),
  );
  const failed = snapshot.failure === undefined ? 0 : 1;
  const known = timeMs > 0;
  return [
    family('node_cpu_usage_seconds_total', 'counter', 'Cumulative cpu time consumed by the node in core-seconds', [
      { value: known ? snapshot.nodeCpuNanoSeconds / NANOS : undefined, timeMs },
    ]),
    family('node_memory_working_set_bytes', 'gauge', 'Current working set of the node in bytes', [
      { value: known ? (sumOf(pods, (usage) => usage.memoryWorkingSetBytes) ?? 0) : undefined, timeMs },
    ]),
    family(
      'container_cpu_usage_seconds_total',
      'counter',
      'Cumulative cpu time consumed by the container in core-seconds',
      containers.map(({ labels, usage }) => ({
        labels,
        value: seconds(usage.usageCoreNanoSeconds),
        timeMs: usage.timeMs,
      })),
    ),
    family(
      'container_memory_working_set_bytes',
      'gauge',
      'Current working set of the container in bytes',
      containers.map(({ labels, usage }) => ({ labels, value: usage.memoryWorkingSetBytes, timeMs: usage.timeMs })),
    ),
    family(
      'container_start_time_seconds',
      'gauge',
      'Start time of the container since unix epoch in seconds',
      containers.map(({ labels, usage, startedAtMs }) => ({
        labels,
        value: startedAtMs === undefined ? undefined : startedAtMs / 1000,
        timeMs: usage.timeMs,
      })),
    ),
    family(
      'pod_cpu_usage_seconds_total',
      'counter',
      'Cumulative cpu time consumed by the pod in core-seconds',
      pods.map(({ namespace, name, usage }) => ({
        labels: { namespace, pod: name },
        value: seconds(usage.usageCoreNanoSeconds),
        timeMs: usage.timeMs,
      })),
    ),
    family(
      'pod_memory_working_set_bytes',
      'gauge',
      'Current working set of the pod in bytes',
      pods.map(({ namespace, name, usage }) => ({
        labels: { namespace, pod: name },
        value: usage.memoryWorkingSetBytes,
        timeMs: usage.timeMs,
      })),
    ),
    family('scrape_error', 'gauge', '1 if there was an error while getting container metrics, 0 otherwise', [
      { value: failed },
    ]),
    family('resource_scrape_error', 'gauge', '1 if there was an error while getting container metrics, 0 otherwise', [
      { value: failed },
    ]),
  ].join('');
}

function family(name: string, type: 'counter' | 'gauge', help: string, samples: readonly Sample[]): string {
  const lines = samples.flatMap(({ labels, value, timeMs }) =>
    value === undefined
      ? []
      : [`${name}${labelText(labels)} ${value}${timeMs === undefined ? '' : ` ${Math.round(timeMs)}`}\n`],
  );
  return lines.length === 0 ? '' : `# HELP ${name} [STABLE] ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}

function labelText(labels: Sample['labels']): string {
  if (labels === undefined) return '';
  // Names of Kubernetes have nothing that must be escaped; a name that had would break the whole scrape.
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return `{${pairs.join(',')}}`;
}

function seconds(nanos: number | undefined): number | undefined {
  return nanos === undefined ? undefined : nanos / NANOS;
}
