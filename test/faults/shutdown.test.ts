import assert from 'node:assert/strict';
import type { Node } from '../../src/kube/types.ts';
import { startCloudProxy } from '../support/cloud-proxy.ts';
import type { CloudProxy } from '../support/cloud-proxy.ts';
import { containerGroups } from '../support/cloud-resources.ts';
import { createPlatform } from '../support/platform.ts';
import type { Platform } from '../support/platform.ts';
import type { ProductProcess } from '../support/product-process.ts';
import { createPod, readPod, untilPodRuns } from '../support/sandbox-pods.ts';
import { createImageCache, removeImageCaches, untilImageCacheIsReady } from '../support/sandbox-image-caches.ts';

const BUDGET_MS = 2000;
/** For ending a process on a busy machine, after its own budget. */
const MARGIN_MS = 2500;

describe('a process that is asked to stop while it creates', function () {
  this.timeout(60_000);
  let platform: Platform;
  let proxy: CloudProxy;
  let product: ProductProcess;
  let nodeUid: string | undefined;

  const start = (): Promise<ProductProcess> =>
    platform.start({ flags: [...proxy.flags, '--shutdown-budget', `${BUDGET_MS / 1000}s`] });
  const readNode = (): Promise<Node> => platform.sandbox.client.get<Node>(`/api/v1/nodes/${platform.sandbox.nodeName}`);

  before(async function () {
    platform = await createPlatform(this);
    proxy = await startCloudProxy(platform.simulator.url);
    product = await start();
    nodeUid = (await readNode()).metadata?.uid;
  });

  after(async () => {
    if (platform === undefined) return;
    await removeImageCaches(platform);
    await platform.dispose();
    await proxy.close();
  });

  it('waits for the answers, writes down what was made, takes up nothing new, and exits with 0', async () => {
    const podHold = proxy.hold('CreateContainerGroup', 'answer');
    const cacheHold = proxy.hold('CreateImageCache', 'answer');
    const pod = await createPod(platform, 'waited-for');
    const cache = await createImageCache(platform, 'waited-for');
    await Promise.all([podHold.reached, cacheHold.reached]);
    const ended = product.kill('SIGTERM');
    const late = await createPod(platform, 'late');
    await Promise.all([podHold.release(), cacheHold.release()]);
    assert.equal(await ended, 0);
    const written = await readPod(platform, 'waited-for');
    assert.ok(written?.metadata?.annotations?.['k8s.aliyun.com/eci-instance-id'] !== undefined);

    product = await start();
    await Promise.all([pod, late].map((each) => untilPodRuns(platform, each)));
    await untilImageCacheIsReady(platform, cache);
    assert.equal(proxy.calls('CreateContainerGroup').length, 2);
    assert.equal(proxy.calls('CreateImageCache').length, 1);
  });

  it('exits with 0 within its budget although an answer never comes, and the group is taken over by its successor', async () => {
    const hold = proxy.hold('CreateContainerGroup', 'answer');
    const pod = await createPod(platform, 'unanswered');
    await hold.reached;
    const startedAtMs = Date.now();
    assert.equal(await product.kill('SIGTERM'), 0);
    const tookMs = Date.now() - startedAtMs;
    assert.ok(tookMs < BUDGET_MS + MARGIN_MS, `it took ${tookMs} ms`);

    product = await start();
    await untilPodRuns(platform, pod);
    assert.equal((await containerGroups(platform.simulator, pod.metadata?.uid)).length, 1);
  });

  it('exits with 0 within its budget although nothing answers at all', async () => {
    await platform.simulator.addFault({ action: '*', kind: 'delay', delayMs: 60_000 });
    await createPod(platform, 'hopeless');
    const startedAtMs = Date.now();
    assert.equal(await product.kill('SIGTERM'), 0);
    const tookMs = Date.now() - startedAtMs;
    await platform.simulator.clearFaults();
    assert.ok(tookMs < BUDGET_MS + MARGIN_MS, `it took ${tookMs} ms`);
  });

  it('deletes no container group and leaves the Node as it is: a rolling update must be invisible', async () => {
    assert.equal((await readNode()).metadata?.uid, nodeUid);
    assert.equal(proxy.calls('DeleteContainerGroup').length, 0);
    for (const name of ['waited-for', 'late', 'unanswered']) {
      assert.equal((await readPod(platform, name))?.status?.phase, 'Running');
    }
  });
});
