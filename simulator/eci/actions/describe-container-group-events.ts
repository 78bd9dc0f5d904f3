import { defineAction } from '../action.ts';
import type { EciAction } from '../action.ts';
import { describeGroupEvents } from '../group/describe-group-events.ts';
import { describeContainerGroupEvents as members } from '../parameters/container-group.ts';
import { listGroups } from './list-groups.ts';

const DEFAULT_LIMIT = 50;

/** DescribeContainerGroupEvents: takes a page token and gives none back. `TotalCount` counts events. */
export const describeContainerGroupEvents: EciAction = defineAction(members, (call) => {
  const { items } = listGroups(call, { limit: DEFAULT_LIMIT });
  const totalCount = items.reduce((total, { events }) => total + events.length, 0);
  return { Data: items.map((group) => describeGroupEvents(group, call.params.EventSource)), TotalCount: totalCount };
});
