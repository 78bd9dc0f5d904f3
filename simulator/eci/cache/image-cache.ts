import type { PullCredentials } from '../pull/pull-credentials.ts';
import type { ServiceEvent } from '../service-event.ts';

/** Source: ECI API reference, DescribeImageCaches, Status. */
export type CacheStatus = 'Preparing' | 'Creating' | 'Ready' | 'Failed' | 'Updating' | 'UpdateFailed';

/** The service's record of an image cache. Mutable, like that of a group. */
export interface ImageCache {
  readonly id: string;
  readonly sequence: number;
  readonly accountId: string;
  readonly regionId: string;
  name: string;
  images: readonly string[];
  /** GiB. */
  size: number;
  readonly containerGroupId: string;
  readonly snapshotId: string;
  readonly flash: boolean;
  readonly eliminationStrategy: string;
  readonly resourceGroupId?: string;
  readonly tags: Map<string, string>;
  credentials: PullCredentials;
  status: CacheStatus;
  /** Percent of the images that have been pulled. */
  progress: number;
  readonly createdAtMs: number;
  /** Days after creation; absent for ever. */
  retentionDays?: number | undefined;
  expiresAtMs?: number;
  lastMatchedAtMs?: number;
  readonly events: ServiceEvent[];
  readonly warnings: Set<string>;
  /** How the images were pulled, by reference as given. */
  readonly credentialPaths: Map<string, string>;
  /** Raised by update and delete: pulls of an earlier generation do nothing. */
  generation: number;
}
