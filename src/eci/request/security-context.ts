import type { ContainerRequest } from '../../alibaba/eci-types.ts';
import type { Container, Pod } from '../../kube/types.ts';

/** Translates the security context of a container; what it does not say is inherited from the Pod, as with kubelet. */
export function translateSecurityContext(pod: Pod, container: Container): Partial<ContainerRequest> {
  const own = container.securityContext;
  const whole = pod.spec?.securityContext;
  const runAsUser = own?.runAsUser ?? whole?.runAsUser;
  const runAsGroup = own?.runAsGroup ?? whole?.runAsGroup;
  const runAsNonRoot = own?.runAsNonRoot ?? whole?.runAsNonRoot;
  const add = own?.capabilities?.add ?? [];
  const securityContext = {
    ...(runAsUser === undefined ? {} : { runAsUser }),
    // The service knows only `true`.
    ...(own?.readOnlyRootFilesystem === true ? { readOnlyRootFilesystem: true } : {}),
    ...(add.length === 0 ? {} : { capability: { add: [...add] } }),
  };
  return {
    ...(Object.keys(securityContext).length === 0 ? {} : { securityContext }),
    ...(runAsGroup === undefined ? {} : { securityContextRunAsGroup: runAsGroup }),
    ...(runAsNonRoot === undefined ? {} : { securityContextRunAsNonRoot: runAsNonRoot }),
    ...(own?.privileged === true ? { securityContextPrivileged: true } : {}),
  };
}
