import { toRfc3339 } from '../clock.ts';
import type { Json, Node } from '../kube/types.ts';
import type { V1NodeCondition, V1Taint } from '@kubernetes/client-node';

export type Taint = Json<V1Taint>;
export type NodeCondition = Json<V1NodeCondition>;

/** What an operator decides about the virtual node. */
export interface NodeSettings {
  name: string;
  /** Added to the defaults; an equal key replaces the default. */
  labels: Readonly<Record<string, string>>;
  taints: readonly Taint[];
  /** Kubernetes quantities: a scheduling budget, not hardware. */
  capacity: Readonly<Record<string, string>>;
  regionId: string;
  /** Only when the node is pinned to exactly one zone; a node that spans zones must not claim one. */
  zoneId?: string;
  architecture: 'amd64' | 'arm64';
  /** An address that the API server can dial. */
  internalIp: string;
  kubeletPort: number;
  /** `v1.NN.P`, usually the API server's own; must parse as a semantic version. */
  kubernetesVersion: string;
  productVersion: string;
}

/** The observable health of this process, from which conditions follow. */
export interface NodeHealth {
  /** True once Pods can be served. */
  ready: boolean;
  /** Absent until the cloud was asked for the first time. */
  cloudReachable?: boolean;
  cloudMessage?: string;
}

/** Marks nodes that this program made, and lists its own taints so that removed ones can be taken away later. */
export const nodeAnnotations = {
  ownTaints: 'eci.alibabacloud.com/own-taints',
  ownLabels: 'eci.alibabacloud.com/own-labels',
} as const;

/** Labels that schedulers, load balancer controllers and people look for. `type=virtual-kubelet` is a contract of the vendor's controllers. */
export function nodeLabels(settings: NodeSettings): Record<string, string> {
  const zone = settings.zoneId;
  return {
    type: 'virtual-kubelet',
    'kubernetes.io/role': 'agent',
    'kubernetes.io/hostname': settings.name,
    'kubernetes.io/os': 'linux',
    'beta.kubernetes.io/os': 'linux',
    'kubernetes.io/arch': settings.architecture,
    'beta.kubernetes.io/arch': settings.architecture,
    'topology.kubernetes.io/region': settings.regionId,
    'failure-domain.beta.kubernetes.io/region': settings.regionId,
    ...(zone === undefined
      ? {}
      : { 'topology.kubernetes.io/zone': zone, 'failure-domain.beta.kubernetes.io/zone': zone }),
    'node.kubernetes.io/exclude-from-external-load-balancers': 'true',
    'alpha.service-controller.kubernetes.io/exclude-balancer': 'true',
    ...settings.labels,
  };
}

/** Builds the object for `POST nodes`; creation is the one call that takes metadata, spec and status together. */
export function buildNode(settings: NodeSettings, health: NodeHealth, nowMs: number): Node {
  const labels = nodeLabels(settings);
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: settings.name,
      labels,
      annotations: {
        [nodeAnnotations.ownTaints]: settings.taints.map((taint) => taint.key).join(','),
        [nodeAnnotations.ownLabels]: Object.keys(labels).sort().join(','),
      },
    },
    spec: { taints: settings.taints.map((taint) => ({ ...taint })) },
    status: buildNodeStatus(settings, health, { nowMs, previous: undefined }),
  };
}

/**
 * Builds the whole status that we own. Conditions keep their `lastTransitionTime` while their status stands.
 * `addresses` has only an InternalIP: API servers prefer Hostname and would fail to resolve it.
 */
export function buildNodeStatus(
  settings: NodeSettings,
  health: NodeHealth,
  at: { nowMs: number; previous: Node['status'] | undefined },
): NonNullable<Node['status']> {
  return {
    capacity: { ...settings.capacity },
    allocatable: { ...settings.capacity },
    conditions: nodeConditions(health).map((condition) => {
      const before = at.previous?.conditions?.find((candidate) => candidate.type === condition.type);
      const now = toRfc3339(at.nowMs);
      return {
        ...condition,
        lastHeartbeatTime: now,
        lastTransitionTime: before?.status === condition.status ? (before.lastTransitionTime ?? now) : now,
      };
    }),
    addresses: [{ type: 'InternalIP', address: settings.internalIp }],
    daemonEndpoints: { kubeletEndpoint: { Port: settings.kubeletPort } },
    nodeInfo: {
      architecture: settings.architecture,
      operatingSystem: 'linux',
      osImage: 'Alibaba Cloud Elastic Container Instance',
      kernelVersion: '',
      containerRuntimeVersion: `eci://${settings.productVersion}`,
      kubeletVersion: `${settings.kubernetesVersion}-eci-${settings.productVersion}`,
      kubeProxyVersion: '',
      machineID: settings.name,
      systemUUID: settings.name,
      bootID: '',
    },
  };
}

function nodeConditions(health: NodeHealth): NodeCondition[] {
  const ready: NodeCondition = health.ready
    ? { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'eci-kubelet is serving Pods' }
    : { type: 'Ready', status: 'False', reason: 'KubeletNotReady', message: 'eci-kubelet is starting' };
  return [
    ready,
    {
      type: 'MemoryPressure',
      status: 'False',
      reason: 'KubeletHasSufficientMemory',
      message: 'capacity is the cloud’s',
    },
    { type: 'DiskPressure', status: 'False', reason: 'KubeletHasNoDiskPressure', message: 'capacity is the cloud’s' },
    { type: 'PIDPressure', status: 'False', reason: 'KubeletHasSufficientPID', message: 'capacity is the cloud’s' },
    {
      type: 'NetworkUnavailable',
      status: 'False',
      reason: 'RouteCreated',
      message: 'Pods have addresses of their vSwitch',
    },
    cloudCondition(health),
  ];
}

/** Losing the cloud is not losing the node: it is a condition of its own and never touches Ready. */
function cloudCondition(health: NodeHealth): NodeCondition {
  const type = 'ECIReachable';
  if (health.cloudReachable === undefined) {
    return { type, status: 'Unknown', reason: 'NotAskedYet', message: 'ECI has not answered yet' };
  }
  return health.cloudReachable
    ? { type, status: 'True', reason: 'ECIAnswers', message: 'the last listing of container groups succeeded' }
    : { type, status: 'False', reason: 'ECIUnreachable', message: health.cloudMessage ?? 'the last listing failed' };
}
