import type { Node } from '../kube/types.ts';
import { nodeAnnotations, nodeLabels, ownList, ownMetadataAnnotations } from './node-object.ts';
import type { NodeSettings, Taint } from './node-object.ts';

/**
 * Compares an existing Node with the configuration. Own labels and taints that left the configuration go, missing ones
 * come back, foreign ones stay: the node lifecycle controller and administrators own the rest.
 *
 * @returns a merge patch for `nodes/NAME` with the resourceVersion as precondition, or undefined when nothing differs.
 */
export function nodeMetadataPatch(node: Node, settings: NodeSettings): object | undefined {
  const annotations = node.metadata?.annotations ?? {};
  const labels = node.metadata?.labels ?? {};
  const desiredLabels = nodeLabels(settings);

  const labelChanges: Record<string, string | null> = {};
  for (const [key, value] of Object.entries(desiredLabels)) if (labels[key] !== value) labelChanges[key] = value;
  for (const key of ownList(node, nodeAnnotations.ownLabels)) {
    if (!(key in desiredLabels) && key in labels) labelChanges[key] = null;
  }

  const taints = node.spec?.taints ?? [];
  const desiredTaints = mergeTaints(taints, ownList(node, nodeAnnotations.ownTaints), settings.taints);
  const ownAnnotations = ownMetadataAnnotations(settings);

  const taintsDiffer = JSON.stringify(taints.map(taintId)) !== JSON.stringify(desiredTaints.map(taintId));
  const annotationsDiffer = Object.entries(ownAnnotations).some(([key, value]) => annotations[key] !== value);
  if (Object.keys(labelChanges).length === 0 && !taintsDiffer && !annotationsDiffer) return undefined;
  return {
    metadata: {
      resourceVersion: node.metadata?.resourceVersion,
      labels: labelChanges,
      annotations: ownAnnotations,
    },
    ...(taintsDiffer ? { spec: { taints: desiredTaints } } : {}),
  };
}

/** True when the Node is ours to manage: a real node's name must never be hijacked. */
export function isOwnNode(node: Node): boolean {
  const { labels, annotations } = node.metadata ?? {};
  return labels?.['type'] === 'virtual-kubelet' || annotations?.[nodeAnnotations.ownTaints] !== undefined;
}

function mergeTaints(current: readonly Taint[], ownKeys: readonly string[], desired: readonly Taint[]): Taint[] {
  const own = new Set([...ownKeys, ...desired.map((taint) => taint.key)]);
  const kept = current.filter(
    (taint) => !own.has(taint.key) || desired.some((wanted) => taintId(wanted) === taintId(taint)),
  );
  const missing = desired.filter((wanted) => !kept.some((taint) => taintId(taint) === taintId(wanted)));
  return [...kept, ...missing];
}

function taintId(taint: Taint): string {
  return `${taint.key}=${taint.value ?? ''}:${taint.effect}`;
}
