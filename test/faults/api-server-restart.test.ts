import assert from 'node:assert/strict';
import { startCloudProxy } from '../support/cloud-proxy.ts';
import type { CloudProxy } from '../support/cloud-proxy.ts';
import { containerGroups } from '../support/cloud-resources.ts';
import { controlPlaneOrSkip, startControlPlane } from '../support/control-plane.ts';
import type { ControlPlane } from '../support/control-plane.ts';
import { eventually } from '../support/eventually.ts';
import { createPlatform } from '../support/platform.ts';
import type { Platform } from '../support/platform.ts';
import type { ProductProcess } from '../support/product-process.ts';
import { createPod, readPod, untilPodIsGone, untilPodRuns, deletePod } from '../support/sandbox-pods.ts';

/** On a control plane of its own: this one is killed. */
describe('kube-apiserver, killed under a running process and started again,', function () {
  this.timeout(90_000);
  let plane: ControlPlane | undefined;
  let platform: Platform;
  let proxy: CloudProxy;
  let product: ProductProcess;

  before(async function () {
    await controlPlaneOrSkip(this);
    plane = await startControlPlane({ controllers: true });
    platform = await createPlatform(this, plane === undefined ? {} : { plane });
    proxy = await startCloudProxy(platform.simulator.url);
    product = await platform.start({ flags: proxy.flags });
  });

  after(async () => {
    await platform?.dispose();
    await proxy?.close();
    await plane?.stop();
  });

  it('gets what was made meanwhile written down, and costs nobody a container group', async () => {
    const old = await createPod(platform, 'old');
    await untilPodRuns(platform, old);
    const hold = proxy.hold('CreateContainerGroup', 'answer');
    const caught = await createPod(platform, 'caught');
    await hold.reached;
    await plane?.kill('kube-apiserver');
    await hold.release();
    await eventually(
      'the process knows a group that it cannot write down',
      async () => product.output().match(/"instance created"/g)?.length === 2,
    );
    await plane?.start('kube-apiserver');

    await untilPodRuns(platform, caught);
    assert.equal((await containerGroups(platform.simulator, caught.metadata?.uid)).length, 1);
    assert.equal((await readPod(platform, 'old'))?.status?.phase, 'Running');
    assert.equal(proxy.calls('CreateContainerGroup').length, 2);
    assert.equal(proxy.calls('DeleteContainerGroup').length, 0);
  });

  it('has Pods served that are made, and deleted, afterwards, with their events', async () => {
    const young = await createPod(platform, 'young');
    await untilPodRuns(platform, young);
    await eventually('the event of its creation is there', async () =>
      (await platform.events('Pod', 'young')).some((event) => event.startsWith('ProviderCreateSuccess:')),
    );
    const caught = await readPod(platform, 'caught');
    assert.ok(caught !== undefined);
    await deletePod(platform, 'caught');
    await untilPodIsGone(platform, caught);
    assert.equal((await containerGroups(platform.simulator)).length, 2);
    assert.ok(!product.hasEnded());
  });
});
