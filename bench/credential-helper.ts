import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from '../src/clock.ts';
import { EXPIRES_AT_ANNOTATION, OWN_SERVICE_ACCOUNT } from '../src/credential-helper/names.ts';
import { createKubeClient } from '../src/kube/client.ts';
import type { ClosableKubeClient } from '../src/kube/client.ts';
import { loadKubeConfig } from '../src/kube/kube-config.ts';
import type { KubeSecret } from '../src/kube/types.ts';
import { startControlPlane } from '../test/support/control-plane.ts';
import type { ControlPlane } from '../test/support/control-plane.ts';
import { eventually } from '../test/support/eventually.ts';
import { startHelper } from '../test/support/helper-process.ts';
import type { HelperProcess } from '../test/support/helper-process.ts';
import { installHelper } from '../test/support/install-helper.ts';
import { createMovedClock } from '../test/support/moved-clock.ts';
import { startSimulatorProcess } from '../test/support/simulator-process.ts';
import type { SimulatorProcess } from '../test/support/simulator-process.ts';
import { readApiServerWrites } from './api-server-writes.ts';
import type { Benchmark } from './benchmark.ts';
import { bundlePath, imageNodeFlags } from './build-product.ts';
import type { Report } from './report.ts';
import { cloudLatencyMs } from './workbench.ts';

const namespaces = 1000;
const accounts = ['default', 'app', 'builder', 'jobs', 'web'];
/** Three chains: the role of the nodes alone, in another region, and through a role of another account. */
const entries = `
- instanceId: cri-a1b2c3d4e5f6g7h8
- instanceId: cri-bj7k2m9p4q6r8s1t
  regionId: cn-beijing
- instanceId: cri-b9n8m7l6k5j4h3g2
  assumeRoleARN: acs:ram::2222222222222222:role/acr-pull
`;
/** Objects are made side by side, but not faster than the API server of this machine can store them. */
const MAKERS = 50;
const PATIENCE = { timeoutMs: 600_000, everyMs: 500 };
/** What is left of a password when all are renewed: within the threshold of fifteen minutes. */
const LEFT_MS = 600_000;

/** What serving a large cluster costs: at first, once again with nothing to do, and at each renewal. */
export const credentialHelper: Benchmark = {
  name: 'helper',
  about: `the credential helper with ${namespaces} namespaces of ${accounts.length} ServiceAccounts, and three entries`,
  async run(report) {
    report.heading(`helper: ${namespaces} namespaces of ${accounts.length} ServiceAccounts, three entries, as shipped`);
    const plane = await startControlPlane({ controllers: false });
    if (plane === undefined) {
      throw new Error(
        'needs a control plane: set KUBEBUILDER_ASSETS to a folder with etcd, kube-apiserver and kubectl',
      );
    }
    const closing: (() => Promise<unknown>)[] = [() => plane.stop()];
    try {
      await installHelper(plane);
      const simulator = await startSimulatorProcess({ latencyMs: cloudLatencyMs });
      closing.push(() => simulator.stop());
      const kubeConfig = await loadKubeConfig({ kind: 'file', paths: [plane.kubeconfigPath] });
      const client = createKubeClient({ kubeConfig, clock: systemClock, queriesPerSecond: 10_000, burst: 10_000 });
      closing.push(() => client.close());
      await fillCluster(client);
      await configure(client);
      await measurePasses({ plane, simulator, client, closing }, report);
    } finally {
      for (const close of closing.toReversed()) await close();
    }
  },
};

interface Bench {
  plane: ControlPlane;
  simulator: SimulatorProcess;
  client: ClosableKubeClient;
  closing: (() => Promise<unknown>)[];
}

async function fillCluster(client: ClosableKubeClient): Promise<void> {
  const names = Array.from({ length: namespaces }, (_, index) => `team-${String(index).padStart(4, '0')}`);
  const makeNext = async (): Promise<void> => {
    for (let name = names.pop(); name !== undefined; name = names.pop()) {
      await client.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
      const path = `/api/v1/namespaces/${name}/serviceaccounts`;
      for (const account of accounts) {
        await client.create(path, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: account } });
      }
    }
  };
  await Promise.all(Array.from({ length: MAKERS }, makeNext));
}

async function configure(client: ClosableKubeClient): Promise<void> {
  // The namespaces of the system have ServiceAccounts of their own, which would blur the counts.
  const watched = Array.from({ length: namespaces }, (_, index) => `team-${String(index).padStart(4, '0')}`).join(',');
  await client.create('/api/v1/namespaces/kube-system/configmaps', {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'acr-configuration' },
    data: { 'service-account': '*', 'watch-namespace': watched, 'acr-registry-info': entries },
  });
}

async function measurePasses(bench: Bench, report: Report): Promise<void> {
  const clock = createMovedClock();
  const start = async (): Promise<HelperProcess> => {
    const helper = await startHelper({
      kubeconfigPath: await bench.plane.createServiceAccountKubeconfig('kube-system', OWN_SERVICE_ACCOUNT),
      simulator: bench.simulator,
      script: bundlePath,
      nodeFlags: imageNodeFlags,
      flags: ['--token-mode', 'workerRole', '--log-level', 'info'],
      clock,
      until: 'alive',
    });
    bench.closing.push(() => helper.kill('SIGTERM'));
    return helper;
  };

  report.remark('cold start');
  let helper = await measure(bench, report, start, async (started) => {
    await eventually(
      'everything is attached',
      async () =>
        (await started.isReady()) &&
        (await started.status()).namespaces?.serviceAccounts.attached === namespaces * accounts.length,
      PATIENCE,
    );
  });
  report.figure('resident memory', await residentMemory(helper));

  report.remark('renewal of every Secret, because one of the three passwords ends');
  const due =
    Date.parse((await secretOf(bench.client, 0)).metadata?.annotations?.[EXPIRES_AT_ANNOTATION] ?? '') - LEFT_MS;
  const ms = due - (Date.now() + clock.offsetMs());
  await measure(
    bench,
    report,
    async () => {
      await bench.simulator.advance(ms);
      clock.advance(ms);
      return helper;
    },
    async () => {
      await eventually(
        'the last Secret is renewed',
        async () => {
          const text =
            (await secretOf(bench.client, namespaces - 1)).metadata?.annotations?.[EXPIRES_AT_ANNOTATION] ?? '';
          return Date.parse(text) > due + 2 * LEFT_MS;
        },
        PATIENCE,
      );
    },
  );
  report.figure('resident memory', await residentMemory(helper));

  report.remark('a second pass with nothing to do, after a restart');
  await helper.kill('SIGTERM');
  helper = await measure(bench, report, start, async (started) => {
    await eventually('it has been through all namespaces', () => started.isReady(), PATIENCE);
    // What would still be written shows now.
    await delay(5000);
  });
  report.figure('resident memory', await residentMemory(helper));
}

/** Prints how long something took until it was done, and what it asked of API server and cloud. */
async function measure(
  { plane, simulator }: Bench,
  report: Report,
  begin: () => Promise<HelperProcess>,
  untilDone: (helper: HelperProcess) => Promise<void>,
): Promise<HelperProcess> {
  const [writesBefore, callsBefore] = [await readApiServerWrites(plane), (await simulator.journal()).length];
  const startedMs = performance.now();
  const helper = await begin();
  await untilDone(helper);
  report.figure('time', `${((performance.now() - startedMs) / 1000).toFixed(1)} s`);
  const [writes, calls] = [await readApiServerWrites(plane), (await simulator.journal()).slice(callsBefore)];
  for (const kind of ['secret', 'service account', 'event'] as const) {
    report.figure(`writes: ${kind}`, String(writes[kind] - writesBefore[kind]));
  }
  const actions = [...Map.groupBy(calls, (call) => call.action)].map(([action, group]) => `${group.length} ${action}`);
  report.figure('cloud calls', `${calls.length}: ${actions.join(', ') || 'none'}`);
  return helper;
}

async function secretOf(client: ClosableKubeClient, index: number): Promise<KubeSecret> {
  const namespace = `team-${String(index).padStart(4, '0')}`;
  return await client.get<KubeSecret>(
    join('/api/v1/namespaces', namespace, 'secrets/acr-credential-secret-aggregation'),
  );
}

async function residentMemory(helper: HelperProcess): Promise<string> {
  return `${((await helper.counter('process_resident_memory_bytes')) / 1024 ** 2).toFixed(0)} MiB`;
}
