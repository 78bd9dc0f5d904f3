import assert from 'node:assert/strict';
import { containerGroups } from '../support/cloud-resources.ts';
import { startCloudProxy } from '../support/cloud-proxy.ts';
import type { CloudProxy } from '../support/cloud-proxy.ts';
import { createPlatform } from '../support/platform.ts';
import type { Platform } from '../support/platform.ts';
import { createPod, deletePod, readPod, untilPodIsGone, untilPodRuns } from '../support/sandbox-pods.ts';

/** What StatefulSets do within milliseconds. */
describe('a Pod that is deleted and created again under the same name', function () {
  this.timeout(60_000);
  let platform: Platform;
  let proxy: CloudProxy;

  before(async function () {
    platform = await createPlatform(this);
    proxy = await startCloudProxy(platform.simulator.url);
    await platform.start({ flags: proxy.flags });
  });

  after(async () => {
    if (platform === undefined) return;
    await platform.dispose();
    await proxy.close();
  });

  it('gets a container group of its own, and that of the first one is deleted', async () => {
    const first = await createPod(platform, 'web-0');
    const firstId = (await untilPodRuns(platform, first)).metadata?.annotations?.['k8s.aliyun.com/eci-instance-id'];
    await deletePod(platform, 'web-0', 0);
    const second = await createPod(platform, 'web-0');
    assert.notEqual(second.metadata?.uid, first.metadata?.uid);
    const running = await untilPodRuns(platform, second);
    await untilPodIsGone(platform, first);

    const groups = await containerGroups(platform.simulator);
    assert.deepEqual(
      groups.map(({ id, tags }) => [id, tags['eci-kubelet-uid']]),
      [[running.metadata?.annotations?.['k8s.aliyun.com/eci-instance-id'], second.metadata?.uid]],
    );
    assert.notEqual(groups[0]?.id, firstId);
    assert.equal((await readPod(platform, 'web-0'))?.metadata?.uid, second.metadata?.uid);
  });

  it('also when the first one was still being created', async () => {
    const hold = proxy.hold('CreateContainerGroup', 'answer');
    const first = await createPod(platform, 'web-1');
    await hold.reached;
    await deletePod(platform, 'web-1', 0);
    const second = await createPod(platform, 'web-1');
    const running = await untilPodRuns(platform, second);
    await hold.release();
    await untilPodIsGone(platform, first);
    assert.deepEqual(
      (await containerGroups(platform.simulator, second.metadata?.uid)).map(({ id }) => id),
      [running.metadata?.annotations?.['k8s.aliyun.com/eci-instance-id']],
    );
    assert.equal((await readPod(platform, 'web-1'))?.status?.phase, 'Running');
  });
});
