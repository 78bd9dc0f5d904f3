import { defineAction } from '../action.ts';
import type { EciAction } from '../action.ts';
import { describeGroup } from '../group/describe-group.ts';
import { describeContainerGroups as members } from '../parameters/container-group.ts';
import { listGroups } from './list-groups.ts';

/** Source: ECI API reference, DescribeContainerGroups, Limit. */
const DEFAULT_LIMIT = 20;

/** DescribeContainerGroups, events included whether asked for or not, as the service does for recent groups. */
export const describeContainerGroups: EciAction = defineAction(members, (call) => {
  const { ContainerGroupName, Status, SecurityGroupId, ComputeCategory } = call.params;
  const { items, nextToken, totalCount } = listGroups(call, {
    limit: DEFAULT_LIMIT,
    matches: (group) =>
      (ContainerGroupName === undefined || group.name === ContainerGroupName) &&
      (Status === undefined || group.status === Status) &&
      (SecurityGroupId === undefined || group.network.securityGroupId === SecurityGroupId) &&
      (ComputeCategory === undefined || group.request.ComputeCategory?.[0] === ComputeCategory),
  });
  return { ContainerGroups: items.map(describeGroup), TotalCount: totalCount, NextToken: nextToken ?? '' };
});
