import { setTimeout as delay } from 'node:timers/promises';
import type { Benchmark } from './benchmark.ts';
import { unlimited } from './burst.ts';
import { runPodBurst } from './pod-burst.ts';
import { chainSamples, samplePod } from './sample-pods.ts';
import { withWorkbench } from './workbench.ts';
import type { Workbench } from './workbench.ts';

const count = 2000;

/** The settling time of a new group, in which the cloud is asked more often. */
const settleMs = 70_000;

/** Long enough for several polls of each kind, and for a sweep of everything when it is due. */
const minutes = 5;

/** What a node full of Pods costs when nothing happens. */
export const steady: Benchmark = {
  name: 'steady',
  about: `${count} Pods that run: calls, memory and processor time over ${minutes} minutes`,
  async run(report) {
    report.heading(`steady: ${count} Pods that run, ${minutes} minutes`);
    await withWorkbench(unlimited, async (bench) => {
      const makers = await Promise.all(chainSamples.slice(0, 1).map(samplePod));
      await runPodBurst(bench, makers, count);
      await delay(settleMs);
      const [callsBefore, before] = [(await bench.simulator.journal()).length, await read(bench)];
      await delay(minutes * 60_000);
      const calls = (await bench.simulator.journal()).slice(callsBefore);
      const after = await read(bench);
      const byAction = Map.groupBy(calls, ({ action }) => action);
      const describes = calls.filter(({ action }) => action.startsWith('Describe')).length;
      report.figure('Describe calls per minute', (describes / minutes).toFixed(1));
      for (const [action, group] of byAction) {
        report.figure(`  ${action} per minute`, (group.length / minutes).toFixed(1));
      }
      const writes = (after.kubeWrites - before.kubeWrites) / minutes;
      report.figure('Kubernetes writes per minute (lease and node)', writes.toFixed(1));
      report.figure('resident memory of the product', `${(after.residentBytes / 1024 ** 2).toFixed(0)} MiB`);
      const cpuShare = (after.cpuSeconds - before.cpuSeconds) / (minutes * 60);
      report.figure('processor share of the product', `${(cpuShare * 100).toFixed(1)} % of a core`);
    });
  },
};

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
