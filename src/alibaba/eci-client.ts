import type { CallPriority } from './call-priority.ts';
import type {
  ContainerGroup,
  ContainerGroupEvents,
  ContainerGroupStatus,
  ContainerGroupUsage,
  ImageCache,
  Page,
} from './eci-answers.ts';
import type {
  CreateContainerGroupRequest,
  CreateImageCacheRequest,
  Tag,
  UpdateContainerGroupRequest,
} from './eci-requests.ts';
import type { Secret } from '../secret.ts';

/** The ECI client: one method per action, each a single call (paging is the caller's), all through the one call wrapper. */
export interface EciClient {
  createContainerGroup(request: CreateContainerGroupRequest): Promise<{ containerGroupId: string; requestId: string }>;
  /** Not found is success. */
  deleteContainerGroup(request: { containerGroupId: string; force?: boolean; clientToken?: string }): Promise<void>;
  /**
   * Changes a group that is Pending or Running, in any other state the service refuses with `IncorrectStatus`.
   * @returns `changed: false` when the service found nothing to change, which is success.
   */
  updateContainerGroup(request: UpdateContainerGroupRequest): Promise<{ changed: boolean; requestId?: string }>;
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
  /**
   * At most 20 ids and 200 groups. The service tells the latest 50 events of a group and takes a page token without ever giving
   * one: ask for few groups at a time.
   */
  describeContainerGroupEvents(query: {
    containerGroupIds?: string[];
    tag?: Tag[];
    sinceSecond?: number;
    limit?: number;
  }): Promise<ContainerGroupEvents[]>;
  /**
   * One read of a container's log, oldest line first.
   * @param query.tail 1 to 2000, 500 when absent. @param query.startTime RFC 3339 in UTC. @param query.lastTime the instance before.
   * @param options.waitSignal gives the call up as long as it was not sent.
   * @throws EciKubeletError `Cloud.NotSent` once `waitSignal` has fired.
   */
  describeContainerLog(
    query: {
      containerGroupId: string;
      containerName: string;
      tail?: number;
      sinceSeconds?: number;
      startTime?: string;
      lastTime?: boolean;
      timestamps?: boolean;
    },
    options?: { priority?: CallPriority; waitSignal?: AbortSignal },
  ): Promise<{ content: string }>;
  /**
   * Starts a command in a container. @param query.command at most 20 words of 256 characters.
   * @param options.waitSignal gives the call up as long as it was not sent.
   * @returns where its streams are: valid for about 30 seconds, for whoever has the address.
   * @throws EciKubeletError `Cloud.NotSent` once `waitSignal` has fired.
   */
  execContainerCommand(
    query: {
      containerGroupId: string;
      containerName: string;
      command: readonly string[];
      tty: boolean;
      stdin: boolean;
    },
    options?: { waitSignal?: AbortSignal },
  ): Promise<{ webSocketUri: Secret }>;
  /** At most 20 ids. Groups without figures are left out. */
  describeMultiContainerGroupMetric(query: { containerGroupIds: string[] }): Promise<ContainerGroupUsage[]>;
  /** What the account may use in the region. @returns vCPUs; a member is absent when the service does not tell it. */
  listUsage(): Promise<{ usedCpu?: number; maxCpu?: number }>;
  createImageCache(
    request: CreateImageCacheRequest,
  ): Promise<{ imageCacheId: string; containerGroupId?: string; requestId: string }>;
  /** Not found is success. */
  deleteImageCache(request: { imageCacheId: string; clientToken?: string }): Promise<void>;
  /** `limit` at most 50. The matching members ask for caches that hold all, or at least so many, of up to 100 images. */
  describeImageCaches(query: {
    imageCacheId?: string;
    matchImage?: string[];
    imageFullMatch?: boolean;
    imageMatchCountRequest?: number;
    tag?: Tag[];
    limit?: number;
    nextToken?: string;
  }): Promise<Page<ImageCache>>;
}
