import type { Call } from '../action.ts';
import { isAuthorized } from '../authorize.ts';
import type { ContainerGroup } from '../group/container-group.ts';
import type { StorePage } from '../resource-store.ts';
import { hasTags } from '../tag-filter.ts';

/** The filters that all listings of groups share. */
export interface GroupFilters {
  readonly ContainerGroupIds?: string[];
  readonly Tag?: { Key: string; Value?: string }[];
  readonly VSwitchId?: string;
  readonly ZoneId?: string;
  readonly ResourceGroupId?: string;
  readonly SinceSecond?: number;
  readonly NextToken?: string;
  readonly Limit?: number;
}

/**
 * Lists groups for one page. Unknown ids are left out, and a caller without permission is shown an empty list, not a refusal.
 * Source: ECI API reference, DescribeContainerGroups.
 */
export function listGroups(
  call: Call<GroupFilters>,
  { limit, matches = () => true }: { limit: number; matches?: (group: ContainerGroup) => boolean },
): StorePage<ContainerGroup> {
  const { service, params, owner } = call;
  if (!isAuthorized(call, { kind: 'containergroup' })) {
    return { items: [], totalCount: 0 };
  }
  service.forgetFinished(owner);
  const { ContainerGroupIds: ids, SinceSecond, VSwitchId, ZoneId, ResourceGroupId } = params;
  const sinceMs = SinceSecond === undefined ? 0 : service.host.clock.nowMs() - SinceSecond * 1000;
  const isWanted = (group: ContainerGroup): boolean =>
    hasTags(group.tags, params.Tag) &&
    lastChangeMs(group) >= sinceMs &&
    (VSwitchId === undefined || group.network.vSwitchId === VSwitchId) &&
    (ZoneId === undefined || group.network.zoneId === ZoneId) &&
    (ResourceGroupId === undefined || group.request.ResourceGroupId === ResourceGroupId) &&
    matches(group);
  if (ids !== undefined) {
    const items = [...new Set(ids)]
      .map((id) => service.groups.get(id, owner))
      .filter((group) => group !== undefined)
      .filter(isWanted);
    return { items, totalCount: items.length };
  }
  const nextToken = params.NextToken === '' ? undefined : params.NextToken;
  return service.groups.page(owner, { limit: params.Limit ?? limit, nextToken, matches: isWanted });
}

function lastChangeMs(group: ContainerGroup): number {
  return Math.max(group.changedAtMs, group.events.at(-1)?.lastAtMs ?? 0);
}
