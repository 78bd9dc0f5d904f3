import assert from 'node:assert/strict';
import { decideImageCache } from '../../../src/imagecache/decide.ts';
import type { ImageCacheDecision, ImageCacheObservation } from '../../../src/imagecache/decide.ts';
import { ownershipTags } from '../../../src/imagecache/tags.ts';
import { IMAGE_CACHE_FINALIZER } from '../../../src/imagecache/types.ts';
import type { ImageCache } from '../../../src/alibaba/eci-answers.ts';

const cache: ImageCache = {
  imageCacheId: 'imc-1',
  images: [],
  events: [],
  tags: ownershipTags({ clusterId: 'c', uid: 'u1', name: 'web', generation: 1 }),
};
const finalizers = [IMAGE_CACHE_FINALIZER];
const withId = { phase: 'Ready', progress: '100%', imageCacheId: 'imc-1' };

function observe(given: Partial<ImageCacheObservation>): ImageCacheDecision {
  return decideImageCache({
    object: { metadata: { uid: 'u1', generation: 1, finalizers } },
    cache: undefined,
    listed: true,
    absences: 0,
    holdUntilMs: undefined,
    deleteAccepted: false,
    nowMs: 1000,
    ...given,
  });
}

describe('the ImageCache decision table', () => {
  const deletionTimestamp = '2026-01-01T00:00:00Z';
  const cases: Record<string, { given: Partial<ImageCacheObservation>; expected: ImageCacheDecision }> = {
    'takes hold of a new object before it creates anything': {
      given: { object: { metadata: { uid: 'u1' } } },
      expected: { do: 'add-finalizer' },
    },
    'creates once it holds the object': { given: {}, expected: { do: 'create' } },
    'creates nothing before the first complete listing': { given: { listed: false }, expected: { do: 'nothing' } },
    'waits while held': { given: { holdUntilMs: 5000 }, expected: { do: 'nothing', againInMs: 4000 } },
    'adopts a cache that carries its UID': { given: { cache }, expected: { do: 'mirror', specChanged: false } },
    'notices a spec that was changed after creation': {
      given: { cache, object: { metadata: { uid: 'u1', generation: 2, finalizers }, status: withId } },
      expected: { do: 'mirror', specChanged: true },
    },
    'does not believe a single listing without the cache': {
      given: { absences: 1, object: { metadata: { uid: 'u1', finalizers }, status: withId } },
      expected: { do: 'nothing' },
    },
    'marks a cache as expired after several listings without it': {
      given: { absences: 3, object: { metadata: { uid: 'u1', finalizers }, status: withId } },
      expected: { do: 'mark-expired' },
    },
    'creates nothing in place of an expired cache': {
      given: { absences: 9, object: { metadata: { uid: 'u1', finalizers }, status: { ...withId, reason: 'Expired' } } },
      expected: { do: 'nothing' },
    },
    'deletes the cache with its object': {
      given: { cache, object: { metadata: { uid: 'u1', deletionTimestamp, finalizers }, status: withId } },
      expected: { do: 'delete' },
    },
    'lets the object go when the deletion was accepted': {
      given: {
        deleteAccepted: true,
        object: { metadata: { uid: 'u1', deletionTimestamp, finalizers }, status: withId },
      },
      expected: { do: 'remove-finalizer' },
    },
    'lets an object go that never had a cache': {
      given: { object: { metadata: { uid: 'u1', deletionTimestamp, finalizers } } },
      expected: { do: 'remove-finalizer' },
    },
    'leaves an object alone that it does not hold': {
      given: { object: { metadata: { uid: 'u1', deletionTimestamp, finalizers: ['other'] } } },
      expected: { do: 'nothing' },
    },
  };
  for (const [sentence, { given, expected }] of Object.entries(cases)) {
    it(sentence, () => assert.deepEqual(observe(given), expected));
  }
});
