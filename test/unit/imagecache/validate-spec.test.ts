import assert from 'node:assert/strict';
import { validateSpec } from '../../../src/imagecache/validate-spec.ts';
import { imageCacheName } from '../../../src/imagecache/image-cache-name.ts';
import type { ImageCacheSpec } from '../../../src/imagecache/types.ts';

describe('the validation of an ImageCache spec', () => {
  it('drops duplicate images and keeps the order', () => {
    const valid = validateSpec({
      images: ['b', 'a', 'b'],
      imagePullSecrets: ['default:s1'],
      imageCacheSize: 25,
      retentionDays: 7,
    });
    assert.deepEqual(valid, {
      ok: true,
      spec: {
        images: ['b', 'a'],
        imagePullSecrets: ['default:s1'],
        imageCacheSize: 25,
        retentionDays: 7,
      },
    });
  });

  const bad: Record<string, { spec: ImageCacheSpec | undefined; keys: string[] }> = {
    'no spec': { spec: undefined, keys: ['spec.images'] },
    'an empty list': { spec: { images: [] }, keys: ['spec.images'] },
    'too many images': { spec: { images: Array.from({ length: 21 }, (_, i) => `i${i}`) }, keys: ['spec.images'] },
    'a size below the minimum': { spec: { images: ['a'], imageCacheSize: 19 }, keys: ['spec.imageCacheSize'] },
    'a size above the maximum': { spec: { images: ['a'], imageCacheSize: 32_769 }, keys: ['spec.imageCacheSize'] },
    'no days': { spec: { images: ['a'], retentionDays: 0 }, keys: ['spec.retentionDays'] },
    'several problems at once': {
      spec: { images: [''], imageCacheSize: 1, retentionDays: 1.5 },
      keys: ['spec.images[0]', 'spec.imageCacheSize', 'spec.retentionDays'],
    },
  };
  for (const [sentence, { spec, keys }] of Object.entries(bad)) {
    it(`refuses ${sentence}`, () => {
      const result = validateSpec(spec);
      assert.deepEqual(result.ok ? [] : result.problems.map((problem) => problem.key), keys);
    });
  }
});

describe('the name of an image cache', () => {
  it('is the name of the object when the service takes it', () => {
    assert.equal(imageCacheName('imagecache-sample-test'), 'imagecache-sample-test');
  });
  it('is made to fit and stays distinct when it does not', () => {
    const [dotted, dashed] = [imageCacheName('a.b'), imageCacheName('a-b')];
    assert.match(dotted, /^a-b-[0-9a-f]{8}$/);
    assert.notEqual(dotted, dashed);
    const long = imageCacheName('x'.repeat(253));
    assert.ok(long.length <= 128);
    assert.match(long, /^[a-z0-9][a-z0-9-]*[a-z0-9]$/);
  });
});
