import type { EciClient } from '../../alibaba/eci-client.ts';
import type { Clock } from '../../clock.ts';
import { PodAccessError } from '../../node/kubelet/pod-access-error.ts';
import type { ContainerTarget, LogLine, LogQuery } from '../../node/kubelet/pod-access.ts';
import { accessError } from './access-error.ts';
import type { GroupFinder } from './group-finder.ts';
import { parseLog } from './parse-log.ts';

/** The most that one answer gives; the service's own default is 500. Source: ECI API reference, DescribeContainerLog. */
const MAX_TAIL = 2000;

/** How long somebody who looks at a log waits for the budget before being told that there is none. */
const BUDGET_WAIT_MS = 20_000;

/** Reads logs of container groups. Always asks for timestamps: they say where a follower goes on. */
export function createLogReader(options: {
  eci: Pick<EciClient, 'describeContainerLog'>;
  groups: GroupFinder;
  clock: Clock;
}): (target: ContainerTarget, query: LogQuery) => Promise<LogLine[]> {
  const { eci, groups, clock } = options;
  return async ({ uid, container }, query) => {
    const containerGroupId = await groups.find([uid]).then(
      (found) => found.get(uid),
      (error: unknown) => {
        throw accessError(`find the container group of "${container}"`, error);
      },
    );
    if (containerGroupId === undefined) {
      throw new PodAccessError('InstanceGone', `there is no container group that has a log of "${container}"`, {
        httpStatus: 404,
      });
    }
    const { tailLines = MAX_TAIL, sinceTime, sinceSeconds, previous, signal } = query;
    const patience = new AbortController();
    const answered = new AbortController();
    clock.sleep(BUDGET_WAIT_MS, answered.signal).then(
      () => patience.abort(),
      () => {},
    );
    const waitSignal = signal === undefined ? patience.signal : AbortSignal.any([signal, patience.signal]);
    try {
      const { content } = await eci.describeContainerLog(
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
      return parseLog(content);
    } catch (error) {
      throw accessError(`read the log of "${container}"`, error);
    } finally {
      answered.abort();
    }
  };
}
