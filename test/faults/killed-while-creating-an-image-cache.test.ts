import assert from 'node:assert/strict';
import { startCloudProxy } from '../support/cloud-proxy.ts';
import type { CloudProxy, HoldPoint } from '../support/cloud-proxy.ts';
import { imageCaches } from '../support/cloud-resources.ts';
import { createPlatform } from '../support/platform.ts';
import type { Platform } from '../support/platform.ts';
import { createImageCache, removeImageCaches, untilImageCacheIsReady } from '../support/sandbox-image-caches.ts';
import type { ImageCacheObject } from '../../src/imagecache/types.ts';

/** Caches cost money for as long as they exist, and nothing but their tags leads back to the object. */
describe('a process killed while it creates image caches', function () {
  this.timeout(60_000);
  let platform: Platform;
  let proxy: CloudProxy;

  before(async function () {
    platform = await createPlatform(this);
    proxy = await startCloudProxy(platform.simulator.url);
  });

  after(async () => {
    if (platform === undefined) return;
    await removeImageCaches(platform);
    await platform.dispose();
    await proxy.close();
  });

  const holdFor = (name: string, point: HoldPoint): ReturnType<CloudProxy['hold']> =>
    proxy.hold(
      'CreateImageCache',
      point,
      ({ parameters }) => parameters.get('ImageCacheName')?.endsWith(name) === true,
    );

  async function assertOneCache(object: ImageCacheObject): Promise<void> {
    const ready = await untilImageCacheIsReady(platform, object);
    const caches = await imageCaches(platform.simulator, object.metadata?.uid);
    assert.deepEqual(
      caches.map(({ id }) => id),
      [ready.status?.imageCacheId],
    );
    assert.equal((await platform.simulator.journal({ action: 'DeleteImageCache' })).length, 0);
    const failures = (await platform.events('ImageCache', object.metadata?.name ?? '')).filter((event) =>
      /^(Failed|CreateImageCacheFailed):/.test(event),
    );
    assert.deepEqual(failures, []);
  }

  it('leaves one cache each, whether the request was lost, the answer was lost, or the request arrives late', async () => {
    const victim = await platform.start({ flags: proxy.flags });
    const holds = {
      lost: holdFor('lost', 'request'),
      answer: holdFor('answer', 'answer'),
      late: holdFor('late', 'request'),
    };
    const objects = {
      lost: await createImageCache(platform, 'lost'),
      answer: await createImageCache(platform, 'answer'),
      late: await createImageCache(platform, 'late'),
    };
    const [, , early] = await Promise.all([holds.lost.reached, holds.answer.reached, holds.late.reached]);
    await victim.kill('SIGKILL');

    const successor = holdFor('late', 'request');
    await platform.start({ flags: proxy.flags });
    const second = await successor.reached;
    assert.equal(second.parameters.get('ClientToken'), early.parameters.get('ClientToken'));
    assert.notDeepEqual(second.parameters, early.parameters, 'the successor asks with another password');
    await holds.late.release();
    await successor.release();
    for (const object of Object.values(objects)) await assertOneCache(object);
    const calls = proxy.calls('CreateImageCache').map(({ parameters }) => parameters.get('ImageCacheName') ?? '');
    const count = (name: string): number => calls.filter((call) => call.endsWith(name)).length;
    assert.deepEqual([count('lost'), count('answer'), count('late')], [2, 1, 2]);
  });
});
