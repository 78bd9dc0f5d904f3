import { defineAction } from '../action.ts';
import type { EciAction } from '../action.ts';
import { describeGroupStatus } from '../group/describe-group-status.ts';
import { describeContainerGroupStatus as members } from '../parameters/container-group.ts';
import { listGroups } from './list-groups.ts';

/** The text of the API reference says 200, its schema 50; the smaller one shows clients that rely on the larger. */
const DEFAULT_LIMIT = 50;

/** DescribeContainerGroupStatus. */
export const describeContainerGroupStatus: EciAction = defineAction(members, (call) => {
  const { items, nextToken, totalCount } = listGroups(call, { limit: DEFAULT_LIMIT });
  return { Data: items.map(describeGroupStatus), TotalCount: totalCount, NextToken: nextToken ?? '' };
});
