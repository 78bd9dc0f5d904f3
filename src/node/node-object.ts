import type { Json, Node } from '../kube/types.ts';
import type { V1Taint } from '@kubernetes/client-node';
import { declaredFeatures } from './declared-features.ts';
import { nodeConditions, withTimes } from './node-conditions.ts';
import type { NodeHealth } from './node-conditions.ts';

export type Taint = Json<V1Taint>;

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

/**
 * Marks nodes that this program made, and lists what on them is its own, so that what leaves the configuration can be taken away
 * later, also by another process, and everything else can be left alone.
 */
export const nodeAnnotations = {
  ownTaints: 'eci.alibabacloud.com/own-taints',
  ownLabels: 'eci.alibabacloud.com/own-labels',
  ownConditions: 'eci.alibabacloud.com/own-conditions',
  ownResources: 'eci.alibabacloud.com/own-resources',
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
  const status = buildNodeStatus(settings, health);
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: settings.name,
      labels,
      annotations: { ...ownMetadataAnnotations(settings), ...ownStatusAnnotations(status) },
    },
    spec: { taints: settings.taints.map((taint) => ({ ...taint })) },
    status: { ...status, conditions: withTimes(status.conditions ?? [], { nowMs, previous: undefined }) },
  };
}

/** Lists the labels and taints that are ours. */
export function ownMetadataAnnotations(settings: NodeSettings): Record<string, string> {
  return {
    [nodeAnnotations.ownTaints]: settings.taints.map((taint) => taint.key).join(','),
    [nodeAnnotations.ownLabels]: Object.keys(nodeLabels(settings)).sort().join(','),
  };
}

/** Lists the conditions and resources that are ours. */
export function ownStatusAnnotations(status: NonNullable<Node['status']>): Record<string, string> {
  return {
    [nodeAnnotations.ownConditions]: (status.conditions ?? []).map(({ type }) => type).join(','),
    [nodeAnnotations.ownResources]: Object.keys(status.capacity ?? {})
      .sort()
      .join(','),
  };
}

/** Reads one of {@link nodeAnnotations}; empty where this program has not written it. */
export function ownList(node: Node, annotation: string): string[] {
  return (node.metadata?.annotations?.[annotation] ?? '').split(',').filter((item) => item !== '');
}

/**
 * Builds the whole status that we own, conditions without their times.
 * `addresses` has only an InternalIP: API servers prefer Hostname and would fail to resolve it.
 */
export function buildNodeStatus(settings: NodeSettings, health: NodeHealth): NonNullable<Node['status']> {
  const features = declaredFeatures(settings.kubernetesVersion);
  return {
    capacity: { ...settings.capacity },
    allocatable: { ...settings.capacity },
    conditions: nodeConditions(health),
    addresses: [{ type: 'InternalIP', address: settings.internalIp }],
    daemonEndpoints: { kubeletEndpoint: { Port: settings.kubeletPort } },
    // Left out where there are none: API servers before 1.35 do not know the field.
    ...(features.length === 0 ? {} : { declaredFeatures: features }),
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
