import { defineAction } from '../action.ts';
import type { EciAction } from '../action.ts';
import { authorize } from '../authorize.ts';
import { describeCache } from '../cache/describe-cache.ts';
import { matchesImages } from '../cache/match-cache.ts';
import { describeImageCaches as members } from '../parameters/image-cache.ts';
import { hasTags } from '../tag-filter.ts';

const DEFAULT_LIMIT = 20;

/**
 * DescribeImageCaches: an unknown id gives an empty list. Caches of every status are shown, in the order of their creation, also
 * when images are to be matched: which of them to use is up to the caller.
 */
export const describeImageCaches: EciAction = defineAction(members, (call) => {
  const { service, params, owner } = call;
  authorize(call, { kind: 'imagecache' });
  const { ImageCacheId, ImageCacheName, SnapshotId, Image, ResourceGroupId, Tag, Limit, NextToken } = params;
  const { items, nextToken, totalCount } = service.caches.page(owner, {
    limit: Limit ?? DEFAULT_LIMIT,
    nextToken: NextToken === '' ? undefined : NextToken,
    matches: (cache) =>
      (ImageCacheId === undefined || cache.id === ImageCacheId) &&
      (ImageCacheName === undefined || cache.name === ImageCacheName) &&
      (SnapshotId === undefined || cache.snapshotId === SnapshotId) &&
      (Image === undefined || cache.images.includes(Image)) &&
      (ResourceGroupId === undefined || cache.resourceGroupId === ResourceGroupId) &&
      matchesImages(cache, params) &&
      hasTags(cache.tags, Tag),
  });
  return { ImageCaches: items.map(describeCache), TotalCount: totalCount, NextToken: nextToken ?? '' };
});
