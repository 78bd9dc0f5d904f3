import type { ContainerStatus, Pod } from '../../../kube/types.ts';

/** What there is to read of a container's log. */
export type LogSource =
  | {
      kind: 'readable';
      /** Changes when the container was started anew. */
      instance: number;
      /** Nothing is written to this log any more, unless the container starts again. */
      ended: boolean;
    }
  | { kind: 'refused'; text: string };

/**
 * Finds what log a container has, from its status. Pure.
 * Source: kubelet, `validateContainerLogStatus`; the texts are its own, because kubectl shows them and people search for them.
 */
export function logSource(pod: Pod, container: string, previous: boolean): LogSource {
  const podName = pod.metadata?.name ?? '';
  const status = findStatus(pod, container);
  const refused = (text: string): LogSource => ({
    kind: 'refused',
    text: `container "${container}" in pod "${podName}" ${text}`,
  });
  if (status === undefined) {
    // Kubelet knows a container from its runtime at once; ours shows up with the first answer of the cloud.
    return refused('is waiting to start: ContainerCreating');
  }
  const { state, lastState, restartCount: instance } = status;
  if (previous) {
    return lastState?.terminated === undefined
      ? { kind: 'refused', text: `previous terminated container "${container}" in pod "${podName}" not found` }
      : { kind: 'readable', instance: instance - 1, ended: true };
  }
  if (state?.running !== undefined) return { kind: 'readable', instance, ended: false };
  if (state?.terminated !== undefined || lastState?.terminated !== undefined) {
    return { kind: 'readable', instance, ended: true };
  }
  const reason = state?.waiting?.reason;
  if (reason === 'ErrImagePull') return refused("is waiting to start: image can't be pulled");
  if (reason === 'ImagePullBackOff') return refused('is waiting to start: trying and failing to pull image');
  return refused(reason === undefined ? 'is waiting to start - no logs yet' : `is waiting to start: ${reason}`);
}

/** Asks whether the Pod has a container of this name: ordinary, init or ephemeral. */
export function hasContainer(pod: Pod, container: string): boolean {
  const { containers = [], initContainers = [], ephemeralContainers = [] } = pod.spec ?? {};
  return [...containers, ...initContainers, ...ephemeralContainers].some(({ name }) => name === container);
}

function findStatus(pod: Pod, container: string): ContainerStatus | undefined {
  const { containerStatuses = [], initContainerStatuses = [], ephemeralContainerStatuses = [] } = pod.status ?? {};
  return [...containerStatuses, ...initContainerStatuses, ...ephemeralContainerStatuses].find(
    ({ name }) => name === container,
  );
}
