import { defineAction } from '../action.ts';
import type { EciAction } from '../action.ts';
import { authorize } from '../authorize.ts';
import { describeUsage } from '../metrics/describe-usage.ts';
import { describeMultiContainerGroupMetric as members } from '../parameters/metrics.ts';

/**
 * DescribeMultiContainerGroupMetric: the newest record of each group. Unknown groups are left out, groups in which nothing runs
 * have no record. Source: ECI API reference, DescribeMultiContainerGroupMetric.
 */
export const describeMultiContainerGroupMetric: EciAction = defineAction(members, (call) => {
  const { service, params, owner } = call;
  authorize(call, { kind: 'containergroup' });
  const nowMs = service.host.clock.nowMs();
  const groups = [...new Set(params.ContainerGroupIds)]
    .map((id) => service.groups.get(id, owner))
    .filter((group) => group !== undefined)
    .filter(
      ({ request }) => params.ResourceGroupId === undefined || request.ResourceGroupId === params.ResourceGroupId,
    );
  return {
    MonitorDatas: groups.map((group) => {
      const usage = service.usage.usageOf(group, nowMs);
      return {
        ContainerGroupId: group.id,
        Records: usage === undefined ? [] : [describeUsage(group, usage, nowMs)],
      };
    }),
  };
});
