import { SimError } from '../../types.ts';
import { defineAction } from '../action.ts';
import type { EciAction } from '../action.ts';
import { authorize } from '../authorize.ts';
import { notFound } from '../not-found.ts';
import { updateImageCache as members } from '../parameters/image-cache.ts';
import { toTagMap } from '../tag-filter.ts';

/** UpdateImageCache: only from Ready or UpdateFailed, and all images are pulled again. Source: ECI API reference, UpdateImageCache. */
export const updateImageCache: EciAction = defineAction(members, (call) => {
  const { service, request, params, owner } = call;
  authorize(call, { kind: 'imagecache', id: params.ImageCacheId });
  return service.idempotency.once(request, () => {
    const cache = service.caches.get(params.ImageCacheId, owner);
    if (cache === undefined) {
      throw notFound('ImageCacheId', params.ImageCacheId);
    }
    if (cache.status !== 'Ready' && cache.status !== 'UpdateFailed') {
      throw new SimError(400, 'ImageCache.IncorrectStatus', `The image cache ${cache.id} is ${cache.status}.`);
    }
    cache.name = params.ImageCacheName ?? cache.name;
    cache.images = params.Image ?? cache.images;
    cache.size = params.ImageCacheSize ?? cache.size;
    cache.retentionDays = params.RetentionDays ?? cache.retentionDays;
    cache.credentials = {
      logins: params.ImageRegistryCredential ?? cache.credentials.logins,
      entries: params.AcrRegistryInfo ?? cache.credentials.entries,
    };
    for (const [key, value] of toTagMap(params.Tag)) {
      cache.tags.set(key, value);
    }
    service.cacheLifecycle.update(cache);
    return {};
  });
});
