import { defineAction } from '../action.ts';
import type { EciAction } from '../action.ts';
import { authorize } from '../authorize.ts';
import { describeCache } from '../cache/describe-cache.ts';
import { describeImageCaches as members } from '../parameters/image-cache.ts';
import { hasTags } from '../tag-filter.ts';

const DEFAULT_LIMIT = 20;

/** DescribeImageCaches: an unknown id gives an empty list. */
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
      hasTags(cache.tags, Tag),
  });
  return { ImageCaches: items.map(describeCache), TotalCount: totalCount, NextToken: nextToken ?? '' };
});
