import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import type { Pod } from '../src/kube/types.ts';
import { containerGroups } from '../test/support/cloud-resources.ts';
import { findControlPlane } from '../test/support/control-plane.ts';
import type { Benchmark } from './benchmark.ts';
import { unlimited } from './burst.ts';
import { runPodBurst } from './pod-burst.ts';
import { quantile } from './quantile.ts';
import type { Report } from './report.ts';
import { samplePod } from './sample-pods.ts';
import { withWorkbench } from './workbench.ts';
import type { Workbench } from './workbench.ts';

const clients = 50;
const minutes = 3;

/** How often each log gets a line: more often than it is asked. */
const lineEveryMs = 2_000;

/** Documented for the account, of which this program uses four fifths. */
const documentedPerMinute = 500;

const sample = '01-default-domain.yaml';

/** `kubectl logs -f` by many people at once: each on a Pod of its own, and all on one. */
export const logs: Benchmark = {
  name: 'logs',
  about: `${clients} clients of kubectl logs -f for ${minutes} minutes, on ${clients} Pods and on one`,
  async run(report) {
    await withWorkbench(unlimited, async (bench) => {
      await runPodBurst(bench, [await samplePod(sample)], clients);
      const { items } = await bench.client.list<Pod>('/api/v1/namespaces/default/pods', {});
      report.heading(`logs: ${clients} × kubectl logs -f, each on a Pod of its own`);
      await measureFollowers(bench, report, items);
      report.heading(`logs: ${clients} × kubectl logs -f, all on one Pod`);
      await measureFollowers(
        bench,
        report,
        Array.from({ length: clients }, () => items[0] ?? {}),
      );
    });
  },
};

async function measureFollowers(bench: Workbench, report: Report, pods: readonly Pod[]): Promise<void> {
  const latenciesMs: number[] = [];
  const containerName = pods[0]?.spec?.containers[0]?.name ?? '';
  const followers = pods.map((pod) => follow(bench, pod.metadata?.name ?? '', latenciesMs));
  try {
    // The first lines are those from before; the rate of a start is not what is measured.
    await delay(20_000);
    latenciesMs.length = 0;
    const groups = await groupIds(bench, pods);
    const callsBefore = await countReads(bench);
    const untilMs = Date.now() + minutes * 60_000;
    while (Date.now() < untilMs) {
      for (const id of groups) await writeLine(bench, id, containerName);
      await delay(lineEveryMs);
    }
    const calls = (await countReads(bench)) - callsBefore;
    const following = await bench.product.counter('eci_kubelet_log_followers');
    report.figure('clients that follow', String(following));
    report.figure(
      'containers polled (eci_kubelet_log_tails)',
      String(await bench.product.counter('eci_kubelet_log_tails')),
    );
    report.figure('DescribeContainerLog per minute', (calls / minutes).toFixed(0));
    report.figure('  share of what is documented', `${((calls / minutes / documentedPerMinute) * 100).toFixed(0)} %`);
    report.figure('lines that arrived', String(latenciesMs.length));
    if (latenciesMs.length > 0) {
      report.figure('line written to line printed, p50', `${(quantile(latenciesMs, 0.5) / 1000).toFixed(1)} s`);
      report.figure('the same, p99', `${(quantile(latenciesMs, 0.99) / 1000).toFixed(1)} s`);
    }
  } finally {
    for (const follower of followers) follower.kill('SIGKILL');
  }
}

/** Lines are the time at which they were written. */
function follow(bench: Workbench, name: string, latenciesMs: number[]): ChildProcess {
  const kubectl = findControlPlane()?.kubectl ?? 'kubectl';
  const child = spawn(kubectl, ['--kubeconfig', bench.plane.kubeconfigPath, 'logs', '--follow', '--tail=1', name], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  child.stdout?.on('data', (chunk: Buffer) => {
    for (const line of chunk.toString('utf8').split('\n')) {
      const writtenAtMs = Number(/^written at (\d+)$/.exec(line)?.[1]);
      if (writtenAtMs > 0) latenciesMs.push(Date.now() - writtenAtMs);
    }
  });
  return child;
}

async function groupIds(bench: Workbench, pods: readonly Pod[]): Promise<Set<string>> {
  const ids = new Set<string>();
  for (const uid of new Set(pods.map((pod) => pod.metadata?.uid))) {
    const [group] = await containerGroups(bench.simulator, uid);
    if (group !== undefined) ids.add(group.id);
  }
  return ids;
}

async function writeLine(bench: Workbench, containerGroupId: string, containerName: string): Promise<void> {
  await bench.simulator.control('/_sim/container-logs', {
    containerGroupId,
    containerName,
    lines: [`written at ${Date.now()}`],
  });
}

async function countReads(bench: Workbench): Promise<number> {
  return (await bench.simulator.journal({ action: 'DescribeContainerLog' })).length;
}
