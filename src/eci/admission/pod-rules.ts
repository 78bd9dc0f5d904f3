import { at, inContainers, inVolumes, rule, type AdmissionRule } from './admission-rule.ts';

/** Product limits of one container group. Source: ECI help centre, limits. */
const MAX_CONTAINERS = 20;
const MAX_VOLUMES = 20;
/** Ports that the service uses itself inside every group. Source: ECI help centre, limits. */
const RESERVED_PORTS: ReadonlySet<number> = new Set([111, 998, 10250, 10255]);

/** Source: ECI API reference, Container.N.Port.N.Protocol. */
const PROTOCOLS: ReadonlySet<string> = new Set(['TCP', 'UDP']);

const NO_HOST = 'a container group has no host to share; remove the field, or run the Pod on an ordinary node';

/** Rules about the Pod as a whole. */
export const podRules: readonly AdmissionRule[] = [
  {
    field: 'daemonSet',
    policy: 'hold',
    reason: 'DaemonSetNotSupported',
    remedy:
      'a DaemonSet makes no sense on a virtual node; exclude the node by node affinity on the label type=virtual-kubelet',
    find: (pod) => {
      const owner = pod.metadata?.ownerReferences?.find((reference) => reference.kind === 'DaemonSet');
      return at('metadata.ownerReferences', owner && `DaemonSet ${owner.name}`);
    },
  },
  rule('hostNetwork', 'hold', NO_HOST, (pod) => at('spec.hostNetwork', pod.spec?.hostNetwork)),
  rule('hostPID', 'hold', NO_HOST, (pod) => at('spec.hostPID', pod.spec?.hostPID)),
  rule('hostIPC', 'hold', NO_HOST, (pod) => at('spec.hostIPC', pod.spec?.hostIPC)),
  rule('hostUsers', 'hold', 'ECI has no user namespaces; remove the field', (pod) =>
    pod.spec?.hostUsers === false ? [{ path: 'spec.hostUsers', value: 'false' }] : [],
  ),
  rule('containerCount', 'hold', `a container group has at most ${MAX_CONTAINERS} containers, init included`, (pod) => {
    const count = (pod.spec?.containers ?? []).length + (pod.spec?.initContainers ?? []).length;
    return count > MAX_CONTAINERS ? [{ path: 'spec.containers', value: String(count) }] : [];
  }),
  rule('volumeCount', 'hold', `a container group has at most ${MAX_VOLUMES} volumes`, (pod) => {
    const mounted = new Set<string>();
    inContainers(pod, (container) => {
      for (const mount of container.volumeMounts ?? []) mounted.add(mount.name);
      return [];
    });
    const used = inVolumes(pod, (volume, path) => (mounted.has(volume.name) ? [{ path, value: volume.name }] : []));
    return used.length > MAX_VOLUMES ? [{ path: 'spec.volumes', value: String(used.length) }] : [];
  }),
  rule('reservedPort', 'hold', 'ECI reserves ports 111, 998, 10250 and 10255 in every group; choose another', (pod) =>
    inContainers(pod, (container, path) =>
      (container.ports ?? []).flatMap((port, index) =>
        RESERVED_PORTS.has(port.containerPort)
          ? [{ path: `${path}.ports[${index}].containerPort`, value: String(port.containerPort) }]
          : [],
      ),
    ),
  ),
  rule('portProtocol', 'hold', 'ECI has TCP and UDP ports only; remove the port', (pod) =>
    inContainers(pod, (container, path) =>
      (container.ports ?? []).flatMap(({ protocol }, index) =>
        protocol === undefined || PROTOCOLS.has(protocol) ? [] : at(`${path}.ports[${index}].protocol`, protocol),
      ),
    ),
  ),
  rule('hostPort', 'warn', 'is ignored: the Pod has an address of its own, at which every port is reachable', (pod) =>
    inContainers(pod, (container, path) =>
      (container.ports ?? []).flatMap((port, index) => at(`${path}.ports[${index}].hostPort`, port.hostPort)),
    ),
  ),
  rule('resourceClaims', 'hold', 'ECI has no dynamic resource allocation; remove the claims', (pod) =>
    (pod.spec?.resourceClaims ?? []).length > 0 ? at('spec.resourceClaims', pod.spec?.resourceClaims) : [],
  ),
  rule('runtimeClass', 'warn', 'is ignored: ECI has one runtime', (pod) =>
    at('spec.runtimeClassName', pod.spec?.runtimeClassName),
  ),
  rule('fsGroup', 'warn', 'is ignored: ECI does not change the group of volumes', (pod) =>
    at('spec.securityContext.fsGroup', pod.spec?.securityContext?.fsGroup),
  ),
  rule('supplementalGroups', 'warn', 'is ignored: ECI cannot add groups to a process', (pod) => {
    const groups = pod.spec?.securityContext?.supplementalGroups ?? [];
    return groups.length > 0 ? at('spec.securityContext.supplementalGroups', groups) : [];
  }),
  rule('setHostnameAsFQDN', 'warn', 'is ignored: the host name is the short one', (pod) =>
    at('spec.setHostnameAsFQDN', pod.spec?.setHostnameAsFQDN),
  ),
  rule('ephemeralContainers', 'warn', 'ECI cannot add a container to a running group; use kubectl exec', (pod) =>
    (pod.spec?.ephemeralContainers ?? []).flatMap((container, index) =>
      at(`spec.ephemeralContainers[${index}]`, container.name),
    ),
  ),
];
