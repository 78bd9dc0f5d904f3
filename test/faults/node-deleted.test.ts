import assert from 'node:assert/strict';
import type { Lease, Node } from '../../src/kube/types.ts';
import { containerGroups } from '../support/cloud-resources.ts';
import { eventually } from '../support/eventually.ts';
import { createPlatform } from '../support/platform.ts';
import type { Platform } from '../support/platform.ts';
import { createPod, readPod, untilPodRuns } from '../support/sandbox-pods.ts';

describe('the Node object', function () {
  this.timeout(60_000);
  let platform: Platform;

  before(async function () {
    platform = await createPlatform(this);
  });

  after(() => platform?.dispose());

  const nodePath = (): string => `/api/v1/nodes/${platform.sandbox.nodeName}`;

  it('is left alone when it is that of a real node: the process ends with 1 and one sentence', async () => {
    const { client, nodeName } = platform.sandbox;
    const real: Node = {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: nodeName, labels: { 'kubernetes.io/os': 'linux' } },
    };
    const before = await client.create<Node>('/api/v1/nodes', real);
    const refusal = await platform.start().then(String, String);
    assert.match(refusal, /ended at once with code 1:/);
    assert.ok(
      refusal.includes(
        `\neci-kubelet: node ${nodeName} exists and is not a virtual node: choose another --node-name [NodeNameTaken]\n`,
      ),
      refusal,
    );
    const after = await client.get<Node>(nodePath());
    assert.equal(after.metadata?.uid, before.metadata?.uid);
    assert.equal(after.metadata?.labels?.['type'], undefined);
    assert.equal(after.status?.capacity, undefined);
    await client.delete(nodePath());
  });

  it('comes back when somebody deletes it, with a lease that belongs to the new one, and its Pods run on', async () => {
    const { client, nodeName } = platform.sandbox;
    await platform.start();
    const pod = await createPod(platform, 'web');
    await untilPodRuns(platform, pod);
    const leasePath = `/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${nodeName}`;
    const first = await client.get<Node>(nodePath());
    await eventually('the lease is there', () => client.get<Lease>(leasePath));
    await client.delete(nodePath());

    const second = await eventually('there is another Node, and it is ready', async () => {
      const node = await client.get<Node>(nodePath());
      const ready = node.status?.conditions?.find(({ type }) => type === 'Ready');
      return node.metadata?.uid !== first.metadata?.uid && ready?.status === 'True' ? node : undefined;
    });
    await eventually('the lease belongs to it', async () => {
      const lease = await client.get<Lease>(leasePath);
      return lease.metadata?.ownerReferences?.[0]?.uid === second.metadata?.uid;
    });
    assert.equal((await readPod(platform, 'web'))?.status?.phase, 'Running');
    assert.equal((await containerGroups(platform.simulator)).length, 1);
  });
});
