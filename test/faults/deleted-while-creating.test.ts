import assert from 'node:assert/strict';
import type { Pod } from '../../src/kube/types.ts';
import { startCloudProxy } from '../support/cloud-proxy.ts';
import type { CloudProxy, HoldPoint } from '../support/cloud-proxy.ts';
import { containerGroups, imageCaches } from '../support/cloud-resources.ts';
import { eventually } from '../support/eventually.ts';
import { createPlatform } from '../support/platform.ts';
import type { Platform } from '../support/platform.ts';
import {
  createImageCache,
  deleteImageCache,
  readImageCache,
  removeImageCaches,
} from '../support/sandbox-image-caches.ts';
import { createPod, deletePod, untilPodIsGone } from '../support/sandbox-pods.ts';

/** The user changes their mind while the call is on its way: what it makes must not be left behind. */
describe('an object that is deleted while its create is in flight', function () {
  this.timeout(60_000);
  let platform: Platform;
  let proxy: CloudProxy;
  /** Deletions of container groups so far. */
  let deleted = 0;

  before(async function () {
    platform = await createPlatform(this);
    proxy = await startCloudProxy(platform.simulator.url);
    await platform.start({ flags: proxy.flags });
  });

  afterEach(() => platform?.simulator.clearFaults());

  after(async () => {
    if (platform === undefined) return;
    await removeImageCaches(platform);
    await platform.dispose();
    await proxy.close();
  });

  const cases: Readonly<Record<string, { name: string; point: HoldPoint; grace: number }>> = {
    'gracefully, before the request arrives': { name: 'graceful-early', point: 'request', grace: 30 },
    'gracefully, with the answer on its way': { name: 'graceful-late', point: 'answer', grace: 30 },
    'by force, before the request arrives': { name: 'forced-early', point: 'request', grace: 0 },
    'by force, with the answer on its way': { name: 'forced-late', point: 'answer', grace: 0 },
  };
  for (const [how, { name, point, grace }] of Object.entries(cases)) {
    it(`takes its container group with it when it is a Pod, deleted ${how}`, async () => {
      const hold = proxy.hold('CreateContainerGroup', point);
      const pod = await createPod(platform, name);
      await hold.reached;
      await deletePod(platform, name, grace);
      await hold.release();
      await untilContainerGroupIsGone(pod);
      const created = proxy
        .calls('CreateContainerGroup')
        .filter(({ parameters }) => parameters.get('ClientToken')?.startsWith(pod.metadata?.uid ?? '?'));
      assert.equal(created.length, 1);
    });
  }

  it('takes its container group with it when the answer was lost as well', async () => {
    await platform.simulator.addFault({ action: 'CreateContainerGroup', kind: 'lost', count: 1 });
    const hold = proxy.hold('CreateContainerGroup', 'request');
    const pod = await createPod(platform, 'unanswered');
    await hold.reached;
    await deletePod(platform, 'unanswered', 30);
    // The proxy passes the cut on: the process never learns what came of it.
    await hold.release();
    await untilContainerGroupIsGone(pod);
  });

  it('goes at once when it is a Pod for which every call was refused', async () => {
    await platform.simulator.addFault({ action: 'CreateContainerGroup', kind: 'throttle' });
    const pod = await createPod(platform, 'refused');
    await eventually('its create has failed', async () =>
      (await platform.events('Pod', 'refused')).some((event) => event.startsWith('ProviderCreateFailed:')),
    );
    await deletePod(platform, 'refused', 30);
    await untilPodIsGone(platform, pod);
  });

  for (const point of ['request', 'answer'] as const) {
    it(`takes its cache with it when it is an ImageCache and the ${point} is on its way`, async () => {
      const hold = proxy.hold('CreateImageCache', point);
      const object = await createImageCache(platform, `in-flight-${point}`);
      await hold.reached;
      await deleteImageCache(platform, object);
      await hold.release();
      await eventually('the object is gone', async () => (await readImageCache(platform, object)) === undefined);
      assert.deepEqual(await imageCaches(platform.simulator, object.metadata?.uid), []);
      const created = proxy
        .calls('CreateImageCache')
        .filter(({ parameters }) => parameters.get('ClientToken')?.startsWith(object.metadata?.uid ?? '?'));
      assert.equal(created.length, 1);
    });
  }

  it('takes its cache with it when the answer was lost as well', async () => {
    await platform.simulator.addFault({ action: 'CreateImageCache', kind: 'lost', count: 1 });
    const hold = proxy.hold('CreateImageCache', 'request');
    const object = await createImageCache(platform, 'unanswered');
    await hold.reached;
    await deleteImageCache(platform, object);
    await hold.release();
    await eventually('the object is gone', async () => (await readImageCache(platform, object)) === undefined);
    assert.deepEqual(await imageCaches(platform.simulator, object.metadata?.uid), []);
  });

  it('leaves nothing behind at the cloud, all in all', async () => {
    assert.deepEqual(await containerGroups(platform.simulator), []);
    assert.deepEqual(await imageCaches(platform.simulator), []);
  });

  /** The Pod itself stays a while longer: that its group, which no listing has ever shown, is gone has to be proven. */
  async function untilContainerGroupIsGone(pod: Pod): Promise<void> {
    const { uid } = pod.metadata ?? {};
    await eventually('the container group was made and deleted', async () => {
      const deletes = await platform.simulator.journal({ action: 'DeleteContainerGroup' });
      return deletes.length > deleted && (await containerGroups(platform.simulator, uid)).length === 0;
    });
    deleted = (await platform.simulator.journal({ action: 'DeleteContainerGroup' })).length;
  }
});
