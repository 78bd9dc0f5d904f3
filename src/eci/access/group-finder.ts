import { LRUCache } from 'lru-cache';
import type { EciClient } from '../../alibaba/eci-client.ts';
import type { Clock } from '../../clock.ts';
import { ownedUid } from '../identity/ownership-tags.ts';

/** Source: ECI API reference, DescribeContainerGroups: at most 20 ids. */
const BATCH = 20;
/** A group never changes hands; that it may be gone shows when it is used. */
const CONFIRMED_MS = 10 * 60_000;
/** A claim that the cloud did not confirm is looked at again soon: the group may just have been created. */
const DENIED_MS = 10_000;
const MAX_CLAIMS = 20_000;

/** Finds the container groups of Pods. */
export interface GroupFinder {
  /** @returns the ids by Pod UID; a Pod without a group is absent. @throws AlibabaCloudError when the cloud could not be asked. */
  find(uids: readonly string[]): Promise<ReadonlyMap<string, string>>;
}

export interface GroupFinderOptions {
  eci: Pick<EciClient, 'describeContainerGroups'>;
  clock: Clock;
  clusterId: string;
  /** @returns the id that the feed knows, which is proven. */
  known: (uid: string) => string | undefined;
  /** @returns the id that the Pod names in an annotation. Whoever may edit Pods may write anything there. */
  claimed: (uid: string) => string | undefined;
}

/**
 * Takes what the feed knows. A replica that does not lead has no feed: it goes by what Pods say of themselves, once the tags of
 * the group confirm it. Without that, writing another group's id on one's own Pod would open its logs.
 */
export function createGroupFinder(options: GroupFinderOptions): GroupFinder {
  const { eci, clock, clusterId, known, claimed } = options;
  /** By group: the UID in its tags; empty for groups that are not there or not ours. */
  const owners = new LRUCache<string, string>({
    max: MAX_CLAIMS,
    ttlResolution: 0,
    perf: { now: () => clock.nowMs() },
  });

  async function confirm(ids: readonly string[]): Promise<void> {
    const unknown = ids.filter((id) => !owners.has(id));
    for (let start = 0; start < unknown.length; start += BATCH) {
      const batch = unknown.slice(start, start + BATCH);
      const { items } = await eci.describeContainerGroups({ containerGroupIds: batch });
      for (const id of batch) {
        const group = items.find(({ containerGroupId }) => containerGroupId === id);
        const owner = group === undefined ? undefined : ownedUid(group.tags, clusterId);
        owners.set(id, owner ?? '', { ttl: owner === undefined ? DENIED_MS : CONFIRMED_MS });
      }
    }
  }

  return {
    async find(uids) {
      const found = new Map<string, string>();
      const claims = new Map<string, string>();
      for (const uid of uids) {
        const proven = known(uid);
        const claim = proven === undefined ? claimed(uid) : undefined;
        if (proven !== undefined) found.set(uid, proven);
        else if (claim !== undefined) claims.set(uid, claim);
      }
      if (claims.size === 0) return found;
      await confirm([...new Set(claims.values())]);
      for (const [uid, id] of claims) if (owners.get(id) === uid) found.set(uid, id);
      return found;
    },
  };
}
