import type { ContainerGroupStatus } from '../../alibaba/eci-answers.ts';
import type { Observation } from './eci-instance.ts';

/** Reads a row of DescribeContainerGroupStatus. @param observedAtMs when the request was started. */
export function observeGroupStatus(row: ContainerGroupStatus, observedAtMs: number): Observation {
  const podIps = [...new Set([row.podIp, ...row.podIps])].flatMap((ip) => (ip ? [ip] : []));
  return {
    containerGroupId: row.containerGroupId,
    observedAtMs,
    ...(row.status === undefined ? {} : { groupStatus: row.status }),
    ...(podIps.length === 0 ? {} : { podIps }),
    ...(row.startTime ? { startTime: row.startTime } : {}),
    // Before anything is placed the list is empty; that is no news about containers known already.
    ...(row.containerStatuses.length === 0 ? {} : { containers: row.containerStatuses }),
    conditions: row.conditions,
  };
}
