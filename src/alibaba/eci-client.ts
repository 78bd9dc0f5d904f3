import type { ContainerGroup, ContainerGroupStatus, ImageCache, Page } from './eci-answers.ts';
import type { CreateContainerGroupRequest, CreateImageCacheRequest, Tag } from './eci-requests.ts';

/** The ECI client: one method per action, each a single call (paging is the caller's), all through the one call wrapper. */
export interface EciClient {
  createContainerGroup(request: CreateContainerGroupRequest): Promise<{ containerGroupId: string; requestId: string }>;
  /** Not found is success. */
  deleteContainerGroup(request: { containerGroupId: string; force?: boolean; clientToken?: string }): Promise<void>;
  /** At most 20 ids, page size at most 20. */
  describeContainerGroups(query: {
    containerGroupIds?: string[];
    tag?: Tag[];
    limit?: number;
    nextToken?: string;
  }): Promise<Page<ContainerGroup>>;
  /** At most 20 ids; `sinceSecond` 60 to 3600; `limit` at most 200. */
  describeContainerGroupStatus(query: {
    containerGroupIds?: string[];
    tag?: Tag[];
    sinceSecond?: number;
    limit?: number;
    nextToken?: string;
  }): Promise<Page<ContainerGroupStatus>>;
  createImageCache(
    request: CreateImageCacheRequest,
  ): Promise<{ imageCacheId: string; containerGroupId?: string; requestId: string }>;
  /** Not found is success. */
  deleteImageCache(request: { imageCacheId: string; clientToken?: string }): Promise<void>;
  describeImageCaches(query: {
    imageCacheId?: string;
    tag?: Tag[];
    limit?: number;
    nextToken?: string;
  }): Promise<Page<ImageCache>>;
}
