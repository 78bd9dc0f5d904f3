import { systemClock } from '../src/clock.ts';
import { OWN_SERVICE_ACCOUNT, SECRET_NAME } from '../src/credential-helper/names.ts';
import { createKubeClient } from '../src/kube/client.ts';
import { loadKubeConfig } from '../src/kube/kube-config.ts';
import type { ServiceAccount } from '../src/kube/types.ts';
import { freePort } from '../test/support/child-process.ts';
import { startControlPlane } from '../test/support/control-plane.ts';
import { eventually } from '../test/support/eventually.ts';
import { startHelper, type HelperProcess } from '../test/support/helper-process.ts';
import { installHelper } from '../test/support/install-helper.ts';
import { startSimulatorProcess } from '../test/support/simulator-process.ts';
import { bundlePath, imageNodeFlags } from './build-product.ts';
import { makePacedCalls } from './paced-calls.ts';
import type { Report } from './report.ts';
import { reportLatencies } from './report-latencies.ts';

const namespace = 'bench';
const MiB = 1024 ** 2;

/** Creates ServiceAccounts in a cluster, with the webhook off and then on, with the helper as its image has it. */
export async function measureThroughApiServer(
  report: Report,
  load: { perSecond: number; seconds: number },
): Promise<void> {
  const plane = await startControlPlane({ controllers: false });
  if (plane === undefined) return;
  const closing: (() => Promise<unknown>)[] = [() => plane.stop()];
  try {
    await installHelper(plane);
    const kubeConfig = await loadKubeConfig({ kind: 'file', paths: [plane.kubeconfigPath] });
    const client = createKubeClient({ kubeConfig, clock: systemClock, queriesPerSecond: 10_000, burst: 10_000 });
    closing.push(() => client.close());
    await client.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    const configure = async (webhook: string): Promise<void> => {
      const data = { 'service-account': '*', 'watch-namespace': namespace, 'webhook-configuration': webhook };
      const metadata = { name: 'acr-configuration', namespace: 'kube-system' };
      await plane.kubectl(
        ['apply', '-f', '-'],
        JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data }),
      );
    };
    await configure('enable: false');
    const simulator = await startSimulatorProcess({});
    closing.push(() => simulator.stop());
    const port = await freePort();
    const helper = await startHelper({
      kubeconfigPath: await plane.createServiceAccountKubeconfig('kube-system', OWN_SERVICE_ACCOUNT),
      simulator,
      script: bundlePath,
      nodeFlags: imageNodeFlags,
      flags: ['--webhook-address', `127.0.0.1:${port}`, '--webhook-url', `https://127.0.0.1:${port}`],
    });
    closing.push(() => helper.kill('SIGTERM'));

    let attached = 0;
    const create = async (name: string): Promise<boolean> => {
      const path = `/api/v1/namespaces/${namespace}/serviceaccounts`;
      const body = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name } };
      const account = await client.create<ServiceAccount>(path, body);
      return account.imagePullSecrets?.some((entry) => entry.name === SECRET_NAME) === true;
    };
    const measure = async (name: string, prefix: string): Promise<void> => {
      attached = 0;
      const calls = await makePacedCalls(load, async (index) => {
        if (await create(`${prefix}-${index}`)) attached += 1;
      });
      reportLatencies(report, name, calls);
    };
    await measure('creation in the cluster, webhook off', 'off');
    const offMiB = await residentMiB(helper);
    await configure('enable: true');
    await eventually('the webhook attaches', async () => await create(`probe-${Date.now()}`), { everyMs: 500 });
    await measure('creation in the cluster, webhook on', 'on');
    report.figure('  of these, with the Secret in the answer', String(attached));
    report.figure('memory of the helper, off and on', `${offMiB} and ${await residentMiB(helper)} MiB`);
    const seconds = await helper.counter('eci_kubelet_admission_seconds_sum');
    const count = await helper.counter('eci_kubelet_admission_seconds_count');
    report.figure('time in the helper, mean', `${((seconds / count) * 1000).toFixed(2)} ms`);
  } finally {
    for (const close of closing.toReversed()) await close();
  }
}

async function residentMiB(helper: HelperProcess): Promise<string> {
  return ((await helper.counter('process_resident_memory_bytes')) / MiB).toFixed(0);
}
