import assert from 'node:assert/strict';
import type { ClusterView } from '../../src/cli/status/cluster-view.ts';
import { toRfc3339 } from '../../src/clock.ts';
import { SECRET_NAME } from '../../src/credential-helper/names.ts';
import { startHealthServer } from '../../src/telemetry/health-server.ts';
import { noLog } from '../../src/telemetry/types.ts';
import { controlPlaneOrSkip } from '../support/control-plane.ts';
import type { ControlPlane } from '../support/control-plane.ts';
import { createKubeSandbox } from '../support/kube-sandbox.ts';
import type { KubeSandbox } from '../support/kube-sandbox.ts';
import { PullSandbox } from '../support/pull-sandbox.ts';
import { leaderStatus } from '../unit/cli/status/helper-status.ts';

const lease = 'aliyun-acr-credential-helper';

describe('eci-kubelet status, on a real control plane', function () {
  this.timeout(60_000);
  let plane: ControlPlane;
  let sandbox: KubeSandbox;
  let pulls: PullSandbox;

  before(async function () {
    plane = await controlPlaneOrSkip(this);
    sandbox = await createKubeSandbox(plane);
    pulls = new PullSandbox(sandbox, plane.kubeconfigPath);
  });
  after(() => sandbox?.dispose());

  async function clusterView(kubeconfigPath?: string): Promise<{ code: number; why: string; view: ClusterView }> {
    const { code, out } = await pulls.run(['status', '-o', 'json'], kubeconfigPath);
    const { source, ...rest } = JSON.parse(out) as { source: string; why: string; view: ClusterView };
    assert.equal(source, 'api-server');
    return { code, ...rest };
  }

  it('says that nothing is installed', async () => {
    const { code, why, view } = await clusterView();
    assert.equal(code, 1);
    assert.equal(why, `there is no Lease ${pulls.namespace}/${lease}`);
    assert.equal(view.configuration.state, 'incomplete');
    assert.match(view.configuration.why ?? '', /there is no ConfigMap/);
  });

  it('shows configuration, Secrets, ServiceAccounts and events without a helper', async () => {
    await pulls.configure({
      'watch-namespace': `${pulls.namespace}, not-there`,
      'acr-registry-info': '- instanceId: cri-demo\n  regionId: cn-hangzhou\n- instanceId: ""\n  regionId: cn-beijing',
      'acr-api-version': 'v1',
    });
    await pulls.secret(['demo-registry.cn-hangzhou.cr.aliyuncs.com'], toRfc3339(Date.now() - 60_000));
    await pulls.warningEvent({
      about: { kind: 'ConfigMap', name: 'acr-configuration' },
      reason: 'CredentialFetchFailed',
      message: 'entry 1: NoPermission.',
      count: 2,
    });
    const { view } = await clusterView();
    assert.equal(view.configuration.state, 'complete');
    assert.deepEqual(
      view.configuration.findings.map(({ reason, key }) => [reason, key]),
      [['ConfigWarning', 'acr-api-version']],
    );
    assert.deepEqual(
      view.entries.map(({ position, instanceId, hosts }) => [position, instanceId, hosts?.[0]]),
      [
        [1, 'cri-demo', undefined],
        [2, undefined, 'registry.cn-beijing.aliyuncs.com'],
      ],
    );
    assert.deepEqual(
      view.secrets.filter(({ namespace }) => namespace === pulls.namespace).map(({ state }) => state),
      ['expired'],
    );
    assert.equal(
      view.secrets.some(({ namespace }) => namespace === 'not-there'),
      false,
    );
    assert.deepEqual(view.serviceAccounts, { selected: 1, attached: 0 });
    assert.deepEqual(view.events, [
      {
        reason: 'CredentialFetchFailed',
        message: 'entry 1: NoPermission.',
        count: 2,
        lastSeen: '2026-11-25T08:59:00Z',
      },
    ]);
    const { code, out } = await pulls.run(['status']);
    assert.equal(code, 1);
    assert.match(out, /^No credential helper answered: there is no Lease /);
    assert.match(out, /expired: Passwords have run out/);
  });

  it('says why the leader could not be asked', async () => {
    const path = `/apis/coordination.k8s.io/v1/namespaces/${pulls.namespace}/leases`;
    await sandbox.client.create(path, {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: lease },
      spec: { holderIdentity: 'helper-1_5f0c', leaseDurationSeconds: 15 },
    });
    assert.match((await clusterView()).why, /said to be Pod .*\/helper-1, which does not exist/);
    const ports = [{ name: 'admin', containerPort: 10255 }];
    await pulls.pod('helper-1', { containers: [{ name: 'helper', image: 'eci-kubelet', ports }] });
    // The Pod has no address, so this is how far the API server's proxy comes.
    assert.match((await clusterView()).why, /helper-1 did not answer: GET .*helper-1:10255\/proxy\/status: /);
  });

  it('shows what a helper at an address says', async () => {
    const server = await startHealthServer({
      address: '127.0.0.1:0',
      metrics: { contentType: 'text/plain', text: () => Promise.resolve('') },
      ready: () => ({ ok: true }),
      routes: {
        '/status': () => Promise.resolve({ contentType: 'application/json', body: JSON.stringify(leaderStatus) }),
      },
      log: noLog,
    });
    try {
      const from = ['status', '--from', `http://127.0.0.1:${server.port}`];
      const table = await pulls.run(from);
      assert.equal(table.code, 0);
      assert.match(table.out, /^Credential helper 0\.1\.0, leader, told by http:\/\/127\.0\.0\.1:\d+\/status/);
      const { out } = await pulls.run([...from, '-o', 'json']);
      assert.deepEqual(JSON.parse(out), {
        source: 'helper',
        from: `http://127.0.0.1:${server.port}/status`,
        status: leaderStatus,
      });
    } finally {
      await server.close();
    }
  });

  it('falls back on single reads for those who may not list, and says what else may not be seen', async () => {
    const ns = ['-n', pulls.namespace];
    await plane.kubectl(['create', 'serviceaccount', 'guest', ...ns]);
    await plane.kubectl([
      'create',
      'role',
      'guest',
      ...ns,
      '--verb=get',
      '--resource=secrets',
      `--resource-name=${SECRET_NAME}`,
    ]);
    await plane.kubectl(['create', 'role', 'reader', ...ns, '--verb=get', '--resource=configmaps']);
    for (const role of ['guest', 'reader']) {
      const subject = `--serviceaccount=${pulls.namespace}:guest`;
      await plane.kubectl(['create', 'rolebinding', role, ...ns, `--role=${role}`, subject]);
    }
    await pulls.configure({ 'watch-namespace': pulls.namespace });
    const guest = await plane.createServiceAccountKubeconfig(pulls.namespace, 'guest');
    const { view, why } = await clusterView(guest);
    assert.match(why, /403 Forbidden/);
    assert.deepEqual(
      view.secrets.map(({ namespace, state }) => [namespace, state]),
      [[pulls.namespace, 'expired']],
    );
    assert.deepEqual(
      view.notSeen.map((text) => text.split(':')[0]),
      ['namespaces', 'ServiceAccounts', 'events'],
    );
  });
});
