import type { PodInstance } from '../../node/pod-provider.ts';
import type { ObservedContainer } from './eci-instance.ts';

/**
 * Reduces the status of a group to what the node decides by. Restarting and Updating count as running: the group exists and
 * its containers come back. A status that this version does not know counts by what the containers do.
 * Source: ECI API reference, DescribeContainerGroups, Status.
 */
export function instancePhase(
  groupStatus: string | undefined,
  containers: readonly ObservedContainer[],
): PodInstance['phase'] {
  switch (groupStatus) {
    case undefined:
    case 'Scheduling':
    case 'Pending':
      return 'pending';
    case 'Running':
    case 'Restarting':
    case 'Updating':
      return 'running';
    case 'Terminating':
      return 'terminating';
    case 'Succeeded':
    case 'Failed':
    case 'Expired':
      return 'terminal';
    case 'ScheduleFailed':
      return 'unschedulable';
    default:
      return containers.some((container) => container.state?.running !== undefined) ? 'running' : 'pending';
  }
}
