import type { Container, Pod, Volume } from '../../kube/types.ts';

/** A volume that some container mounts, with its field path. */
export interface MountedVolume {
  volume: Volume;
  /** `spec.volumes[2]`. */
  path: string;
}

/** Lists the containers that run at ECI, with their field paths: init containers first. */
export function containersOf(pod: Pod): { container: Container; path: string; init: boolean }[] {
  const { initContainers = [], containers = [] } = pod.spec ?? {};
  return [
    ...initContainers.map((container, index) => ({ container, path: `spec.initContainers[${index}]`, init: true })),
    ...containers.map((container, index) => ({ container, path: `spec.containers[${index}]`, init: false })),
  ];
}

/** Lists the volumes that some container mounts. One that nobody mounts is not sent, and what it refers to is not read. */
export function mountedVolumes(pod: Pod): MountedVolume[] {
  const mounted = new Set(
    containersOf(pod).flatMap(({ container }) => (container.volumeMounts ?? []).map((mount) => mount.name)),
  );
  return (pod.spec?.volumes ?? []).flatMap((volume, index) =>
    mounted.has(volume.name) ? [{ volume, path: `spec.volumes[${index}]` }] : [],
  );
}
