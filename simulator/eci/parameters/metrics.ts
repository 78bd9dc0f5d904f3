import { choice, jsonList, required, text } from './grammar.ts';
import { identifier, regionId } from './names.ts';

/** DescribeMultiContainerGroupMetric. Source: ECI API reference, DescribeMultiContainerGroupMetric. */
export const describeMultiContainerGroupMetric = {
  RegionId: regionId,
  ContainerGroupIds: required(jsonList(20)),
  MetricType: choice('summary'),
  ResourceGroupId: identifier,
};

/** DescribeContainerGroupMetric. Source: ECI API reference, DescribeContainerGroupMetric. */
export const describeContainerGroupMetric = {
  RegionId: regionId,
  ContainerGroupId: required(identifier),
  StartTime: text(),
  EndTime: text(),
  Period: choice('15', '30', '60', '600'),
};
