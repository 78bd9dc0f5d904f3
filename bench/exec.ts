import { spawn } from 'node:child_process';
import type { Pod } from '../src/kube/types.ts';
import { findControlPlane } from '../test/support/control-plane.ts';
import type { Benchmark } from './benchmark.ts';
import { unlimited } from './burst.ts';
import { runPodBurst } from './pod-burst.ts';
import { quantile } from './quantile.ts';
import type { Report } from './report.ts';
import { nodeName, withWorkbench } from './workbench.ts';
import type { Workbench } from './workbench.ts';

const MiB = 1024 * 1024;
const outMiB = 200;
const inMiB = 100;
const runs = 25;
const atOnce = 20;

/** How kubectl speaks: it is asked for by an environment variable. */
const carriers = [
  { name: 'WebSocket', variable: 'true' },
  { name: 'SPDY', variable: 'false' },
] as const;

const podName = 'bench-0';

/** `kubectl exec` through the API server into a container that runs: how long a small command takes, and how fast bytes go. */
export const exec: Benchmark = {
  name: 'exec',
  about: `kubectl exec over WebSocket and SPDY: ${runs} times echo, ${outMiB} MiB out, ${inMiB} MiB in`,
  async run(report) {
    await withWorkbench(
      unlimited,
      async (bench) => {
        await runPodBurst(bench, [shellPod], 1);
        for (const { name, variable } of carriers) {
          report.heading(`exec: kubectl exec over ${name}`);
          await measure(bench, report, { KUBECTL_REMOTE_COMMAND_WEBSOCKETS: variable });
        }
      },
      { runContainers: true },
    );
  },
};

async function measure(bench: Workbench, report: Report, env: Readonly<Record<string, string>>): Promise<void> {
  const kubectl = (args: readonly string[], input = 0): Promise<{ tookMs: number; bytes: number }> =>
    runKubectl(bench, { args: ['exec', ...args], env, inputBytes: input });
  const echo = (): Promise<{ tookMs: number }> => kubectl([podName, '--', 'echo', 'hello']);
  await echo();
  const tookMs: number[] = [];
  for (let run = 0; run < runs; run += 1) tookMs.push((await echo()).tookMs);
  report.figure('echo, start to end of kubectl, p50', `${quantile(tookMs, 0.5).toFixed(0)} ms`);
  report.figure('the same, p99', `${quantile(tookMs, 0.99).toFixed(0)} ms`);
  const startedMs = performance.now();
  await Promise.all(Array.from({ length: atOnce }, echo));
  report.figure(`${atOnce} at once, until the last has ended`, `${(performance.now() - startedMs).toFixed(0)} ms`);

  const cpuBefore = await bench.product.counter('process_cpu_seconds_total');
  const out = await kubectl([podName, '--', 'head', '-c', String(outMiB * MiB), '/dev/zero']);
  if (out.bytes !== outMiB * MiB) throw new Error(`${out.bytes} bytes came of ${outMiB} MiB`);
  report.figure(`${outMiB} MiB out`, rate(outMiB, out.tookMs));
  const into = await kubectl(['-i', podName, '--', 'sh', '-c', 'cat >/dev/null'], inMiB * MiB);
  report.figure(`${inMiB} MiB in`, rate(inMiB, into.tookMs));
  const cpuSeconds = (await bench.product.counter('process_cpu_seconds_total')) - cpuBefore;
  report.figure('processor of eci-kubelet for both', `${cpuSeconds.toFixed(1)} s`);
  const memory = await bench.product.counter('process_resident_memory_bytes');
  report.figure('resident memory of eci-kubelet afterwards', `${(memory / MiB).toFixed(0)} MiB`);
}

function rate(sizeMiB: number, tookMs: number): string {
  return `${((sizeMiB / tookMs) * 1000).toFixed(0)} MiB/s (${(tookMs / 1000).toFixed(2)} s)`;
}

async function runKubectl(
  { plane }: Workbench,
  { args, env, inputBytes }: { args: readonly string[]; env: Readonly<Record<string, string>>; inputBytes: number },
): Promise<{ tookMs: number; bytes: number }> {
  const startedMs = performance.now();
  const child = spawn(findControlPlane()?.kubectl ?? 'kubectl', ['--kubeconfig', plane.kubeconfigPath, ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  });
  let bytes = 0;
  child.stdout.on('data', (chunk: Buffer) => (bytes += chunk.length));
  child.stdin.end(Buffer.alloc(inputBytes));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`kubectl ${args.join(' ')} ended with ${code}`);
  return { tookMs: performance.now() - startedMs, bytes };
}

function shellPod(name: string): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default' },
    spec: {
      nodeName,
      containers: [{ name: 'app', image: 'nginx', command: ['sh', '-c', 'while :; do sleep 1; done'] }],
    },
  };
}
