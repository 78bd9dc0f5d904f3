import type { KubeContainerState } from '../../alibaba/eci-answers.ts';
import type { ContainerStatus } from '../../kube/types.ts';
import { wholeSeconds } from '../instance/rfc3339.ts';

type State = NonNullable<ContainerStatus['state']>;

/** Exit code of a process that was killed: what kubelet reports when it cannot know better. */
export const EXIT_CODE_KILLED = 137;
const SIGNAL_EXIT_BASE = 128;

/**
 * Translates a container state of the cloud to that of Kubernetes: exactly one of its three members, times in whole seconds.
 * @param waitingReason used when the cloud says "waiting" without a reason.
 * @returns undefined when the cloud says nothing usable.
 */
export function translateState(state: KubeContainerState | undefined, waitingReason: string): State | undefined {
  if (state?.terminated !== undefined) return { terminated: translateTerminated(state.terminated) };
  if (state?.running !== undefined) {
    const startedAt = wholeSeconds(state.running.startedAt);
    return { running: startedAt === undefined ? {} : { startedAt } };
  }
  if (state?.waiting !== undefined) {
    const { reason, message } = state.waiting;
    return { waiting: { reason: reason || waitingReason, ...(message ? { message } : {}) } };
  }
  return undefined;
}

function translateTerminated(
  terminated: NonNullable<KubeContainerState['terminated']>,
): NonNullable<State['terminated']> {
  const exitCode = terminated.exitCode ?? impliedExitCode(terminated);
  const startedAt = wholeSeconds(terminated.startedAt);
  const finishedAt = wholeSeconds(terminated.finishedAt);
  return {
    exitCode,
    reason: terminated.reason || (exitCode === 0 ? 'Completed' : 'Error'),
    ...(terminated.signal ? { signal: terminated.signal } : {}),
    ...(terminated.message ? { message: terminated.message } : {}),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(finishedAt === undefined ? {} : { finishedAt }),
    ...(terminated.containerId ? { containerID: terminated.containerId } : {}),
  };
}

function impliedExitCode(terminated: NonNullable<KubeContainerState['terminated']>): number {
  if (terminated.signal) return SIGNAL_EXIT_BASE + terminated.signal;
  return terminated.reason === 'Completed' ? 0 : EXIT_CODE_KILLED;
}
