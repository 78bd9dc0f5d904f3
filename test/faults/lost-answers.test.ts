import assert from 'node:assert/strict';
import { startCloudProxy } from '../support/cloud-proxy.ts';
import type { CloudProxy, ProxiedCall } from '../support/cloud-proxy.ts';
import { containerGroups, imageCaches } from '../support/cloud-resources.ts';
import { createPlatform } from '../support/platform.ts';
import type { Platform } from '../support/platform.ts';
import { createImageCache, removeImageCaches, untilImageCacheIsReady } from '../support/sandbox-image-caches.ts';
import { createPod, untilPodRuns } from '../support/sandbox-pods.ts';

/** A mutation without an answer may have taken effect: nothing but the same request under the same token is safe then. */
describe('a create without an answer', function () {
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
    await removeImageCaches(platform);
    await platform.dispose();
    await proxy.close();
  });

  afterEach(() => platform.simulator.clearFaults());

  /** What went out for one object, in order: everything that the cloud compares, secrets included. */
  const sent = (action: string, clientTokenOf: string | undefined): ProxiedCall[] =>
    proxy
      .calls(action)
      .filter(({ parameters }) => parameters.get('ClientToken')?.startsWith(clientTokenOf ?? '?') === true);

  it('is looked up by its tags, and the container group is taken over without a second call', async () => {
    await platform.simulator.addFault({ action: 'CreateContainerGroup', kind: 'lost', count: 1 });
    const pod = await createPod(platform, 'lost');
    const { uid } = pod.metadata ?? {};
    const running = await untilPodRuns(platform, pod);
    assert.deepEqual(
      (await containerGroups(platform.simulator, uid)).map(({ id }) => id),
      [running.metadata?.annotations?.['k8s.aliyun.com/eci-instance-id']],
    );
    assert.equal(sent('CreateContainerGroup', uid).length, 1);
    const events = await platform.events('Pod', 'lost');
    assert.ok(
      events.some((event) => event.startsWith('ProviderAdopted:')),
      events.join('\n'),
    );
  });

  it('is sent again byte for byte when no container group is found', async () => {
    const unknownOutcomes: readonly Readonly<Record<string, unknown>>[] = [
      { kind: 'reset' },
      { kind: 'error', status: 500, code: 'InternalError' },
      { kind: 'html' },
      { kind: 'garbage' },
    ];
    for (const fault of unknownOutcomes) {
      await platform.simulator.addFault({ action: 'CreateContainerGroup', count: 1, ...fault });
    }
    const pods = await Promise.all(unknownOutcomes.map(({ kind }) => createPod(platform, `after-${String(kind)}`)));
    await Promise.all(pods.map((pod) => untilPodRuns(platform, pod)));
    for (const pod of pods) {
      const { uid, name } = pod.metadata ?? {};
      assert.equal((await containerGroups(platform.simulator, uid)).length, 1, name);
      const [first, second, ...more] = sent('CreateContainerGroup', uid);
      assert.deepEqual(second?.parameters, first?.parameters, name);
      assert.deepEqual(more, [], name);
    }
  });

  it('of which the network delivers two copies makes one container group', async () => {
    await platform.simulator.addFault({ action: 'CreateContainerGroup', kind: 'duplicate', count: 1 });
    const pod = await createPod(platform, 'twice');
    await untilPodRuns(platform, pod);
    assert.equal((await containerGroups(platform.simulator, pod.metadata?.uid)).length, 1);
  });

  it('of an image cache is looked up by its tags, or sent again byte for byte', async () => {
    await platform.simulator.addFault({ action: 'CreateImageCache', kind: 'lost', count: 1 });
    const lost = await createImageCache(platform, 'lost');
    await untilImageCacheIsReady(platform, lost);
    assert.equal(sent('CreateImageCache', lost.metadata?.uid).length, 1);
    assert.equal((await imageCaches(platform.simulator, lost.metadata?.uid)).length, 1);

    await platform.simulator.addFault({ action: 'CreateImageCache', kind: 'html', count: 1 });
    const again = await createImageCache(platform, 'again');
    await untilImageCacheIsReady(platform, again);
    const [first, second, ...more] = sent('CreateImageCache', again.metadata?.uid);
    assert.deepEqual(second?.parameters, first?.parameters);
    assert.deepEqual(more, []);
    assert.equal((await imageCaches(platform.simulator, again.metadata?.uid)).length, 1);
  });
});
