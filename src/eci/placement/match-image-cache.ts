import { cloudErrorOf } from '../../alibaba/error-classes.ts';
import type { PodIntent } from '../../annotations/types.ts';
import type { Note } from '../../credentials/types.ts';
import { chooseImageCache } from './choose-image-cache.ts';
import type { ImageCacheLookup } from './image-cache-lookup.ts';

/**
 * Honours `imc-perfect-match` and `imc-match-count-request`, for which the create action has no parameters: looks the caches up and
 * names the best. Where none holds enough, the Pod is created without one, and ECI is not asked to match by itself: it would use
 * what the Pod does not want. An image cache only saves time, so a look-up that fails holds no Pod up either.
 *
 * @param images of all containers; duplicates count once.
 */
export async function matchImageCache(
  intent: PodIntent,
  images: readonly string[],
  lookup: ImageCacheLookup,
): Promise<{ intent: PodIntent; notes: Note[] }> {
  const { imageCachePerfectMatch: perfect, imageCacheMatchCount: count } = intent.local;
  if (!perfect && count === undefined) return { intent, notes: [] };
  const distinct = [...new Set(images)];
  const least = perfect || count === undefined ? distinct.length : count;
  const wanted = perfect ? `all ${distinct.length}` : `at least ${least}`;
  const asked = perfect ? 'imc-perfect-match' : 'imc-match-count-request';
  const demand = { images: distinct, least };
  try {
    const cache = chooseImageCache(await lookup.find(demand), demand);
    if (cache === undefined) {
      const message = `no image cache that is Ready holds ${wanted} images (${asked}); the Pod is created without one and pulls its images`;
      return without(intent, { type: 'Normal', reason: 'ImageCacheNotMatched', message });
    }
    const { imageCacheId, imageCacheName } = cache;
    const name = imageCacheName === undefined ? imageCacheId : `${imageCacheId} (${imageCacheName})`;
    return {
      intent: { ...intent, request: { ...intent.request, imageSnapshotId: imageCacheId } },
      notes: [
        {
          type: 'Normal',
          reason: 'ImageCacheMatched',
          message: `image cache ${name} holds ${wanted} images (${asked})`,
        },
      ],
    };
  } catch (error) {
    const code = cloudErrorOf(error)?.code ?? 'Internal';
    const message = `image caches could not be looked up (${code}), as ${asked} asks; the Pod is created without one and pulls its images`;
    return without(intent, { type: 'Warning', reason: 'ImageCacheLookupFailed', message });
  }
}

function without(intent: PodIntent, note: Note): { intent: PodIntent; notes: Note[] } {
  return { intent: { ...intent, request: { ...intent.request, autoMatchImageCache: false } }, notes: [note] };
}
