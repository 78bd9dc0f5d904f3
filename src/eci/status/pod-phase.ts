import type { ContainerStatus } from '../../kube/types.ts';
import { isFinal } from './container-status.ts';

/** What the phase of a Pod is a function of. */
export interface PhaseInput {
  previous: string | undefined;
  groupStatus: string | undefined;
  containers: readonly ContainerStatus[];
  initialized: boolean;
  restartPolicy: string;
}

/** A phase of a Pod that has an instance. */
export type Phase = 'Pending' | 'Running' | 'Succeeded' | 'Failed';

/**
 * Computes the phase, from the containers first; the group's status only decides what they leave open. Succeeded and Failed are
 * final and Running never falls back to Pending, although the cloud documents Restarting and Updating as Pending. A group that
 * failed because it was pending for too long is Failed under every restart policy, where the cloud documents Pending for all but
 * Never: it is over, and only a Failed Pod is replaced by its controller.
 * Source: Kubernetes documentation, Pod lifecycle; ECI help centre, life cycle of ECI Pods.
 */
export function podPhase(input: PhaseInput): Phase {
  const { previous, groupStatus, containers, restartPolicy } = input;
  if (previous === 'Succeeded' || previous === 'Failed') return previous;
  if (groupStatus === 'Succeeded') return 'Succeeded';
  if (groupStatus === 'Failed' || groupStatus === 'Expired') return 'Failed';
  if (containers.length > 0 && containers.every((status) => isFinal(status.state, restartPolicy))) {
    return containers.every((status) => status.state?.terminated?.exitCode === 0) ? 'Succeeded' : 'Failed';
  }
  const started = containers.some(
    (status) =>
      status.state?.running !== undefined || status.state?.terminated !== undefined || status.restartCount > 0,
  );
  if (started || previous === 'Running') return 'Running';
  const running = groupStatus === 'Running' || groupStatus === 'Terminating';
  return running && input.initialized ? 'Running' : 'Pending';
}
