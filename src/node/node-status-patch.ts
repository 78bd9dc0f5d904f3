import type { Node } from '../kube/types.ts';
import { withTimes } from './node-conditions.ts';
import { nodeAnnotations, ownList, ownStatusAnnotations } from './node-object.ts';

type NodeStatus = NonNullable<Node['status']>;

/**
 * Builds the patch for `nodes/NAME/status` by a three-way comparison: what we set is set, what we set before and no longer do is
 * removed, and everything else stays, such as conditions of a node-problem-detector and resources of a device plugin.
 *
 * @returns a strategic merge patch with the resourceVersion as precondition. Metadata in it is applied as well.
 */
export function nodeStatusPatch(node: Node, desired: NodeStatus, nowMs: number): object {
  const conditions = withTimes(desired.conditions ?? [], { nowMs, previous: node.status?.conditions });
  const dropped = ownList(node, nodeAnnotations.ownConditions)
    .filter((type) => !conditions.some((condition) => condition.type === type))
    .map((type) => ({ type, $patch: 'delete' }));
  const gone = Object.fromEntries(
    ownList(node, nodeAnnotations.ownResources)
      .filter((name) => desired.capacity?.[name] === undefined)
      .map((name) => [name, null]),
  );
  return {
    metadata: { resourceVersion: node.metadata?.resourceVersion, annotations: ownStatusAnnotations(desired) },
    status: {
      ...desired,
      capacity: { ...desired.capacity, ...gone },
      allocatable: { ...desired.allocatable, ...gone },
      conditions: [...conditions, ...dropped],
      // Addresses merge by type, so a stale one would survive without this marker.
      addresses: [...(desired.addresses ?? []), { $patch: 'replace' }],
    },
  };
}

/**
 * Picks from a status what is ours: two equal texts mean that nobody has changed it. The server writes quantities its own way
 * (`1000m` becomes `1`), so what is compared with a later state is its answer, not what was sent. Times and messages, which may
 * carry request ids, are left out: they are not worth a write of their own.
 */
export function ownStatusOf(status: NodeStatus | undefined, desired: NodeStatus): string {
  const { capacity, allocatable, conditions, addresses, daemonEndpoints, declaredFeatures, nodeInfo } = status ?? {};
  const resources = Object.keys(desired.capacity ?? {}).sort();
  return JSON.stringify({
    capacity: resources.map((name) => capacity?.[name]),
    allocatable: resources.map((name) => allocatable?.[name]),
    conditions: (desired.conditions ?? []).map(({ type }) => {
      const condition = conditions?.find((candidate) => candidate.type === type);
      return [type, condition?.status, condition?.reason];
    }),
    addresses: (addresses ?? []).map(({ type, address }) => [type, address]),
    port: daemonEndpoints?.kubeletEndpoint?.Port,
    features: declaredFeatures ?? [],
    versions: [nodeInfo?.kubeletVersion, nodeInfo?.containerRuntimeVersion, nodeInfo?.architecture],
  });
}
