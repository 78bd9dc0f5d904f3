import { defineAction } from '../action.ts';
import type { EciAction } from '../action.ts';
import { authorize } from '../authorize.ts';
import { notFound } from '../not-found.ts';
import { deleteImageCache as members } from '../parameters/image-cache.ts';

/** DeleteImageCache: gone at once; groups that were created from it keep what they have. */
export const deleteImageCache: EciAction = defineAction(members, (call) => {
  const { service, request, params, owner } = call;
  authorize(call, { kind: 'imagecache', id: params.ImageCacheId });
  return service.idempotency.once(request, () => {
    const cache = service.caches.get(params.ImageCacheId, owner);
    if (cache === undefined) {
      throw notFound('ImageCacheId', params.ImageCacheId);
    }
    service.cacheLifecycle.cancel(cache);
    service.caches.delete(cache);
    return {};
  });
});
