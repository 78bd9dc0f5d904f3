import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { Lease, Node, Pod } from '../../src/kube/types.ts';
import { containerGroups } from '../support/cloud-resources.ts';
import { eventually } from '../support/eventually.ts';
import { aContainer } from '../support/pod-builder.ts';
import { createPlatform } from '../support/platform.ts';
import type { Platform } from '../support/platform.ts';
import type { ProductProcess } from '../support/product-process.ts';
import { runCommand } from '../support/run-command.ts';
import { createPod, crossAccountChain, crossAccountImage, untilPodRuns } from '../support/sandbox-pods.ts';

const leases = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases';
const taint = { key: 'example.com/eci', value: 'yes', effect: 'PreferNoSchedule' };
const taintText = `${taint.key}=${taint.value}:${taint.effect}`;

function conditionOf(node: Node, type: string) {
  return node.status?.conditions?.find((condition) => condition.type === type);
}

async function untilReady(platform: Platform, name: string): Promise<Node> {
  return await eventually(`node ${name} is ready`, async () => {
    const node = await platform.sandbox.client.get<Node>(`/api/v1/nodes/${name}`);
    return conditionOf(node, 'Ready')?.status === 'True' && conditionOf(node, 'ECIReachable')?.status === 'True'
      ? node
      : undefined;
  });
}

describe('a virtual node', function () {
  this.timeout(90_000);
  let platform: Platform;
  let product: ProductProcess;
  let name: string;
  let path: string;

  const read = (): Promise<Node> => platform.sandbox.client.get<Node>(path);
  const readLease = (): Promise<Lease> => platform.sandbox.client.get<Lease>(`${leases}/${name}`);
  const nodes = (entry: object): Record<string, string> => ({
    ECI_KUBELET_NODES: JSON.stringify([{ name, taints: [taintText], cpu: '100', pods: 20, ...entry }]),
  });

  before(async function () {
    platform = await createPlatform(this);
    name = platform.sandbox.nodeName;
    path = `/api/v1/nodes/${name}`;
    product = await platform.start({ env: nodes({ labels: { 'example.com/team': 'shop' } }) });
  });

  after(() => platform?.dispose());

  it('is Ready with label, taint, capacity, address and port, and claims no provider id', async () => {
    const node = await untilReady(platform, name);
    assert.equal(node.metadata?.labels?.['type'], 'virtual-kubelet');
    assert.equal(node.metadata.labels['example.com/team'], 'shop');
    assert.deepEqual(
      (node.spec?.taints ?? []).filter(({ key }) => !key.startsWith('node.kubernetes.io/')),
      [taint],
    );
    assert.equal(node.spec?.providerID, undefined);
    assert.equal(node.status?.capacity?.['cpu'], '100');
    assert.equal(node.status.allocatable?.['pods'], '20');
    assert.equal(node.status.addresses?.length, 1);
    assert.equal(node.status.addresses[0]?.type, 'InternalIP');
    assert.equal(typeof node.status.daemonEndpoints?.kubeletEndpoint?.Port, 'number');
    assert.match(node.status.nodeInfo?.kubeletVersion ?? '', /^v1\.\d+\.\d+-eci-/);
    const types = new Set((node.status.conditions ?? []).map(({ type }) => type));
    const own = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure', 'NetworkUnavailable', 'ECIReachable'];
    assert.deepEqual(
      own.filter((type) => !types.has(type)),
      [],
    );
  });

  it('gets back a label and a taint that somebody takes away, within moments', async () => {
    await platform.plane.kubectl(['label', 'node', name, 'type-', 'example.com/team-']);
    await platform.plane.kubectl(['taint', 'node', name, `${taint.key}-`]);
    await eventually(
      'both are back',
      async () => {
        const { metadata, spec } = await read();
        const labelled =
          metadata?.labels?.['type'] === 'virtual-kubelet' && metadata.labels['example.com/team'] === 'shop';
        return labelled && spec?.taints?.some(({ key }) => key === taint.key) === true;
      },
      { timeoutMs: 10_000 },
    );
  });

  it('keeps cordons, foreign labels, taints and conditions of others, and renews its lease without writing its status', async () => {
    await platform.plane.kubectl(['cordon', name]);
    await platform.plane.kubectl(['label', 'node', name, 'foreign=kept']);
    await platform.plane.kubectl(['taint', 'node', name, 'foreign=kept:PreferNoSchedule']);
    const condition = { type: 'KernelDeadlock', status: 'False', reason: 'KernelHasNoDeadlock', message: 'fine' };
    await platform.sandbox.client.patch(`${path}/status`, { status: { conditions: [condition] } }, 'strategic');
    // Whatever they set off is over.
    await delay(3000);
    const before = await read();
    const renewals = new Set<string>();
    const untilMs = Date.now() + 25_000;
    while (Date.now() < untilMs) {
      const { metadata, spec } = await readLease();
      assert.equal(spec?.holderIdentity, name);
      assert.equal(metadata?.ownerReferences?.[0]?.uid, before.metadata?.uid);
      assert.equal(metadata?.ownerReferences?.[0]?.name, name);
      renewals.add(spec.renewTime ?? '');
      await delay(500);
    }
    assert.ok(renewals.size === 3 || renewals.size === 4, `${renewals.size} renewals in 25 s`);
    const after = await read();
    const heartbeats = new Set([before, after].map((node) => conditionOf(node, 'Ready')?.lastHeartbeatTime));
    const versions = [before.metadata?.resourceVersion, after.metadata?.resourceVersion];
    // The one status write of the minute may have fallen into the time.
    assert.ok(heartbeats.size === 1 || Number(versions[1]) > Number(versions[0]));
    assert.equal(after.spec?.unschedulable, true);
    assert.equal(after.metadata?.labels?.['foreign'], 'kept');
    assert.ok(after.spec?.taints?.some(({ key }) => key === 'foreign'));
    assert.equal(conditionOf(after, 'KernelDeadlock')?.reason, 'KernelHasNoDeadlock');
  });

  it('leaves all of that as it is when another process takes over with another configuration, and drops what is no longer its own', async () => {
    assert.equal(await product.kill('SIGTERM'), 0);
    product = await platform.start({ env: nodes({ labels: {}, taints: [], cpu: '50' }) });
    const node = await eventually('the new configuration is there', async () => {
      const now = await read();
      return now.status?.capacity?.['cpu'] === '50' ? now : undefined;
    });
    assert.equal(node.spec?.unschedulable, true);
    assert.equal(node.metadata?.labels?.['example.com/team'], undefined);
    assert.equal(node.metadata?.labels?.['foreign'], 'kept');
    assert.deepEqual(
      (node.spec.taints ?? []).map(({ key }) => key).filter((key) => !key.startsWith('node.kubernetes.io/')),
      ['foreign'],
    );
    assert.equal(conditionOf(node, 'KernelDeadlock')?.status, 'False');
  });

  it('stays Ready while the cloud is away, and says so', async () => {
    await product.kill('SIGTERM');
    product = await platform.start({ env: nodes({}) });
    await untilReady(platform, name);
    await platform.simulator.addFault({
      action: 'DescribeContainerGroupStatus',
      kind: 'error',
      code: 'ServiceUnavailable',
    });
    const away = await eventually('it says so', async () => {
      const node = await read();
      return conditionOf(node, 'ECIReachable')?.status === 'False' ? node : undefined;
    });
    assert.equal(conditionOf(away, 'ECIReachable')?.reason, 'ECIUnreachable');
    assert.equal(conditionOf(away, 'Ready')?.status, 'True');
    await platform.simulator.clearFaults();
    await untilReady(platform, name);
  });

  it('is refused to be deregistered while it is served, and goes when it is not', async () => {
    const args = ['deregister', '--node-name', name, '--kubeconfig', platform.plane.kubeconfigPath];
    const refused = await runCommand(args);
    assert.deepEqual(
      [refused.code, refused.stderr],
      [1, `${name} is kept: eci-kubelet still serves it and would create it again; stop it first\n`],
    );
    await product.kill('SIGTERM');
    const forced = await runCommand([...args, '--force']);
    assert.deepEqual([forced.code, forced.stdout], [0, `${name} is deleted\n`]);
    const again = await runCommand(args);
    assert.deepEqual([again.code, again.stdout], [0, `${name}: there is no such node\n`]);
  });

  it('writes its status every ten seconds where it may not have a lease', async () => {
    await platform.plane.kubectl(['create', 'serviceaccount', 'no-leases', '--namespace', platform.sandbox.namespace]);
    const binding = `no-leases-${name}`;
    await platform.plane.kubectl([
      ...['create', 'clusterrolebinding', binding, '--clusterrole', 'eci-kubelet'],
      ...['--serviceaccount', `${platform.sandbox.namespace}:no-leases`],
    ]);
    try {
      const kubeconfig = await platform.plane.createServiceAccountKubeconfig(platform.sandbox.namespace, 'no-leases');
      product = await platform.start({ env: nodes({}), flags: ['--kubeconfig', kubeconfig] });
      const heartbeats = new Set<string>();
      await untilReady(platform, name);
      const untilMs = Date.now() + 32_000;
      while (Date.now() < untilMs) {
        heartbeats.add(conditionOf(await read(), 'Ready')?.lastHeartbeatTime ?? '');
        await delay(500);
      }
      assert.ok(heartbeats.size >= 3 && heartbeats.size <= 6, `${heartbeats.size} heartbeats in 32 s`);
      await assert.rejects(readLease(), { httpStatus: 404 });
    } finally {
      await platform.plane.kubectl(['delete', 'clusterrolebinding', binding]);
    }
  });
});

describe('several virtual nodes in one process', function () {
  this.timeout(60_000);
  let platform: Platform;
  const zones = [
    { zoneId: 'cn-hangzhou-k', vswitchIds: ['vsw-bp1xpiowfm5vo8o3c0001'] },
    { zoneId: 'cn-hangzhou-i', vswitchIds: ['vsw-bp1rzuzm6nu27mc0c0002'] },
  ];
  const nameOf = (zoneId: string): string => `${platform.sandbox.nodeName}-${zoneId.slice(-1)}`;

  before(async function () {
    platform = await createPlatform(this);
    const entries = zones.map((zone) => ({
      ...zone,
      name: nameOf(zone.zoneId),
      labels: { 'example.com/run': platform.sandbox.nodeName },
      taints: ['virtual-kubelet.io/provider=alibabacloud:NoSchedule'],
    }));
    await platform.start({ env: { ECI_KUBELET_NODES: JSON.stringify(entries) } });
  });

  after(async () => {
    if (platform === undefined) return;
    const names = zones.map(({ zoneId }) => nameOf(zoneId));
    await platform.dispose();
    await platform.plane.kubectl(['delete', 'node', ...names, '--ignore-not-found']);
  });

  it('get Pods by the zone that these ask for, and place them on the vSwitch of that zone', async function () {
    await Promise.all(zones.map(({ zoneId }) => untilReady(platform, nameOf(zoneId))));
    if (!platform.plane.hasControllers) this.skip();
    const { client, namespace, nodeName } = platform.sandbox;
    const pods = zones.flatMap((zone) => ['a', 'b'].map((suffix) => ({ zone, name: `web-${zone.zoneId}-${suffix}` })));
    for (const { zone, name } of pods) {
      const pod: Pod = {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name, namespace, annotations: { ...crossAccountChain } },
        spec: {
          nodeSelector: { 'topology.kubernetes.io/zone': zone.zoneId, 'example.com/run': nodeName },
          tolerations: [{ key: 'virtual-kubelet.io/provider', operator: 'Exists' }],
          containers: [aContainer({ image: crossAccountImage })],
          terminationGracePeriodSeconds: 2,
        },
      };
      const created = await eventually('it is accepted', () =>
        client.create<Pod>(`/api/v1/namespaces/${namespace}/pods`, pod),
      );
      const running = await untilPodRuns(platform, created);
      assert.equal(running.spec?.nodeName, nameOf(zone.zoneId));
      const [group, ...others] = await containerGroups(platform.simulator, running.metadata?.uid);
      assert.equal(group?.vSwitchId, zone.vswitchIds[0]);
      assert.equal(group?.tags['eci-kubelet-node'], nameOf(zone.zoneId));
      assert.deepEqual(others, []);
    }
  });

  it('ask the cloud as often as one node would', async () => {
    const polls = async (): Promise<number[]> =>
      (await platform.simulator.journal({ action: 'DescribeContainerGroupStatus' }))
        .filter((call) => call.parameters['SinceSecond'] !== undefined)
        .map((call) => Date.parse(call.time));
    const before = (await polls()).length;
    const after = await eventually('it has asked eight times more', async () => {
      const all = await polls();
      return all.length >= before + 8 ? all.slice(before) : undefined;
    });
    // One process waits a second between two questions, whether its Pods rest or not. Two would ask in between.
    const gaps = after.slice(1).map((atMs, index) => atMs - (after[index] ?? 0));
    assert.ok(Math.min(...gaps) >= 900, `gaps of ${gaps.join(', ')} ms`);
  });

  it('keep their Pods when one of the Node objects is deleted', async () => {
    const { client } = platform.sandbox;
    const [first = '', second = ''] = zones.map(({ zoneId }) => nameOf(zoneId));
    const before = await client.get<Node>(`/api/v1/nodes/${first}`);
    const other = await client.get<Node>(`/api/v1/nodes/${second}`);
    const groups = (await containerGroups(platform.simulator)).length;
    await client.delete(`/api/v1/nodes/${first}`);
    const after = await untilReady(platform, first);
    assert.notEqual(after.metadata?.uid, before.metadata?.uid);
    assert.equal((await client.get<Node>(`/api/v1/nodes/${second}`)).metadata?.uid, other.metadata?.uid);
    assert.equal((await containerGroups(platform.simulator)).length, groups);
  });
});

describe('the capacity of a virtual node', function () {
  this.timeout(60_000);
  let platform: Platform;

  before(async function () {
    platform = await createPlatform(this);
  });

  after(() => platform?.dispose());

  it('is no more than the vCPU quota when that is asked for, and has the further resources', async () => {
    await platform.simulator.control('/_sim/quotas', { maxCpu: 1000 });
    await platform.start({
      flags: ['--capacity-from-quota', '--node-cpu', '100000', '--node-extended-resources', 'example.com/dongle=3'],
    });
    const node = await eventually('the quota is known', async () => {
      const now = await platform.sandbox.client.get<Node>(`/api/v1/nodes/${platform.sandbox.nodeName}`);
      return /^(1000|1k)$/.test(now.status?.capacity?.['cpu'] ?? '') ? now : undefined;
    });
    assert.equal(node.status?.allocatable?.['cpu'], node.status?.capacity?.['cpu']);
    assert.equal(node.status?.capacity?.['example.com/dongle'], '3');
    const pod = await createPod(platform, 'on-it');
    await untilPodRuns(platform, pod);
  });
});
