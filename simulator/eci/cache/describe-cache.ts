import { toRfc3339 } from '../../../src/clock.ts';
import { describeEvent } from '../group/describe-group.ts';
import type { ImageCache } from './image-cache.ts';

/** Renders a row of DescribeImageCaches. Source: ECI API reference, DescribeImageCaches. */
export function describeCache(cache: ImageCache): Record<string, unknown> {
  return {
    ImageCacheId: cache.id,
    ImageCacheName: cache.name,
    Status: cache.status,
    Progress: `${cache.progress}%`,
    Images: cache.images,
    ImageCacheSize: cache.size,
    ContainerGroupId: cache.containerGroupId,
    SnapshotId: cache.snapshotId,
    FlashSnapshotId: cache.flash ? cache.snapshotId : '',
    CreationTime: toRfc3339(cache.createdAtMs),
    ...(cache.expiresAtMs === undefined ? {} : { ExpireDateTime: toRfc3339(cache.expiresAtMs) }),
    ...(cache.lastMatchedAtMs === undefined ? {} : { LastMatchedTime: toRfc3339(cache.lastMatchedAtMs) }),
    EliminationStrategy: cache.eliminationStrategy,
    RegionId: cache.regionId,
    ...(cache.resourceGroupId === undefined ? {} : { ResourceGroupId: cache.resourceGroupId }),
    Tags: [...cache.tags].map(([Key, Value]) => ({ Key, Value })),
    Events: cache.events.map(describeEvent),
  };
}
