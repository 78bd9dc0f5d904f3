import type { KubeObject } from '../kube/types.ts';

/** Where ImageCaches live. Source: ECI help centre, Kubernetes ImageCache API. */
export const IMAGE_CACHES_PATH = '/apis/eci.alibabacloud.com/v1/imagecaches';

/** Keeps the object until the cache is deleted at ECI. */
export const IMAGE_CACHE_FINALIZER = 'eci.alibabacloud.com/image-cache';

export interface ImageCacheSpec {
  images?: string[];
  /** Each `namespace:name`: the resource is cluster-scoped. */
  imagePullSecrets?: string[];
  /** GiB. */
  imageCacheSize?: number;
  /** Days; absent means for ever. */
  retentionDays?: number;
}

export interface ImageCacheEvent {
  name: string;
  message: string;
  type: string;
  timestamp: string | null;
  reason: string;
  count: number;
  firstTimestamp: string | null;
  lastTimestamp: string | null;
}

/** `phase` and `progress` are required wherever a status exists, so every write carries both. */
export interface ImageCacheStatus {
  phase: string;
  progress: string;
  imageCacheId?: string;
  reason?: string;
  startTime?: string | null;
  lastUpdatedTime?: string | null;
  expireDateTime?: string | null;
  events?: ImageCacheEvent[] | null;
}

export interface ImageCacheObject extends KubeObject {
  spec?: ImageCacheSpec;
  status?: ImageCacheStatus;
}
