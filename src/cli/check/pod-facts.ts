import { scrub } from '../../alibaba/scrub.ts';
import type { ContainerStatus, Pod } from '../../kube/types.ts';
import type { PodFacts } from './facts.ts';

/** @returns every image of the Pod once, in the order in which they are pulled. */
export function imagesOf(pod: Pod): string[] {
  return [...new Set(containersOf(pod).map(({ image }) => image))];
}

/** Takes from a Pod what matters for one of its images. Pure. */
export function podFacts(pod: Pod, image: string): PodFacts {
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
    waiting: statuses.flatMap(({ name, state }) =>
      state?.waiting === undefined
        ? []
        : [
            {
              container: name,
              reason: state.waiting.reason ?? '',
              // The kubelet passes on what registries say, and what it was asked for.
              message: scrub(state.waiting.message ?? ''),
            },
          ],
    ),
    pulled: statuses.some(({ imageID, state }) => imageID !== '' && state?.waiting === undefined),
  };
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
