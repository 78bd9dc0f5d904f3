import type { EciClient } from '../../alibaba/eci-client.ts';
import type { Clock } from '../../clock.ts';
import type { ContainerTarget, LogLine, LogQuery } from '../../node/kubelet/pod-access.ts';
import { accessError } from './access-error.ts';
import type { GroupFinder } from './group-finder.ts';
import { groupOf } from './group-of.ts';
import { parseLog } from './parse-log.ts';
import { whilePatient } from './while-patient.ts';

/** The most that one answer gives; the service's own default is 500. Source: ECI API reference, DescribeContainerLog. */
const MAX_TAIL = 2000;

/** Reads logs of container groups. Always asks for timestamps: they say where a follower goes on. */
export function createLogReader(options: {
  eci: Pick<EciClient, 'describeContainerLog'>;
  groups: GroupFinder;
  clock: Clock;
}): (target: ContainerTarget, query: LogQuery) => Promise<LogLine[]> {
  const { eci, groups, clock } = options;
  return async ({ uid, container }, query) => {
    const containerGroupId = await groupOf(groups, uid, container);
    const { tailLines = MAX_TAIL, sinceTime, sinceSeconds, previous, signal } = query;
    try {
      const read = (waitSignal: AbortSignal): Promise<{ content: string }> =>
        eci.describeContainerLog(
          {
            containerGroupId,
            containerName: container,
            tail: Math.min(Math.max(tailLines, 1), MAX_TAIL),
            timestamps: true,
            ...(sinceTime === undefined ? {} : { startTime: sinceTime }),
            ...(sinceSeconds === undefined ? {} : { sinceSeconds }),
            ...(previous ? { lastTime: true } : {}),
          },
          { priority: query.following ? 'follow' : 'interactive', waitSignal },
        );
      const { content } = await whilePatient(clock, read, signal);
      return parseLog(content);
    } catch (error) {
      throw accessError(`read the log of "${container}"`, error);
    }
  };
}
