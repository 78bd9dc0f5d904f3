import { defineAction } from '../action.ts';
import type { EciAction } from '../action.ts';
import { invalidParameter } from '../invalid-parameter.ts';
import { readLog } from '../log/read-log.ts';
import { describeContainerLog as members } from '../parameters/container-access.ts';
import { accessibleContainer } from './accessible-container.ts';

/** Source: ECI API reference, DescribeContainerLog: what is given unless asked otherwise, and never more than a megabyte. */
const DEFAULT_TAIL = 500;
const MAX_BYTES = 1_048_576;

/**
 * DescribeContainerLog: one read, no following. A container that has not been started, or not before, has an empty log.
 * @throws SimError 400 `InvalidParameter` when both ways to tell a beginning are used.
 */
export const describeContainerLog: EciAction = defineAction(members, (call) => {
  const { service, params } = call;
  const { container } = accessibleContainer(call);
  if (params.SinceSeconds !== undefined && params.StartTime !== undefined) {
    throw invalidParameter('StartTime', 'excludes SinceSeconds');
  }
  const log = params.LastTime === true ? container.previousLog : container.log;
  const sinceMs = beginning(params, service.host.clock.nowMs());
  const content = readLog(log?.lines ?? [], {
    tail: params.Tail ?? DEFAULT_TAIL,
    limitBytes: params.LimitBytes ?? MAX_BYTES,
    timestamps: params.Timestamps ?? false,
    ...(sinceMs === undefined ? {} : { sinceMs }),
  });
  return { ContainerName: container.name, Content: content };
});

function beginning(
  { SinceSeconds, StartTime }: { SinceSeconds?: number; StartTime?: string },
  nowMs: number,
): number | undefined {
  if (StartTime === undefined) {
    return SinceSeconds === undefined ? undefined : nowMs - SinceSeconds * 1000;
  }
  const startMs = Date.parse(StartTime);
  if (Number.isNaN(startMs)) {
    throw invalidParameter('StartTime', 'is no date');
  }
  return startMs;
}
