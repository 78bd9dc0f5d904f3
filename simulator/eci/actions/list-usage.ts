import { defineAction } from '../action.ts';
import type { EciAction } from '../action.ts';
import { authorize } from '../authorize.ts';
import { regionId } from '../parameters/names.ts';
import { DEFAULT_MAX_CPU } from './create-container-group.ts';
import { DEFAULT_MAX_IMAGE_CACHES } from './create-image-cache.ts';

/** ListUsage: quotas and what is used of them. Source: ECI API reference, ListUsage. */
export const listUsage: EciAction = defineAction({ RegionId: regionId }, (call) => {
  const { service, owner } = call;
  authorize(call, { kind: 'containergroup' });
  return {
    Attributes: {
      UsedCpu: service.cpuUsage.of(owner),
      MaxCpu: service.settings.maxCpu ?? DEFAULT_MAX_CPU,
      UsedImageCacheCount: service.caches.owned(owner).length,
      MaxImageCacheCount: service.settings.maxImageCacheCount ?? DEFAULT_MAX_IMAGE_CACHES,
      UsedAutoImageCacheCount: 0,
      MaxAutoImageCacheCount: 25,
      UsedDataCacheCount: 0,
      MaxDataCacheCount: 0,
    },
  };
});
