import assert from 'node:assert/strict';
import { startCloudProxy } from '../support/cloud-proxy.ts';
import type { CloudProxy, HoldPoint } from '../support/cloud-proxy.ts';
import { containerGroups } from '../support/cloud-resources.ts';
import { createPlatform } from '../support/platform.ts';
import type { Platform } from '../support/platform.ts';
import type { ProductProcess } from '../support/product-process.ts';
import { createPod, untilPodRuns } from '../support/sandbox-pods.ts';
import type { Pod } from '../../src/kube/types.ts';

/** SIGKILL at every moment between seeing a Pod and writing down what was made for it. */
describe('a process killed while it creates a container group', function () {
  this.timeout(60_000);
  let platform: Platform;
  let proxy: CloudProxy;
  let product: ProductProcess;

  const start = (): Promise<ProductProcess> => platform.start({ flags: proxy.flags });

  before(async function () {
    platform = await createPlatform(this);
    proxy = await startCloudProxy(platform.simulator.url);
    product = await start();
  });

  after(async () => {
    if (platform === undefined) return;
    await platform.dispose();
    await proxy.close();
  });

  async function assertOneGroup(pod: Pod): Promise<void> {
    const running = await untilPodRuns(platform, pod);
    const groups = await containerGroups(platform.simulator, pod.metadata?.uid);
    assert.deepEqual(
      groups.map(({ id }) => id),
      [running.metadata?.annotations?.['k8s.aliyun.com/eci-instance-id']],
    );
    const deletes = await platform.simulator.journal({ action: 'DeleteContainerGroup' });
    assert.equal(deletes.length, 0, 'no second group was made and cleaned up');
  }

  const moments: Readonly<Record<string, { name: string; action: string; point: HoldPoint; calls: number }>> = {
    'while the role chain runs': { name: 'chain', action: 'AssumeRole', point: 'request', calls: 1 },
    'with the request on its way, which gets lost': {
      name: 'lost',
      action: 'CreateContainerGroup',
      point: 'request',
      calls: 2,
    },
    'with the answer on its way': { name: 'answer', action: 'CreateContainerGroup', point: 'answer', calls: 1 },
  };

  for (const [moment, { name, action, point, calls }] of Object.entries(moments)) {
    it(`leaves one group when it dies ${moment}`, async () => {
      const before = proxy.calls('CreateContainerGroup').length;
      const hold = proxy.hold(action, point);
      const pod = await createPod(platform, name);
      await hold.reached;
      await product.kill('SIGKILL');
      product = await start();
      await assertOneGroup(pod);
      assert.equal(proxy.calls('CreateContainerGroup').length - before, calls);
    });
  }

  it('leaves one group when its request arrives just before that of its successor, which asks with another token file', async () => {
    const early = proxy.hold('CreateContainerGroup', 'request');
    const pod = await createPod(platform, 'overtaken');
    await early.reached;
    await product.kill('SIGKILL');
    const late = proxy.hold('CreateContainerGroup', 'request');
    product = await start();
    const [first, second] = [await early.reached, await late.reached];
    assert.equal(second.parameters.get('ClientToken'), first.parameters.get('ClientToken'));
    await early.release();
    await late.release();
    await assertOneGroup(pod);
  });

  it('leaves one group when its request arrives long after its successor has done the work', async () => {
    const early = proxy.hold('CreateContainerGroup', 'request');
    const pod = await createPod(platform, 'outlived');
    await early.reached;
    await product.kill('SIGKILL');
    product = await start();
    await assertOneGroup(pod);
    await early.release();
    await assertOneGroup(pod);
  });

  it('leaves one group when it dies as soon as the answer is there, twice in a row', async () => {
    for (const name of ['first', 'second']) {
      const hold = proxy.hold('CreateContainerGroup', 'answer');
      const pod = await createPod(platform, name);
      await hold.reached;
      await hold.release();
      await product.kill('SIGKILL');
      product = await start();
      await assertOneGroup(pod);
    }
  });
});
