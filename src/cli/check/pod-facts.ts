import { scrub } from '../../alibaba/scrub.ts';
import type { ContainerStatus, Pod } from '../../kube/types.ts';
import type { WarningEvent } from '../helper/warning-events.ts';
import type { PodFacts } from './facts.ts';

/** Then the message of the state only says how long the kubelet waits. Newer kubelets add the error. */
const BACK_OFF = 'ImagePullBackOff';

/** @returns every image of the Pod once, in the order in which they are pulled. */
export function imagesOf(pod: Pod): string[] {
  return [...new Set(containersOf(pod).map(({ image }) => image))];
}

/**
 * Takes from a Pod what matters for one of its images. Pure.
 * @param events Warning events about the Pod, latest first: a kubelet in back-off tells only there what the registry or the resolver said.
 */
export function podFacts(pod: Pod, image: string, events: readonly WarningEvent[] = []): PodFacts {
  const containers = containersOf(pod)
    .filter((container) => container.image === image)
    .map(({ name }) => name);
  const statuses = statusesOf(pod).filter(({ name }) => containers.includes(name));
  return {
    name: pod.metadata?.name ?? '',
    pullSecrets: (pod.spec?.imagePullSecrets ?? []).flatMap(({ name }) =>
      name === undefined || name === '' ? [] : [name],
    ),
    containers,
    waiting: statuses.flatMap(({ name, state }) => {
      if (state?.waiting === undefined) return [];
      const { reason = '', message = '' } = state.waiting;
      const last = reason === BACK_OFF ? lastFailure(events, name, image) : undefined;
      // The kubelet passes on what registries say, and what it was asked for.
      return [{ container: name, reason, message: scrub(last ?? message) }];
    }),
    pulled: statuses.some(({ imageID, state }) => imageID !== '' && state?.waiting === undefined),
  };
}

/** Observed: the event names the image in quotes, and the container in its field path. */
function lastFailure(events: readonly WarningEvent[], container: string, image: string): string | undefined {
  return events.find(
    ({ reason, message, fieldPath = '' }) =>
      reason === 'Failed' && fieldPath.endsWith(`{${container}}`) && message.includes(`"${image}"`),
  )?.message;
}

function containersOf(pod: Pod): { name: string; image: string }[] {
  const { initContainers = [], containers = [], ephemeralContainers = [] } = pod.spec ?? {};
  return [...initContainers, ...containers, ...ephemeralContainers].map(({ name, image }) => ({
    name,
    image: image ?? '',
  }));
}

function statusesOf(pod: Pod): ContainerStatus[] {
  const { initContainerStatuses = [], containerStatuses = [], ephemeralContainerStatuses = [] } = pod.status ?? {};
  return [...initContainerStatuses, ...containerStatuses, ...ephemeralContainerStatuses];
}
