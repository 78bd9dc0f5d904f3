import { defineAction } from '../action.ts';
import type { EciAction } from '../action.ts';
import { authorize } from '../authorize.ts';
import { invalidParameter } from '../invalid-parameter.ts';
import { describeUsage } from '../metrics/describe-usage.ts';
import { notFound } from '../not-found.ts';
import { describeContainerGroupMetric as members } from '../parameters/metrics.ts';

/** Source: ECI API reference, DescribeContainerGroupMetric. */
const MAX_POINTS = 50;
const DEFAULT_PERIOD_SECONDS = 60;
const WITHOUT_TIMES = { windowMs: 300_000, periodSeconds: 15 };
const KEPT_MS = 30 * 24 * 60 * 60_000;

/** DescribeContainerGroupMetric: a series of one group, oldest point first. */
export const describeContainerGroupMetric: EciAction = defineAction(members, (call) => {
  const { service, params, owner } = call;
  authorize(call, { kind: 'containergroup', id: params.ContainerGroupId });
  const group = service.groups.get(params.ContainerGroupId, owner);
  if (group === undefined) {
    throw notFound('ContainerGroupId', params.ContainerGroupId);
  }
  const nowMs = service.host.clock.nowMs();
  const records = pointsOf(params, nowMs).flatMap((atMs) => {
    const usage = service.usage.usageOf(group, atMs);
    return usage === undefined ? [] : [describeUsage(group, usage, atMs)];
  });
  return { ContainerGroupId: group.id, Records: records };
});

function pointsOf(params: { StartTime?: string; EndTime?: string; Period?: string }, nowMs: number): number[] {
  const { StartTime, EndTime, Period } = params;
  const untimed = StartTime === undefined && EndTime === undefined;
  const endMs = EndTime === undefined ? nowMs : Math.min(readTime('EndTime', EndTime), nowMs);
  const periodMs = Number(Period ?? (untimed ? WITHOUT_TIMES.periodSeconds : DEFAULT_PERIOD_SECONDS)) * 1000;
  const startMs = StartTime === undefined ? endMs - WITHOUT_TIMES.windowMs : readTime('StartTime', StartTime);
  if (startMs > endMs || startMs < nowMs - KEPT_MS) {
    throw invalidParameter('StartTime', 'must be within the last 30 days and before EndTime');
  }
  const points: number[] = [];
  for (let atMs = endMs; atMs >= startMs && points.length < MAX_POINTS; atMs -= periodMs) {
    points.push(atMs);
  }
  return points.toReversed();
}

function readTime(name: string, value: string): number {
  const timeMs = Date.parse(value);
  if (Number.isNaN(timeMs)) {
    throw invalidParameter(name, 'must be a time such as 2026-01-01T00:00:00Z');
  }
  return timeMs;
}
