import { defineAction } from '../action.ts';
import type { EciAction } from '../action.ts';
import { authorize } from '../authorize.ts';
import { regionId } from '../parameters/names.ts';

/** ListUsage: quotas and what is used of them. Source: ECI API reference, ListUsage. */
export const listUsage: EciAction = defineAction({ RegionId: regionId }, (call) => {
  const { service, owner } = call;
  authorize(call, { kind: 'containergroup' });
  return {
    Attributes: {
      UsedCpu: service.cpuUsage.of(owner),
      MaxCpu: service.quotas.maxCpu,
      UsedImageCacheCount: service.caches.owned(owner).length,
      MaxImageCacheCount: service.quotas.maxImageCacheCount,
      UsedAutoImageCacheCount: 0,
      MaxAutoImageCacheCount: 25,
      UsedDataCacheCount: 0,
      MaxDataCacheCount: 0,
    },
  };
});
