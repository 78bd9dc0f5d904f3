import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { Node, Pod } from '../../src/kube/types.ts';
import { applyAll } from '../support/apply-all.ts';
import { containerGroups } from '../support/cloud-resources.ts';
import { findControlPlane } from '../support/control-plane.ts';
import { eventually } from '../support/eventually.ts';
import { callKubelet } from '../support/kubelet-caller.ts';
import type { KubeletCall } from '../support/kubelet-caller.ts';
import { createPlatform } from '../support/platform.ts';
import type { Platform } from '../support/platform.ts';
import { createPod, readPod, untilPodRuns } from '../support/sandbox-pods.ts';
import { aContainer } from '../support/pod-builder.ts';

const plain = { image: 'nginx', annotations: {} };

describe('the kubelet API', function () {
  this.timeout(90_000);
  let platform: Platform;
  let pod: Pod;
  let port: number;

  const write = async (lines: string[], options: { container?: string; extra?: object } = {}): Promise<void> => {
    const [group] = await containerGroups(platform.simulator, pod.metadata?.uid);
    await platform.simulator.control('/_sim/container-logs', {
      containerGroupId: group?.id ?? '',
      containerName: options.container ?? 'app',
      lines,
      ...options.extra,
    });
  };
  const logs = async (...args: string[]): Promise<string> => await platform.kubectl(['logs', 'web', ...args]);
  const logCalls = async (): Promise<number> =>
    (await platform.simulator.journal({ action: 'DescribeContainerLog' })).length;

  before(async function () {
    platform = await createPlatform(this);
    await platform.start();
    pod = await createPod(platform, 'web', {
      ...plain,
      spec: {
        containers: [aContainer({ name: 'app', image: 'nginx' }), aContainer({ name: 'side', image: 'nginx' })],
        initContainers: [
          aContainer({ name: 'init', image: 'nginx', env: [{ name: 'ECI_SIM_EXIT_AFTER_MS', value: '200' }] }),
        ],
      },
    });
    pod = await untilPodRuns(platform, pod);
    const node = await platform.sandbox.client.get<Node>(`/api/v1/nodes/${platform.sandbox.nodeName}`);
    port = node.status?.daemonEndpoints?.kubeletEndpoint?.Port ?? 0;
  });

  after(async () => await platform?.dispose());

  describe('logs through kubectl', () => {
    before(async () => {
      await write(['one', 'two', 'three'], { extra: { mode: 'set' } });
      await write(['prepared'], { container: 'init' });
    });

    it('gives all of it, the end of it, or none of it', async () => {
      assert.equal(await logs('-c', 'app'), 'one\ntwo\nthree\n');
      assert.equal(await logs('-c', 'app', '--tail=2'), 'two\nthree\n');
      assert.equal(await logs('-c', 'app', '--tail=0'), '');
      assert.equal(await logs('-c', 'app', '--limit-bytes=5'), 'one\nt');
    });

    it('gives times, and what is young enough', async () => {
      assert.match(await logs('-c', 'app', '--tail=1', '--timestamps'), /^\d{4}-\d\d-\d\dT[\d:.]+Z three\n$/);
      assert.equal(await logs('-c', 'app', '--since=10m'), 'one\ntwo\nthree\n');
      assert.equal(await logs('-c', 'app', '--since-time=2099-01-01T00:00:00Z'), '');
    });

    it('gives those of init containers that have ended', async () => {
      assert.match(await logs('-c', 'init'), /prepared\n$/);
    });

    it('says in the words of kubelet what is not there', async () => {
      await assert.rejects(
        logs('-c', 'app', '--previous'),
        /previous terminated container "app" in pod "web" not found/,
      );
      await assert.rejects(logs('-c', 'none'), /container none is not valid for pod web/);
    });

    it('gives that of the instance before, once there was one', async () => {
      const env = [
        { name: 'ECI_SIM_EXIT_AFTER_MS', value: '1000' },
        { name: 'ECI_SIM_EXIT_CODE', value: '3' },
      ];
      const spec = { containers: [aContainer({ name: 'app', image: 'nginx', env })] };
      const crashing = await createPod(platform, 'crashing', { ...plain, spec });
      await eventually('the container was started again', async () => {
        const now = await readPod(platform, 'crashing');
        return now?.status?.containerStatuses?.[0]?.lastState?.terminated?.exitCode === 3;
      });
      const [group] = await containerGroups(platform.simulator, crashing.metadata?.uid);
      const target = { containerGroupId: group?.id ?? '', containerName: 'app', mode: 'set', previous: true };
      await eventually('the end of the instance before shows', async () => {
        await platform.simulator.control('/_sim/container-logs', { ...target, lines: ['out of memory'] });
        return (await platform.kubectl(['logs', 'crashing', '--previous'])) === 'out of memory\n';
      });
      await platform.kubectl(['delete', 'pod', 'crashing', '--wait=false']);
    });

    it('says why a container has no log yet', async () => {
      await createPod(platform, 'pending', { image: 'registry.example.com/nobody/has:this', annotations: {} });
      await eventually('the image cannot be pulled', async () => {
        const now = await readPod(platform, 'pending');
        assert.ok(now?.status?.containerStatuses?.[0]?.state?.waiting?.reason?.startsWith('ErrImagePull'));
        return true;
      });
      await assert.rejects(
        platform.kubectl(['logs', 'pending']),
        /container "app" in pod "pending" is waiting to start: /,
      );
    });

    it('follows what is written, for many at the price of one', async () => {
      const [first, ...others] = Array.from({ length: 10 }, () => follow(platform, 'web', 'side', '--tail=0'));
      try {
        await eventually('all follow', async () => (await gauge(platform)) === 10);
        const before = await logCalls();
        const startedAt = Date.now();
        await write(['a'], { container: 'side' });
        await eventually('a shows', async () => first?.text() === 'a\n');
        await write(['b', 'b'], { container: 'side' });
        for (const other of [first, ...others]) {
          await eventually('all lines show', async () => other?.text() === 'a\nb\nb\n');
        }
        const seconds = (Date.now() - startedAt) / 1000;
        assert.ok((await logCalls()) - before <= seconds + 2, 'one call a second at most, whoever follows');
      } finally {
        for (const follower of [first, ...others]) follower?.stop();
      }
      await eventually('nobody follows any more', async () => (await gauge(platform)) === 0);
      const idle = await logCalls();
      await new Promise((resolve) => setTimeout(resolve, 2500));
      assert.equal(await logCalls(), idle, 'nothing is read for nobody');
    });

    it('follows until the container has ended', async () => {
      await createPod(platform, 'job', {
        ...plain,
        spec: {
          restartPolicy: 'Never',
          containers: [
            aContainer({ name: 'app', image: 'nginx', env: [{ name: 'ECI_SIM_EXIT_AFTER_MS', value: '4000' }] }),
          ],
        },
      });
      const job = await eventually('the job runs', async () => {
        const now = await readPod(platform, 'job');
        assert.equal(now?.status?.phase, 'Running');
        return now;
      });
      const follower = follow(platform, 'job', 'app');
      const [group] = await containerGroups(platform.simulator, job?.metadata?.uid);
      await platform.simulator.control('/_sim/container-logs', {
        containerGroupId: group?.id ?? '',
        containerName: 'app',
        lines: ['last words'],
      });
      assert.equal(await follower.ended, 0);
      assert.match(follower.text(), /last words\n$/);
      assert.match(await platform.kubectl(['logs', 'job']), /last words\n$/);
    });
  });

  describe('what monitoring reads', () => {
    const raw = async (path: string): Promise<string> =>
      await platform.plane.kubectl(['get', '--raw', `/api/v1/nodes/${platform.sandbox.nodeName}/proxy/${path}`]);

    it('lists the Pods of this node and no other, as the API server knows them', async () => {
      await applyAll(platform, [
        {
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: { name: 'elsewhere' },
          spec: { nodeName: 'another-node', containers: [{ name: 'app', image: 'nginx' }] },
        },
      ]);
      const list = JSON.parse(await raw('pods')) as { kind: string; items: Pod[] };
      assert.equal(list.kind, 'PodList');
      assert.ok(list.items.every(({ spec }) => spec?.nodeName === platform.sandbox.nodeName));
      assert.ok(list.items.some(({ metadata }) => metadata?.uid === pod.metadata?.uid));
      const running = JSON.parse(await raw('runningpods/')) as { items: Pod[] };
      const ours = running.items.find(({ metadata }) => metadata?.uid === pod.metadata?.uid);
      assert.deepEqual(ours?.spec?.containers.map(({ name }) => name).toSorted(), ['app', 'side']);
    });

    it('tells what each container uses', async () => {
      const summary = JSON.parse(await raw('stats/summary')) as {
        node: { nodeName: string; cpu: { usageCoreNanoSeconds: number } };
        pods: { podRef: { uid: string }; containers: { name: string }[]; network?: { rxBytes: number } }[];
      };
      assert.equal(summary.node.nodeName, platform.sandbox.nodeName);
      assert.ok(summary.node.cpu.usageCoreNanoSeconds > 0);
      const ours = summary.pods.find(({ podRef }) => podRef.uid === pod.metadata?.uid);
      assert.deepEqual(ours?.containers.map(({ name }) => name).toSorted(), ['app', 'side']);
      assert.ok(ours?.network !== undefined);
      assert.doesNotMatch(await raw('stats/summary?only_cpu_and_memory=true'), /network/);
    });

    it('gives metrics-server what it needs, from the same figures', async () => {
      const text = await raw('metrics/resource');
      const { name } = pod.metadata ?? {};
      const of = (metric: string, container?: string): string =>
        `${metric}{${container === undefined ? '' : `container="${container}",`}namespace="${platform.sandbox.namespace}",pod="${name}"}`;
      for (const container of ['app', 'side']) {
        for (const metric of [
          'container_cpu_usage_seconds_total',
          'container_memory_working_set_bytes',
          'container_start_time_seconds',
        ]) {
          assert.ok(text.includes(of(metric, container)), `${metric} of ${container}`);
        }
      }
      assert.ok(text.includes(of('pod_cpu_usage_seconds_total')));
      assert.match(text, /^node_cpu_usage_seconds_total [\d.e+]+ \d{13}$/m);
      assert.match(text, /^scrape_error 0$/m);
      assert.equal((await platform.simulator.journal({ action: 'DescribeMultiContainerGroupMetric' })).length, 1);
    });

    it('has no page that only a machine has', async () => {
      await assert.rejects(raw('configz'), /could not find the requested resource|404|NotFound/);
      assert.match(await raw('healthz'), /^ok$/);
    });
  });

  describe('who may call', () => {
    const routes: KubeletCall[] = [
      { path: '/pods' },
      { path: '/runningpods/' },
      { path: '/healthz' },
      { path: '/stats/summary' },
      { path: '/metrics/resource' },
      { path: '/metrics' },
      { path: '/configz' },
      { path: '/nowhere' },
      { path: '/containerLogs/default/web/app' },
      { path: '/exec/default/web/app?command=id&output=1', webSocket: true },
      { path: '/exec/default/web/app?command=id&output=1', method: 'POST' },
      { path: '/attach/default/web/app?output=1', webSocket: true },
      { path: '/portForward/default/web', webSocket: true },
      { path: '/run/default/web/app?cmd=id', method: 'POST' },
    ];
    let powerless: string;
    let monitor: string;
    let proxyCreator: string;

    before(async () => {
      const { namespace, nodeName } = platform.sandbox;
      await applyAll(platform, [
        ...['powerless', 'monitor', 'operator'].map((name) => ({
          apiVersion: 'v1',
          kind: 'ServiceAccount',
          metadata: { name },
        })),
        ...(
          [
            ['monitor', ['get'], ['nodes/proxy', 'nodes/metrics', 'nodes/stats']],
            ['operator', ['create'], ['nodes/proxy']],
          ] as const
        ).flatMap(([name, verbs, resources]) => [
          {
            apiVersion: 'rbac.authorization.k8s.io/v1',
            kind: 'ClusterRole',
            metadata: { name: `${nodeName}-${name}` },
            rules: [{ apiGroups: [''], resources, verbs }],
          },
          {
            apiVersion: 'rbac.authorization.k8s.io/v1',
            kind: 'ClusterRoleBinding',
            metadata: { name: `${nodeName}-${name}` },
            roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: `${nodeName}-${name}` },
            subjects: [{ kind: 'ServiceAccount', name, namespace }],
          },
        ]),
      ]);
      powerless = await platform.plane.createServiceAccountToken(namespace, 'powerless');
      monitor = await platform.plane.createServiceAccountToken(namespace, 'monitor');
      proxyCreator = await platform.plane.createServiceAccountToken(namespace, 'operator');
    });

    after(async () => {
      for (const name of ['monitor', 'operator']) {
        const role = `${platform.sandbox.nodeName}-${name}`;
        await platform.plane.kubectl(['delete', `clusterrole/${role}`, `clusterrolebinding/${role}`]);
      }
    });

    for (const call of routes) {
      const what = `${call.webSocket === true ? 'WebSocket ' : ''}${call.method ?? 'GET'} ${call.path.split('?')[0]}`;
      it(`${what} is closed to strangers, and to accounts without rights`, async () => {
        assert.equal((await callKubelet(port, call)).status, 401);
        assert.equal((await callKubelet(port, { ...call, token: 'nobody-knows-me' })).status, 401);
        const answer = await callKubelet(port, { ...call, token: powerless });
        assert.equal(answer.status, 403);
        assert.match(answer.text, /^Forbidden \(user=system:serviceaccount:.*:powerless, verb=/);
      });
    }

    it('whoever may read through the proxy can read logs, and run nothing', async () => {
      const path = `/containerLogs/${platform.sandbox.namespace}/web/app?tailLines=1`;
      assert.equal((await callKubelet(port, { path, token: monitor })).status, 200);
      assert.equal((await callKubelet(port, { path: '/metrics/resource', token: monitor })).status, 200);
      assert.equal((await callKubelet(port, { path: '/pods', token: monitor })).status, 200);
      for (const call of routes.filter(({ path }) => /^\/(exec|attach|portForward|run)\//.test(path))) {
        assert.equal((await callKubelet(port, { ...call, token: monitor })).status, 403, call.path);
      }
    });

    it('whoever may create through the proxy comes as far as the Pod', async () => {
      const call = { path: '/exec/default/no-such-pod/app?command=id&output=1', token: proxyCreator };
      const answer = await callKubelet(port, { ...call, webSocket: true });
      assert.equal(answer.status, 404);
      assert.match(answer.text, /pod "no-such-pod" does not exist/);
    });

    it('believes certificates of the cluster’s authority and of no other', async () => {
      const certificate = await platform.plane.createClientCertificate('somebody', ['system:masters']);
      assert.equal((await callKubelet(port, { path: '/pods', certificate })).status, 200);
      const powerlessCertificate = await platform.plane.createClientCertificate('somebody', ['a-group']);
      assert.equal((await callKubelet(port, { path: '/pods', certificate: powerlessCertificate })).status, 403);
    });

    it('says what does not exist only to those who may ask', async () => {
      const certificate = await platform.plane.createClientCertificate('somebody', ['system:masters']);
      const ask = async (call: KubeletCall): Promise<number> =>
        (await callKubelet(port, { certificate, ...call })).status;
      assert.equal(await ask({ path: '/nowhere' }), 404);
      assert.equal(await ask({ path: '/configz' }), 404);
      assert.equal(await ask({ path: '/pods', method: 'DELETE' }), 405);
      assert.equal(await ask({ path: '/pods', webSocket: true }), 400);
      assert.equal(await ask({ path: '/containerLogs/default/no-such-pod/app' }), 404);
      const log = `/containerLogs/${platform.sandbox.namespace}/web`;
      assert.equal(await ask({ path: `${log}/no-such-container` }), 404);
      assert.equal(await ask({ path: `${log}/app?tailLines=-1` }), 422);
      assert.equal(await ask({ path: `${log}/app?tailLines=many` }), 400);
    });

    it('says that the cloud refuses, and why', async () => {
      const certificate = await platform.plane.createClientCertificate('somebody', ['system:masters']);
      const path = `/containerLogs/${platform.sandbox.namespace}/web/app`;
      await platform.simulator.addFault({
        action: 'DescribeContainerLog',
        kind: 'error',
        code: 'Forbidden.RAM',
        status: 403,
        count: 1,
      });
      const answer = await callKubelet(port, { path, certificate });
      assert.equal(answer.status, 502);
      assert.match(answer.text, /cannot read the log of "app": Forbidden\.RAM/);
    });
  });
});

async function gauge(platform: Platform): Promise<number> {
  const product = platform.products.at(-1);
  return (await product?.counter('eci_kubelet_log_followers')) ?? -1;
}

/** `kubectl logs --follow`, until it ends or is stopped. */
function follow(
  platform: Platform,
  pod: string,
  container: string,
  ...args: string[]
): { text(): string; stop(): void; ended: Promise<number | null> } {
  const kubectl = findControlPlane()?.kubectl ?? '';
  const { kubeconfigPath } = platform.plane;
  const child = spawn(kubectl, [
    ...['--kubeconfig', kubeconfigPath, '--namespace', platform.sandbox.namespace],
    ...['logs', '--follow', pod, '--container', container, ...args],
  ]);
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
  return { text: () => text, stop: () => void child.kill('SIGKILL'), ended };
}
