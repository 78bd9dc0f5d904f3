import { SimError } from '../../types.ts';
import { defineAction } from '../action.ts';
import type { Answer, Call, EciAction } from '../action.ts';
import { authorize } from '../authorize.ts';
import type { ImageCache } from '../cache/image-cache.ts';
import { createImageCache as members } from '../parameters/image-cache.ts';
import type { CreateImageCache } from '../parameters/image-cache.ts';
import { toTagMap } from '../tag-filter.ts';

/** GiB. Source: ECI API reference, ImageCacheSize. */
const DEFAULT_SIZE = 20;

/** CreateImageCache: checks and starts the making; images that cannot be pulled show up later as a failed cache. */
export const createImageCache: EciAction = defineAction(members, (call) => {
  authorize(call, { kind: 'imagecache' });
  return call.service.idempotency.once(call.request, () => create(call));
});

function create({ service, params, owner }: Call<CreateImageCache>): Answer {
  service.networks.candidates(owner.accountId, params);
  if (service.caches.owned(owner).length >= service.quotas.maxImageCacheCount) {
    throw new SimError(403, 'QuotaExceeded', 'The image cache quota of this region is exceeded.');
  }
  const cache: ImageCache = {
    id: service.identifiers.next('imc-'),
    sequence: service.nextSequence(),
    ...owner,
    name: params.ImageCacheName,
    images: params.Image,
    size: params.ImageCacheSize ?? DEFAULT_SIZE,
    containerGroupId: service.identifiers.next('eci-'),
    snapshotId: service.identifiers.next('s-'),
    flash: params.Flash ?? false,
    eliminationStrategy: params.EliminationStrategy ?? '',
    ...(params.ResourceGroupId === undefined ? {} : { resourceGroupId: params.ResourceGroupId }),
    tags: toTagMap(params.Tag),
    credentials: { logins: params.ImageRegistryCredential ?? [], entries: params.AcrRegistryInfo ?? [] },
    status: 'Preparing',
    progress: 0,
    createdAtMs: service.host.clock.nowMs(),
    ...(params.RetentionDays === undefined ? {} : { retentionDays: params.RetentionDays }),
    events: [],
    warnings: new Set(),
    credentialPaths: new Map(),
    generation: 0,
  };
  service.caches.add(cache);
  service.cacheLifecycle.begin(cache);
  return { ImageCacheId: cache.id, ContainerGroupId: cache.containerGroupId };
}
