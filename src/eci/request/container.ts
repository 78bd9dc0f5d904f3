import type { ContainerRequest } from '../../alibaba/eci-requests.ts';
import type { Container, Pod } from '../../kube/types.ts';
import { containerResources, containerSizeRequest } from '../size/container-resources.ts';
import { translateLifecycle } from './lifecycle.ts';
import { translateProbes } from './probes.ts';
import type { ResolvedContainer } from './resolve-pod.ts';
import { translateSecurityContext } from './security-context.ts';

/**
 * Translates one container. `command` and `args` stay apart, because together in one list they would lose the image's
 * entry point. Init containers have no probes and no hooks, in Kubernetes and in the service alike, and in the service no terminal
 * and no switch that hides their variables.
 * Source: ECI API reference, CreateContainerGroup, Container.N and InitContainer.N.
 */
export function translateContainer(
  pod: Pod,
  container: Container,
  options: { resolved: ResolvedContainer; init: boolean },
): ContainerRequest {
  const { variables, hide, command, args, mounts } = options.resolved;
  const ports = container.ports ?? [];
  return {
    name: container.name,
    image: container.image ?? '',
    ...(container.imagePullPolicy === undefined ? {} : { imagePullPolicy: container.imagePullPolicy }),
    ...(command === undefined ? {} : { command }),
    ...(args === undefined ? {} : { arg: args }),
    ...(container.workingDir === undefined ? {} : { workingDir: container.workingDir }),
    ...containerSizeRequest(containerResources(container.resources)),
    ...(variables.length === 0 ? {} : { environmentVar: variables }),
    ...(ports.length === 0 ? {} : { port: ports.map(translatePort) }),
    ...(mounts.length === 0 ? {} : { volumeMount: mounts }),
    ...(hide && !options.init ? { environmentVarHide: true } : {}),
    ...(options.init
      ? {}
      : { ...translateProbes(container), ...translateLifecycle(container), ...translateTerminal(container) }),
    ...translateSecurityContext(pod, container, options),
    ...(container.terminationMessagePath === undefined
      ? {}
      : { terminationMessagePath: container.terminationMessagePath }),
    ...(container.terminationMessagePolicy === undefined
      ? {}
      : { terminationMessagePolicy: container.terminationMessagePolicy }),
  };
}

function translateTerminal({
  stdin,
  stdinOnce,
  tty,
}: Container): Pick<ContainerRequest, 'stdin' | 'stdinOnce' | 'tty'> {
  return {
    ...(stdin === undefined ? {} : { stdin }),
    ...(stdinOnce === undefined ? {} : { stdinOnce }),
    ...(tty === undefined ? {} : { tty }),
  };
}

function translatePort(port: { containerPort: number; protocol?: string }): { port: number; protocol?: string } {
  return { port: port.containerPort, ...(port.protocol === undefined ? {} : { protocol: port.protocol }) };
}
