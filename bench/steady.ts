import { setTimeout as delay } from 'node:timers/promises';
import { readApiServerWrites } from './api-server-writes.ts';
import type { Benchmark } from './benchmark.ts';
import { measureStatusLatency } from './measure-status-latency.ts';
import { runPodBurst } from './pod-burst.ts';
import type { Report } from './report.ts';
import { chainSamples, samplePod } from './sample-pods.ts';
import { withWorkbench } from './workbench.ts';
import type { Workbench } from './workbench.ts';

/** As many as a node announces by default. */
const count = 5000;

/** The settling time of a new group, in which the cloud is asked more often. */
const settleMs = 90_000;

/** Events of thousands of Pods are written behind their statuses: rest begins when nothing more is written. */
const quietMs = 20_000;
const quietTimeoutMs = 600_000;

/** Leases and the node, in `quietMs`. */
const writesAtRest = 5;

/** Long enough for several polls of each kind, and for a sweep of everything. */
const minutes = 6;

const changes = 400;

/** What a node full of Pods costs when nothing happens, and how soon it notices when something does. */
export const steady: Benchmark = {
  name: 'steady',
  about: `${count} Pods that run: calls, writes, memory and processor over ${minutes} minutes; then ${changes} changes in the cloud`,
  async run(report) {
    report.heading(`steady: ${count} Pods that run, ${minutes} minutes`);
    await withWorkbench([], async (bench) => {
      const makers = await Promise.all(chainSamples.slice(0, 1).map(samplePod));
      await runPodBurst(bench, makers, count);
      await delay(settleMs);
      await untilQuiet(bench);
      await measureRest(bench, report);
      report.heading(`status: ${changes} changes in the cloud among ${count} Pods, polled as shipped`);
      await measureStatusLatency(bench, report, changes);
    });
  },
};

async function untilQuiet(bench: Workbench): Promise<void> {
  const untilMs = Date.now() + quietTimeoutMs;
  for (let before = await read(bench); Date.now() < untilMs;) {
    await delay(quietMs);
    const now = await read(bench);
    if (now.kubeWrites - before.kubeWrites <= writesAtRest) return;
    before = now;
  }
}

async function measureRest(bench: Workbench, report: Report): Promise<void> {
  const callsBefore = (await bench.simulator.journal()).length;
  const [before, writesBefore] = [await read(bench), await readApiServerWrites(bench.plane)];
  await delay(minutes * 60_000);
  const calls = (await bench.simulator.journal()).slice(callsBefore);
  const [after, writes] = [await read(bench), await readApiServerWrites(bench.plane)];
  report.figure('cloud calls per minute, all', (calls.length / minutes).toFixed(1));
  for (const [action, group] of Map.groupBy(calls, (call) => call.action)) {
    report.figure(`  ${action} per minute`, (group.length / minutes).toFixed(1));
  }
  const own = after.kubeWrites - before.kubeWrites;
  // Leases and node statuses are told apart by the API server, where the controllers write leases of their own.
  const nodeStatus = writes['node status'] - writesBefore['node status'];
  const kinds = (['pod status', 'pod', 'event', 'token'] as const).map(
    (kind) => [kind, writes[kind] - writesBefore[kind]] as const,
  );
  const others = kinds.reduce((sum, [, count]) => sum + count, 0);
  const which = kinds.filter(([, count]) => count > 0).map(([kind, count]) => `${count} of ${kind}`);
  report.figure('Kubernetes writes per minute of the product', (own / minutes).toFixed(1));
  report.figure('  of these, node status per minute', (nodeStatus / minutes).toFixed(1));
  report.figure(
    '  of these, beyond lease and node status per minute',
    `${(others / minutes).toFixed(1)} ${which.join(', ')}`,
  );
  report.figure('resident memory of the product', `${(after.residentBytes / 1024 ** 2).toFixed(0)} MiB`);
  const cpuShare = (after.cpuSeconds - before.cpuSeconds) / (minutes * 60);
  report.figure('processor share of the product', `${(cpuShare * 100).toFixed(1)} % of a core`);
}

async function read({
  product,
}: Workbench): Promise<{ kubeWrites: number; residentBytes: number; cpuSeconds: number }> {
  let kubeWrites = 0;
  for (const verb of ['post', 'put', 'patch', 'delete'])
    kubeWrites += await product.counter('kube_requests_total', { verb });
  return {
    kubeWrites,
    residentBytes: await product.counter('process_resident_memory_bytes'),
    cpuSeconds: await product.counter('process_cpu_seconds_total'),
  };
}
