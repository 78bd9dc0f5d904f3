import { eventually } from '../test/support/eventually.ts';
import type { ProductProcess } from '../test/support/product-process.ts';
import type { JournalLine } from '../test/support/simulator-process.ts';
import { readApiServerWrites } from './api-server-writes.ts';
import type { ApiServerWrites } from './api-server-writes.ts';
import { runPodBurst } from './pod-burst.ts';
import type { PodTimes } from './pod-burst.ts';
import { quantile } from './quantile.ts';
import type { Report } from './report.ts';
import { samplePod } from './sample-pods.ts';
import type { Workbench } from './workbench.ts';

/** Events are written behind the statuses; they count, so they are waited for. */
const eventsSettleMs = 3_000;

/** Runs a burst of Pods and prints what it took: time, calls to the cloud, writes to the API server, processor time. */
export async function measureBurst(
  bench: Workbench,
  report: Report,
  burst: { count: number; samples: readonly string[] },
): Promise<void> {
  const { count } = burst;
  const makers = await Promise.all(burst.samples.map(samplePod));
  const writesBefore = await readApiServerWrites(bench.plane);
  const cpuBefore = await cpuSeconds(bench.product);
  const times = await runPodBurst(bench, makers, count);
  const cpu = (await cpuSeconds(bench.product)) - cpuBefore;
  const writes = await settledWrites(bench);
  const journal = await bench.simulator.journal();
  reportTimes(report, times, journal);
  reportCloudCalls(report, journal, count);
  reportWrites(report, (kind) => (writes[kind] - writesBefore[kind]) / count);
  report.figure('events dropped', String(await bench.product.counter('kube_events_dropped_total')));
  report.figure('processor seconds of the product per 1000 Pods', ((cpu / count) * 1000).toFixed(1));
  await reportWaits(report, bench.product);
}

function reportTimes(report: Report, times: ReadonlyMap<string, PodTimes>, journal: readonly JournalLine[]): void {
  const sent = journal
    .filter(({ action }) => action === 'CreateContainerGroup')
    .map((call) => ({ atMs: Date.parse(call.time), boundAtMs: times.get(uidOf(call))?.boundAtMs ?? NaN }));
  const toSent = sent.map(({ atMs, boundAtMs }) => atMs - boundAtMs);
  const toRunning = [...times.values()].map(({ boundAtMs, runningAtMs }) => runningAtMs - boundAtMs);
  const startedAtMs = Math.min(...sent.map(({ boundAtMs }) => boundAtMs));
  const lastSentAtMs = Math.max(...sent.map(({ atMs }) => atMs));
  report.figure('bind to CreateContainerGroup sent, p50', seconds(quantile(toSent, 0.5)));
  report.figure('bind to CreateContainerGroup sent, p99', seconds(quantile(toSent, 0.99)));
  report.figure('bind to Running, p50', seconds(quantile(toRunning, 0.5)));
  report.figure('bind to Running, p99', seconds(quantile(toRunning, 0.99)));
  const rate = times.size / ((lastSentAtMs - startedAtMs) / 1000);
  report.figure('Pods/s, first bind to last CreateContainerGroup', rate.toFixed(1));
}

/** Calls that a chain costs are told in full: they must not grow with the number of Pods. */
function reportCloudCalls(report: Report, journal: readonly JournalLine[], count: number): void {
  const calls = new Map([
    ['CreateContainerGroup', 0],
    ['AssumeRole', 0],
    ['GetAuthorizationToken', 0],
  ]);
  for (const { product, action } of journal) {
    if (calls.has(action) || product === 'sts' || product === 'cr') calls.set(action, (calls.get(action) ?? 0) + 1);
  }
  for (const [action, made] of calls) report.figure(`${action} calls for ${count} Pods`, String(made));
  const refused = journal.filter(({ result }) => result !== 'OK').length;
  report.figure('cloud calls that failed', String(refused));
}

function reportWrites(report: Report, perPod: (kind: keyof ApiServerWrites) => number): void {
  const kinds = ['pod status', 'pod', 'event'] as const;
  const total = kinds.reduce((sum, kind) => sum + perPod(kind), 0);
  const parts = kinds.map((kind) => `${kind} ${perPod(kind).toFixed(2)}`).join(', ');
  report.figure('Kubernetes writes per Pod from bind to Running', `${total.toFixed(2)} (${parts})`);
  report.figure('TokenRequests per Pod, not among them', perPod('token').toFixed(2));
}

/** Where a Pod waits: whichever is longest is what bounds the burst. */
async function reportWaits(report: Report, product: ProductProcess): Promise<void> {
  const waits = [
    ['the quota of CreateContainerGroup', 'eci_kubelet_cloud_budget_wait_seconds', { action: 'CreateContainerGroup' }],
    ['a free worker', 'work_queue_age_seconds', { queue: 'pods' }],
    ['an answer to a Kubernetes POST', 'kube_request_duration_seconds', { verb: 'post' }],
    ['an answer to a Kubernetes PATCH', 'kube_request_duration_seconds', { verb: 'patch' }],
  ] as const;
  for (const [what, metric, labels] of waits) {
    const times = await product.counter(`${metric}_count`, labels);
    const meanMs = times === 0 ? 0 : ((await product.counter(`${metric}_sum`, labels)) / times) * 1000;
    report.figure(`waits for ${what}`, `${times}, ${meanMs.toFixed(0)} ms each`);
  }
}

async function settledWrites({ plane }: Workbench): Promise<ApiServerWrites> {
  let last = await readApiServerWrites(plane);
  return await eventually(
    'no more events are written',
    async () => {
      const now = await readApiServerWrites(plane);
      const isSettled = now.event === last.event;
      last = now;
      return isSettled ? now : undefined;
    },
    { timeoutMs: 120_000, everyMs: eventsSettleMs },
  );
}

/** The client token begins with the UID of the Pod. */
function uidOf(call: JournalLine): string {
  return (call.parameters['ClientToken'] ?? '').slice(0, 36);
}

async function cpuSeconds(product: ProductProcess): Promise<number> {
  return await product.counter('process_cpu_seconds_total');
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}
