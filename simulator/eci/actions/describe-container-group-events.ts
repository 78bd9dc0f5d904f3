import { defineAction } from '../action.ts';
import type { EciAction } from '../action.ts';
import { describeGroupEvents } from '../group/describe-group-events.ts';
import { describeContainerGroupEvents as members } from '../parameters/container-group.ts';
import { listGroups } from './list-groups.ts';

const DEFAULT_LIMIT = 50;

/**
 * DescribeContainerGroupEvents: takes a page token and gives none back. `TotalCount` counts events. With `SinceSecond`, groups in
 * which something happened since are shown, with all of their latest events. Source: ECI API reference, DescribeContainerGroupEvents.
 */
export const describeContainerGroupEvents: EciAction = defineAction(members, (call) => {
  const { items } = listGroups(call, { limit: DEFAULT_LIMIT });
  const rows = items.map((group) => describeGroupEvents(group, call.params.EventSource));
  return { Data: rows, TotalCount: rows.reduce((total, { Events }) => total + Events.length, 0) };
});
