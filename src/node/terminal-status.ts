import { toRfc3339 } from '../clock.ts';
import type { ContainerStatus, Pod, PodStatus } from '../kube/types.ts';

/** Exit code of a process killed by SIGKILL; what kubelet reports when it cannot know better. */
const EXIT_CODE_KILLED = 137;

/**
 * Builds the last status of a Pod whose instance is gone: every container terminated, a final phase. Job accounting and
 * `kubectl wait` depend on it being visible before the object goes. What is known already is kept.
 */
export function terminalStatus(pod: Pod, cause: { reason: string; message: string }, nowMs: number): PodStatus {
  const containers = (pod.spec?.containers ?? []).map((container) =>
    terminated(container, pod.status?.containerStatuses, cause, nowMs),
  );
  const initContainers = (pod.spec?.initContainers ?? []).map((container) =>
    terminated(container, pod.status?.initContainerStatuses, cause, nowMs),
  );
  const alreadyFinal = pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
  const succeeded = containers.every((status) => status.state?.terminated?.exitCode === 0);
  const phase = alreadyFinal ? pod.status?.phase : succeeded ? 'Succeeded' : 'Failed';
  const transition = toRfc3339(nowMs);
  return {
    phase: phase ?? 'Failed',
    ...(alreadyFinal || succeeded ? {} : cause),
    containerStatuses: containers,
    ...(initContainers.length > 0 ? { initContainerStatuses: initContainers } : {}),
    conditions: ['Ready', 'ContainersReady'].map((type) => ({
      type,
      status: 'False',
      reason: succeeded ? 'PodCompleted' : 'PodFailed',
      lastTransitionTime: transition,
    })),
  };
}

function terminated(
  container: { name: string; image?: string },
  statuses: readonly ContainerStatus[] | undefined,
  cause: { reason: string; message: string },
  nowMs: number,
): ContainerStatus {
  const before = statuses?.find((status) => status.name === container.name);
  const startedAt = before?.state?.running?.startedAt;
  return {
    image: container.image ?? '',
    imageID: '',
    restartCount: 0,
    name: container.name,
    ...before,
    ready: false,
    started: false,
    state: before?.state?.terminated
      ? { terminated: before.state.terminated }
      : {
          terminated: {
            exitCode: EXIT_CODE_KILLED,
            reason: cause.reason,
            message: cause.message,
            finishedAt: toRfc3339(nowMs),
            ...(startedAt === undefined ? {} : { startedAt }),
          },
        },
  };
}
