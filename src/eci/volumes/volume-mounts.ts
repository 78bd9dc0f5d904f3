import type { VolumeMount } from '../../alibaba/eci-requests.ts';
import type { Container } from '../../kube/types.ts';
import { revealText } from '../../secret.ts';
import type { ContainerEnvironment } from '../environment/resolve-environment.ts';
import type { Findings } from '../references/findings.ts';

/** The service's own spelling. Source: ECI API reference, VolumeMount.N.MountPropagation. */
const HOST_TO_CONTAINER = 'HostToCotainer';

/** What mounts are a function of, besides the container. */
export interface MountContext {
  /** Field path of the container, for problems. */
  path: string;
  environment: ContainerEnvironment;
  /** Volumes that are read-only whatever their mounts say. */
  readOnly: ReadonlySet<string>;
  findings: Findings;
}

type Mount = NonNullable<Container['volumeMounts']>[number];

/**
 * Translates the mounts of a container. A `subPathExpr` is expanded with the environment of the container; one that refers to
 * nothing holds the Pod, as kubelet does not start it either.
 */
export function translateVolumeMounts(container: Container, context: MountContext): VolumeMount[] {
  return (container.volumeMounts ?? []).map((mount, index) => {
    const subPath = translateSubPath(mount, `${context.path}.volumeMounts[${index}].subPathExpr`, context);
    const propagation = mount.mountPropagation === 'HostToContainer' ? HOST_TO_CONTAINER : mount.mountPropagation;
    const readOnly = context.readOnly.has(mount.name) ? true : mount.readOnly;
    return {
      name: mount.name,
      mountPath: mount.mountPath,
      ...(readOnly === undefined ? {} : { readOnly }),
      ...(subPath === undefined ? {} : { subPath }),
      ...(propagation === undefined ? {} : { mountPropagation: propagation }),
    };
  });
}

function translateSubPath(
  { subPath, subPathExpr }: Mount,
  path: string,
  { environment, findings }: MountContext,
): VolumeMount['subPath'] {
  if (subPathExpr === undefined || subPathExpr === '') return subPath;
  const { text, unresolved } = environment.expand(subPathExpr);
  if (unresolved.length > 0) {
    const message = `refers to ${unresolved.join(', ')}, which no variable of this container gives a value before it starts; define it`;
    findings.problem({ key: path, value: subPathExpr, message });
  } else if (leavesVolume(revealText(text))) {
    const message = 'must stay inside the volume: a relative path without ..; correct the values it refers to';
    findings.problem({ key: path, value: subPathExpr, message });
  }
  return text;
}

function leavesVolume(path: string): boolean {
  return path.startsWith('/') || path.split('/').includes('..');
}
