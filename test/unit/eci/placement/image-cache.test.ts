import assert from 'node:assert/strict';
import type { ImageCache } from '../../../../src/alibaba/eci-answers.ts';
import { AlibabaCloudError } from '../../../../src/alibaba/errors.ts';
import type { PodIntent } from '../../../../src/annotations/types.ts';
import { chooseImageCache, normalised } from '../../../../src/eci/placement/choose-image-cache.ts';
import { createImageCacheLookup } from '../../../../src/eci/placement/image-cache-lookup.ts';
import { matchImageCache } from '../../../../src/eci/placement/match-image-cache.ts';
import { FakeClock } from '../../../support/fake-clock.ts';

const NGINX = 'docker.io/library/nginx:latest';
const APP = 'images.example.com/team/app:v1';

function cache(imageCacheId: string, more: Partial<ImageCache> = {}): ImageCache {
  return { imageCacheId, status: 'Ready', images: [NGINX, APP], tags: [], events: [], ...more };
}

function intent(local: Partial<PodIntent['local']>): PodIntent {
  return {
    acrEntries: [],
    request: { autoMatchImageCache: true },
    local: {
      failStrategy: 'fail-back',
      spotFallback: false,
      evictionEnable: false,
      waitClusterIpReady: false,
      imageCachePerfectMatch: false,
      ...local,
    },
    warnings: [],
  };
}

describe('chooseImageCache', () => {
  const both = { images: ['nginx', APP], least: 2 };
  const cases: Record<string, { caches: ImageCache[]; demand?: typeof both; gives: string | undefined }> = {
    'finds none among none': { caches: [], gives: undefined },
    'wants every image for a perfect match': { caches: [cache('imc-a', { images: [NGINX] })], gives: undefined },
    'takes what holds more than is asked': {
      caches: [cache('imc-a', { images: [NGINX, APP, 'busybox'] })],
      gives: 'imc-a',
    },
    'reads image names as registries do': {
      caches: [cache('imc-a', { images: ['nginx', APP] })],
      gives: 'imc-a',
    },
    'uses none that is not Ready': {
      caches: [cache('imc-a', { status: 'Creating' }), cache('imc-b', { status: 'UpdateFailed' })],
      gives: undefined,
    },
    'prefers the cache that holds more of the images': {
      caches: [cache('imc-a', { images: [APP], imageCacheSize: 20 }), cache('imc-b', { imageCacheSize: 200 })],
      demand: { images: both.images, least: 1 },
      gives: 'imc-b',
    },
    'then the smaller one': {
      caches: [cache('imc-a', { imageCacheSize: 40 }), cache('imc-b', { imageCacheSize: 20 })],
      gives: 'imc-b',
    },
    'then the newer one': {
      caches: [
        cache('imc-a', { creationTime: '2026-01-01T00:00:00Z' }),
        cache('imc-b', { creationTime: '2026-02-01T00:00:00Z' }),
      ],
      gives: 'imc-b',
    },
  };
  for (const [title, { caches, demand = both, gives }] of Object.entries(cases)) {
    it(title, () => assert.equal(chooseImageCache(caches, demand)?.imageCacheId, gives));
  }

  it('lets a text that is no image reference match itself', () => {
    assert.equal(normalised('Not An Image'), 'Not An Image');
  });
});

describe('createImageCacheLookup', () => {
  it('asks once for the same images, whatever their order and spelling, and again after ten seconds', async () => {
    const clock = new FakeClock();
    const queries: unknown[] = [];
    const lookup = createImageCacheLookup({
      clock,
      eci: {
        describeImageCaches: (query) => {
          queries.push(query);
          return Promise.resolve({ items: [cache('imc-a')] });
        },
      },
    });
    await Promise.all([
      lookup.find({ images: ['nginx', APP], least: 2 }),
      lookup.find({ images: [APP, NGINX], least: 2 }),
    ]);
    assert.deepEqual(queries, [{ matchImage: [NGINX, APP], imageFullMatch: true, limit: 50 }]);
    await lookup.find({ images: ['nginx', APP], least: 1 });
    assert.deepEqual(queries[1], { matchImage: [NGINX, APP], imageMatchCountRequest: 1, limit: 50 });
    await clock.advance(10_001);
    await lookup.find({ images: ['nginx', APP], least: 2 });
    assert.equal(queries.length, 3);
  });

  it('reads every page, and remembers no failure', async () => {
    let calls = 0;
    const lookup = createImageCacheLookup({
      clock: new FakeClock(),
      eci: {
        describeImageCaches: (query) => {
          calls += 1;
          if (calls === 1) return Promise.reject(new Error('no answer'));
          return Promise.resolve(
            query.nextToken === undefined ? { items: [], nextToken: 'more' } : { items: [cache('imc-b')] },
          );
        },
      },
    });
    const demand = { images: ['nginx'], least: 1 };
    await assert.rejects(lookup.find(demand), /no answer/);
    assert.deepEqual(
      (await lookup.find(demand)).map(({ imageCacheId }) => imageCacheId),
      ['imc-b'],
    );
  });
});

describe('matchImageCache', () => {
  const images = [NGINX, APP, NGINX];
  const finding = (...caches: ImageCache[]) => ({ find: () => Promise.resolve(caches) });

  it('looks nothing up unless asked to', async () => {
    const asked = intent({});
    const find = () => Promise.reject(new Error('not to be called'));
    assert.deepEqual(await matchImageCache(asked, images, { find }), { intent: asked, notes: [] });
  });

  it('names the cache that matches, and says which', async () => {
    const found = cache('imc-a', { imageCacheName: 'web' });
    const { intent: matched, notes } = await matchImageCache(
      intent({ imageCachePerfectMatch: true }),
      images,
      finding(found),
    );
    assert.equal(matched.request.imageSnapshotId, 'imc-a');
    assert.deepEqual(notes, [
      {
        type: 'Normal',
        reason: 'ImageCacheMatched',
        message: 'image cache imc-a (web) holds all 2 images (imc-perfect-match)',
      },
    ]);
  });

  it('creates without a cache, and without the service matching by itself, when none holds enough', async () => {
    const partly = cache('imc-a', { images: [NGINX] });
    const { intent: matched, notes } = await matchImageCache(
      intent({ imageCachePerfectMatch: true }),
      images,
      finding(partly),
    );
    assert.equal(matched.request.imageSnapshotId, undefined);
    assert.equal(matched.request.autoMatchImageCache, false);
    assert.deepEqual([notes[0]?.type, notes[0]?.reason], ['Normal', 'ImageCacheNotMatched']);
    assert.match(notes[0]?.message ?? '', /all 2 images/);
  });

  it('is content with as many images as imc-match-count-request says', async () => {
    const partly = cache('imc-a', { images: [NGINX] });
    const { intent: matched, notes } = await matchImageCache(
      intent({ imageCacheMatchCount: 1 }),
      images,
      finding(partly),
    );
    assert.equal(matched.request.imageSnapshotId, 'imc-a');
    assert.match(notes[0]?.message ?? '', /at least 1 images \(imc-match-count-request\)/);
  });

  it('holds no Pod up when caches cannot be looked up, and names the code', async () => {
    const refused = new AlibabaCloudError({ code: 'NoPermission', message: 'no', action: 'DescribeImageCaches' });
    const { intent: matched, notes } = await matchImageCache(intent({ imageCachePerfectMatch: true }), images, {
      find: () => Promise.reject(refused),
    });
    assert.equal(matched.request.autoMatchImageCache, false);
    assert.deepEqual([notes[0]?.type, notes[0]?.reason], ['Warning', 'ImageCacheLookupFailed']);
    assert.match(notes[0]?.message ?? '', /NoPermission/);
  });
});
