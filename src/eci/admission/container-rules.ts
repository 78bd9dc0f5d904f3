import type { Container, Pod } from '../../kube/types.ts';
import { containerPort } from '../request/container-port.ts';
import { resolveFieldReference } from '../downward-api/field-reference.ts';
import { isSupportedVariableName } from '../environment/variable-names.ts';
import { at, inContainers, inProbes, rule, type AdmissionRule, type Finding } from './admission-rule.ts';

const IGNORED = 'is ignored: ECI has no such setting';

/** Where the value of a variable can come from. Source: Kubernetes API reference, EnvVarSource v1 core. */
const VARIABLE_SOURCES: ReadonlySet<string> = new Set([
  'fieldRef',
  'resourceFieldRef',
  'configMapKeyRef',
  'secretKeyRef',
]);

/** Rules about single containers. */
export const containerRules: readonly AdmissionRule[] = [
  rule('privileged', 'hold', 'ECI runs privileged containers only for invited accounts; remove it', (pod) =>
    inContainers(pod, (container, path) =>
      at(`${path}.securityContext.privileged`, container.securityContext?.privileged),
    ),
  ),
  rule('sidecarContainers', 'hold', 'ECI has no sidecar init containers; make it an ordinary container', (pod) =>
    inContainers(pod, (container, path, init) => (init ? at(`${path}.restartPolicy`, container.restartPolicy) : [])),
  ),
  rule('containerResourceClaims', 'hold', 'ECI has no dynamic resource allocation; remove the claims', (pod) =>
    inContainers(pod, (container, path) =>
      (container.resources?.claims ?? []).length > 0 ? at(`${path}.resources.claims`, container.resources?.claims) : [],
    ),
  ),
  rule('volumeDevices', 'hold', 'ECI has no block devices; mount the volume as a file system', (pod) =>
    inContainers(pod, (container, path) =>
      (container.volumeDevices ?? []).flatMap((device, index) => at(`${path}.volumeDevices[${index}]`, device.name)),
    ),
  ),
  rule('hugepages', 'hold', 'ECI has no huge pages; remove the resource', (pod) =>
    inContainers(pod, (container, path) => {
      const names = Object.keys({ ...container.resources?.requests, ...container.resources?.limits });
      return names
        .filter((name) => name.startsWith('hugepages-'))
        .map((name) => ({ path: `${path}.resources`, value: name }));
    }),
  ),
  rule('grpcProbe', 'hold', 'ECI has no gRPC probes; use exec with grpc_health_probe, tcpSocket or httpGet', (pod) =>
    inProbes(pod, (probe, path) => at(`${path}.grpc`, probe.grpc?.port)),
  ),
  rule('namedPort', 'hold', 'names a port that its container does not declare; use the number', unknownPorts),
  rule('probeHost', 'warn', 'is ignored: ECI probes the address of the Pod', (pod) =>
    inProbes(pod, (probe, path) => [
      ...at(`${path}.httpGet.host`, probe.httpGet?.host),
      ...at(`${path}.tcpSocket.host`, probe.tcpSocket?.host),
    ]),
  ),
  rule('probeHeaders', 'warn', 'are ignored: ECI probes send no headers of their own', (pod) =>
    inProbes(pod, (probe, path) => {
      // Values may be credentials: the names are enough.
      const names = (probe.httpGet?.httpHeaders ?? []).map((header) => header.name);
      return names.length > 0 ? at(`${path}.httpGet.httpHeaders`, names.join(', ')) : [];
    }),
  ),
  rule('startupProbe', 'warn', 'is emulated: its patience is added to the delay of the liveness probe', (pod) =>
    inContainers(pod, (container, path) => at(`${path}.startupProbe`, container.startupProbe && 'set')),
  ),
  rule('probeSuccessThreshold', 'warn', 'is taken as 1: ECI asks for one success', (pod) =>
    inProbes(pod, (probe, path) =>
      (probe.successThreshold ?? 1) > 1 ? at(`${path}.successThreshold`, probe.successThreshold) : [],
    ),
  ),
  rule('lifecycleSleep', 'warn', 'is ignored: use exec with a sleep command', (pod) =>
    inContainers(pod, (container, path) => [
      ...at(`${path}.lifecycle.postStart.sleep`, container.lifecycle?.postStart?.sleep?.seconds),
      ...at(`${path}.lifecycle.preStop.sleep`, container.lifecycle?.preStop?.sleep?.seconds),
    ]),
  ),
  rule('capabilitiesDrop', 'warn', 'is ignored: ECI can add capabilities but not drop them', (pod) =>
    inContainers(pod, (container, path) => {
      const drop = container.securityContext?.capabilities?.drop ?? [];
      return drop.length > 0 ? at(`${path}.securityContext.capabilities.drop`, drop.join(', ')) : [];
    }),
  ),
  rule('initRunAsGroup', 'warn', 'is ignored for init containers: ECI gives them no group', (pod) =>
    inInitContainers(pod, (container, path) => inherited(pod, { container, path, option: 'runAsGroup' })),
  ),
  rule(
    'initRunAsNonRoot',
    'warn',
    'is not enforced for init containers; set runAsUser to a user other than 0 as well',
    (pod) =>
      inInitContainers(pod, (container, path) => {
        const user = container.securityContext?.runAsUser ?? pod.spec?.securityContext?.runAsUser ?? 0;
        // Such a user is not root, whoever checks.
        return user === 0 ? inherited(pod, { container, path, option: 'runAsNonRoot' }) : [];
      }),
  ),
  rule('initTerminal', 'ignore', 'is left out: ECI gives init containers no terminal', (pod) =>
    inInitContainers(pod, (container, path) => [
      ...at(`${path}.stdin`, container.stdin),
      ...at(`${path}.stdinOnce`, container.stdinOnce),
      ...at(`${path}.tty`, container.tty),
    ]),
  ),
  rule('allowPrivilegeEscalation', 'ignore', IGNORED, (pod) =>
    inContainers(pod, (container, path) =>
      container.securityContext?.allowPrivilegeEscalation === false
        ? [{ path: `${path}.securityContext.allowPrivilegeEscalation`, value: 'false' }]
        : [],
    ),
  ),
  rule('procMount', 'warn', IGNORED, (pod) =>
    inContainers(pod, (container, path) => {
      const procMount = container.securityContext?.procMount;
      return procMount === 'Default' ? [] : at(`${path}.securityContext.procMount`, procMount);
    }),
  ),
  rule('seccomp', 'warn', IGNORED, (pod) => securityOption(pod, 'seccompProfile')),
  rule('appArmor', 'warn', IGNORED, (pod) => securityOption(pod, 'appArmorProfile')),
  rule('seLinux', 'warn', IGNORED, (pod) => securityOption(pod, 'seLinuxOptions')),
  rule('envSource', 'hold', 'is a source of variables that ECI has not; use a ConfigMap, a Secret or a field', (pod) =>
    inContainers(pod, (container, path) =>
      (container.env ?? []).flatMap((variable, index) =>
        Object.keys(variable.valueFrom ?? {})
          .filter((source) => !VARIABLE_SOURCES.has(source))
          .map((source) => ({ path: `${path}.env[${index}].valueFrom.${source}`, value: variable.name })),
      ),
    ),
  ),
  rule('envFieldRef', 'hold', 'is no field that a variable can take its value from', (pod) =>
    inContainers(pod, (container, path) =>
      (container.env ?? []).flatMap((variable, index) => {
        const fieldPath = variable.valueFrom?.fieldRef?.fieldPath;
        if (fieldPath === undefined) return [];
        const known = resolveFieldReference(pod, fieldPath, { nodeName: '', hostIp: '' }).kind !== 'unsupported';
        return known ? [] : at(`${path}.env[${index}].valueFrom.fieldRef`, fieldPath);
      }),
    ),
  ),
  rule('envName', 'warn', 'is left out: ECI takes letters, digits and underscores, at most 128', (pod) =>
    inContainers(pod, (container, path) =>
      (container.env ?? []).flatMap((variable, index) =>
        isSupportedVariableName(variable.name) ? [] : at(`${path}.env[${index}].name`, variable.name),
      ),
    ),
  ),
  rule('podIpExpansion', 'warn', 'refers to the Pod IP, unknown before the start; it stays verbatim', podIpReferences),
];

/** Init containers that are sent as such; sidecars run as ordinary containers where the policy lets them pass. */
function inInitContainers(pod: Pod, find: (container: Container, path: string) => Finding[]): Finding[] {
  return inContainers(pod, (container, path, init) =>
    init && container.restartPolicy !== 'Always' ? find(container, path) : [],
  );
}

/** Finds a setting of a container where it is written: at the container, or at the Pod, from which it is inherited. */
function inherited(
  pod: Pod,
  { container, path, option }: { container: Container; path: string; option: 'runAsGroup' | 'runAsNonRoot' },
): Finding[] {
  const own = container.securityContext?.[option];
  if (own !== undefined) return at(`${path}.securityContext.${option}`, own);
  return at(`spec.securityContext.${option}`, pod.spec?.securityContext?.[option]);
}

function securityOption(pod: Pod, option: 'seccompProfile' | 'appArmorProfile' | 'seLinuxOptions'): Finding[] {
  return [
    ...at(`spec.securityContext.${option}`, pod.spec?.securityContext?.[option]),
    ...inContainers(pod, (container, path) =>
      at(`${path}.securityContext.${option}`, container.securityContext?.[option]),
    ),
  ];
}

function unknownPorts(pod: Pod): Finding[] {
  const unknown = (container: Container, path: string, port: string | number | undefined) =>
    port === undefined || containerPort(container, port) !== undefined ? [] : at(path, port);
  return [
    ...inProbes(pod, (probe, path, container) => [
      ...unknown(container, `${path}.httpGet.port`, probe.httpGet?.port),
      ...unknown(container, `${path}.tcpSocket.port`, probe.tcpSocket?.port),
    ]),
    ...inContainers(pod, (container, path) =>
      (['postStart', 'preStop'] as const).flatMap((hook) => [
        ...unknown(container, `${path}.lifecycle.${hook}.httpGet.port`, container.lifecycle?.[hook]?.httpGet?.port),
        ...unknown(container, `${path}.lifecycle.${hook}.tcpSocket.port`, container.lifecycle?.[hook]?.tcpSocket?.port),
      ]),
    ),
  ];
}

/** Values, commands and arguments that mention a variable whose value only the service knows. */
function podIpReferences(pod: Pod): Finding[] {
  return inContainers(pod, (container, path) => {
    const late = (container.env ?? [])
      .filter((variable) => variable.valueFrom?.fieldRef?.fieldPath.startsWith('status.podIP') === true)
      .map((variable) => `$(${variable.name})`);
    const mentions = (text: string | undefined, where: string) =>
      late.filter((reference) => text?.includes(reference) === true).map((value) => ({ path: where, value }));
    return [
      ...(container.env ?? []).flatMap((variable, index) => mentions(variable.value, `${path}.env[${index}].value`)),
      ...(container.command ?? []).flatMap((text, index) => mentions(text, `${path}.command[${index}]`)),
      ...(container.args ?? []).flatMap((text, index) => mentions(text, `${path}.args[${index}]`)),
    ];
  });
}
