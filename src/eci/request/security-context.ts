import type { ContainerRequest } from '../../alibaba/eci-requests.ts';
import type { Container, Pod } from '../../kube/types.ts';

/**
 * Translates the security context of a container; what it does not say is inherited from the Pod, as with kubelet. Init
 * containers have no group, no `runAsNonRoot` and no privileges in the service: admission warns where that matters.
 */
export function translateSecurityContext(
  pod: Pod,
  container: Container,
  options: { init: boolean },
): Partial<ContainerRequest> {
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
  const nested = Object.keys(securityContext).length === 0 ? {} : { securityContext };
  if (options.init) return nested;
  return {
    ...nested,
    ...(runAsGroup === undefined ? {} : { securityContextRunAsGroup: runAsGroup }),
    ...(runAsNonRoot === undefined ? {} : { securityContextRunAsNonRoot: runAsNonRoot }),
    ...(own?.privileged === true ? { securityContextPrivileged: true } : {}),
  };
}
