import type { VolumeMount } from '../../alibaba/eci-requests.ts';
import type { Container } from '../../kube/types.ts';

/** The service's own spelling. Source: ECI API reference, VolumeMount.N.MountPropagation. */
const HOST_TO_CONTAINER = 'HostToCotainer';

/** Translates the mounts of a container. @param expand resolves `subPathExpr` with the container's environment. */
export function translateVolumeMounts(container: Container, expand: (text: string) => string): VolumeMount[] {
  return (container.volumeMounts ?? []).map((mount) => {
    const subPath = mount.subPathExpr === undefined ? mount.subPath : expand(mount.subPathExpr);
    const propagation = mount.mountPropagation === 'HostToContainer' ? HOST_TO_CONTAINER : mount.mountPropagation;
    return {
      name: mount.name,
      mountPath: mount.mountPath,
      ...(mount.readOnly === undefined ? {} : { readOnly: mount.readOnly }),
      ...(subPath === undefined ? {} : { subPath }),
      ...(propagation === undefined ? {} : { mountPropagation: propagation }),
    };
  });
}
