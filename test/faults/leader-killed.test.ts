import assert from 'node:assert/strict';
import type { Lease, Node } from '../../src/kube/types.ts';
import { startCloudProxy } from '../support/cloud-proxy.ts';
import type { CloudProxy } from '../support/cloud-proxy.ts';
import { containerGroups } from '../support/cloud-resources.ts';
import { eventually } from '../support/eventually.ts';
import { createPlatform } from '../support/platform.ts';
import type { Platform } from '../support/platform.ts';
import type { ProductProcess } from '../support/product-process.ts';
import { createPod, readPod, untilPodIsGone, untilPodRuns } from '../support/sandbox-pods.ts';

/** The node lifecycle controller calls a node dead after this. */
const NODE_LEASE_MS = 40_000;
const leaderLease = '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/eci-kubelet';

describe('two replicas of which one leads', function () {
  this.timeout(120_000);
  let platform: Platform;
  let proxy: CloudProxy;
  let leader: ProductProcess;
  let standby: ProductProcess;

  const start = (): Promise<ProductProcess> => platform.start({ flags: [...proxy.flags, '--leader-elect'] });
  const leads = async (product: ProductProcess): Promise<boolean> =>
    (await product.counter('leader_election_leader')) === 1;
  const untilLeading = async (product: ProductProcess, timeoutMs: number): Promise<void> => {
    await eventually('it leads', () => leads(product), { timeoutMs });
  };
  const renewedAtMs = async (): Promise<number> => {
    const path = `/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${platform.sandbox.nodeName}`;
    return Date.parse((await platform.sandbox.client.get<Lease>(path)).spec?.renewTime ?? '');
  };
  const readNode = (): Promise<Node> => platform.sandbox.client.get<Node>(`/api/v1/nodes/${platform.sandbox.nodeName}`);

  before(async function () {
    platform = await createPlatform(this);
    proxy = await startCloudProxy(platform.simulator.url);
    leader = await start();
    // Whoever led in an earlier run may not have released the lease.
    await untilLeading(leader, 30_000);
    standby = await start();
  });

  after(async () => {
    if (platform === undefined) return;
    await platform.dispose();
    await platform.sandbox.client.delete(leaderLease).catch(() => {});
    await proxy.close();
  });

  it('are both ready, and only the leader asks the cloud and writes', async () => {
    const pod = await createPod(platform, 'first');
    await untilPodRuns(platform, pod);
    assert.deepEqual([await leads(leader), await leads(standby)], [true, false]);
    assert.equal(await standby.counter('eci_kubelet_cloud_calls_total'), 0);
    assert.equal(await standby.counter('kube_requests_total', { verb: 'patch' }), 0);
    assert.ok((await standby.counter('kube_reflector_objects', { resource: 'pods' })) >= 1, 'the cache is warm');
  });

  it('go on after the leader is killed: one group for every Pod, a node lease in time, and nothing evicted', async () => {
    const node = await readNode();
    const first = await readPod(platform, 'first');
    const hold = proxy.hold('CreateContainerGroup', 'answer');
    const inFlight = await createPod(platform, 'in-flight');
    await hold.reached;
    await leader.kill('SIGKILL');
    const killedAtMs = Date.now();
    const lastRenewalMs = await renewedAtMs();
    const late = await createPod(platform, 'late');
    await untilLeading(standby, NODE_LEASE_MS);
    const takeoverMs = Date.now() - killedAtMs;
    const renewal = await eventually('the node lease is renewed', async () => {
      const now = await renewedAtMs();
      return now > lastRenewalMs ? now : undefined;
    });
    assert.ok(renewal - lastRenewalMs < NODE_LEASE_MS, `${renewal - lastRenewalMs} ms between two renewals`);
    assert.ok(takeoverMs < 25_000, `taken over after ${takeoverMs} ms`);
    for (const pod of [inFlight, late]) {
      const running = await untilPodRuns(platform, pod);
      const groups = await containerGroups(platform.simulator, pod.metadata?.uid);
      assert.deepEqual(
        groups.map(({ id }) => id),
        [running.metadata?.annotations?.['k8s.aliyun.com/eci-instance-id']],
      );
    }
    const after = await readPod(platform, 'first');
    assert.equal(after?.metadata?.uid, first?.metadata?.uid);
    assert.equal(after?.status?.phase, 'Running');
    assert.deepEqual(after.status.podIP, first?.status?.podIP);
    assert.equal((await readNode()).metadata?.uid, node.metadata?.uid);
    assert.equal((await platform.simulator.journal({ action: 'DeleteContainerGroup' })).length, 0);
  });

  it('change places within seconds when the leader is asked to stop, which exits with 0', async () => {
    leader = standby;
    standby = await start();
    assert.equal(await leader.kill('SIGTERM'), 0);
    await untilLeading(standby, 8_000);
    const pod = await createPod(platform, 'after-the-change');
    await untilPodRuns(platform, pod);
  });

  it('end with a code of its own when the lease is lost, and a new one takes its turn', async () => {
    leader = standby;
    const lease = await platform.sandbox.client.get<Lease>(leaderLease);
    const spec = { ...lease.spec, holderIdentity: 'somebody-else', leaseDurationSeconds: 3 };
    await platform.sandbox.client.patch(leaderLease, { spec }, 'merge');
    await eventually('it has ended', () => Promise.resolve(leader.hasEnded()), { timeoutMs: 15_000 });
    assert.equal(await leader.kill('SIGTERM'), 3);
    assert.match(leader.output(), /\[LeadershipLost\]/);
    standby = await start();
    await untilLeading(standby, 20_000);
    const pod = await readPod(platform, 'after-the-change');
    assert.equal(pod?.status?.phase, 'Running');
    await platform.sandbox.client.delete(`/api/v1/namespaces/${platform.sandbox.namespace}/pods/after-the-change`);
    await untilPodIsGone(platform, pod);
  });
});
