import type { Pod } from '../../kube/types.ts';
import { escapeJsonPointer, type JsonPatchOperation } from '../../kube/patch.ts';

/** Label of Pods and namespaces that asks for ECI. Source: ECI help centre, schedule Pods to ECI. */
export const ECI_LABEL = 'alibabacloud.com/eci';
/** The same in older manifests. */
export const OLD_ECI_LABEL = 'eci';

/** A taint of the virtual node. */
export interface NodeTaint {
  key: string;
  /** Empty when the taint has no value. */
  value: string;
  effect: string;
}

/** What leads a Pod to the virtual node. */
export interface Placement {
  /** All of them are tolerated. */
  taints: readonly NodeTaint[];
  /** Labels that every virtual node of ours has. */
  nodeSelector: Readonly<Record<string, string>>;
  /** Annotations and labels for such Pods; those that a Pod has already stay. */
  effects?: { annotations: Readonly<Record<string, string>>; labels: Readonly<Record<string, string>> };
}

/** What is done with a Pod, and why. */
export type PlacementDecision =
  | { do: 'leave'; why: string; warning?: string }
  | { do: 'place'; patch: readonly JsonPatchOperation[] };

/**
 * Node labels that say what a Pod needs of any node, and not which nodes are meant: the virtual node has them as well, so that
 * the scheduler decides.
 */
const NEUTRAL_KEYS: ReadonlySet<string> = new Set([
  'kubernetes.io/os',
  'kubernetes.io/arch',
  'beta.kubernetes.io/os',
  'beta.kubernetes.io/arch',
  'topology.kubernetes.io/region',
  'topology.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone',
]);

type Toleration = NonNullable<NonNullable<Pod['spec']>['tolerations']>[number];

/**
 * Says whether a Pod asks for ECI: its own label wins over that of its namespace, the newer key over the older.
 * @param namespaceAsks whether the namespace carries the label.
 */
export function asksForEci(pod: Pod, namespaceAsks: boolean): boolean {
  const labels = pod.metadata?.labels ?? {};
  const own = [labels[ECI_LABEL], labels[OLD_ECI_LABEL]].find((value) => value === 'true' || value === 'false');
  return own === undefined ? namespaceAsks : own === 'true';
}

/**
 * Decides how a Pod that asks for ECI gets there. A Pod that chooses its nodes itself is left alone: adding to its choice could
 * only make a Pod that fits nowhere. Applying the patch twice changes nothing. Pure.
 */
export function placePod(pod: Pod, placement: Placement): PlacementDecision {
  const { spec, metadata } = pod;
  if (metadata?.annotations?.['kubernetes.io/config.mirror'] !== undefined)
    return leave('it is a mirror of a static Pod');
  if (metadata?.ownerReferences?.some(({ kind }) => kind === 'DaemonSet') === true)
    return leave('it is of a DaemonSet');
  if (spec?.nodeName) return leave('it is bound to a node already');
  const choice = ownChoice(pod, placement.nodeSelector);
  if (choice !== undefined) {
    return {
      ...leave(choice),
      warning: `The Pod asks for ECI, and ${choice}: eci-kubelet leaves its placement as it is. Take one of the two out.`,
    };
  }
  const { effects } = placement;
  const taints = new Map(placement.taints.map((taint) => [`${taint.key}=${taint.value}:${taint.effect}`, taint]));
  const tolerations = [...taints.values()]
    .filter((taint) => !(spec?.tolerations ?? []).some((toleration) => tolerates(toleration, taint)))
    .map(toleration);
  return {
    do: 'place',
    patch: [
      ...setMissing('/spec/nodeSelector', spec?.nodeSelector, placement.nodeSelector),
      ...append('/spec/tolerations', spec?.tolerations, tolerations),
      ...setMissing('/metadata/annotations', metadata?.annotations, effects?.annotations ?? {}),
      ...setMissing('/metadata/labels', metadata?.labels, effects?.labels ?? {}),
    ],
  };
}

function ownChoice(pod: Pod, ours: Readonly<Record<string, string>>): string | undefined {
  const { affinity, nodeSelector = {} } = pod.spec ?? {};
  const other = Object.entries(nodeSelector).find(([key, value]) => !NEUTRAL_KEYS.has(key) && ours[key] !== value);
  if (other !== undefined) return `its nodeSelector asks for ${other[0]}=${other[1]}`;
  const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return required === undefined ? undefined : 'its node affinity requires certain nodes';
}

function leave(why: string): { do: 'leave'; why: string } {
  return { do: 'leave', why };
}

function toleration({ key, value, effect }: NodeTaint): Toleration {
  // Equal, so that nodes of other clouds with the same key and another value stay closed.
  return { key, operator: 'Equal', ...(value === '' ? {} : { value }), effect };
}

/** Source: Kubernetes documentation, taints and tolerations. */
function tolerates(given: Toleration, taint: NodeTaint): boolean {
  if (given.effect !== undefined && given.effect !== '' && given.effect !== taint.effect) return false;
  if (given.operator === 'Exists') return given.key === undefined || given.key === '' || given.key === taint.key;
  return given.key === taint.key && (given.value ?? '') === taint.value;
}

function setMissing(
  path: string,
  present: Readonly<Record<string, string>> | undefined,
  wanted: Readonly<Record<string, string>>,
): JsonPatchOperation[] {
  const missing = Object.entries(wanted).filter(([key]) => present === undefined || !Object.hasOwn(present, key));
  if (missing.length === 0) return [];
  if (present === undefined) return [{ op: 'add', path, value: Object.fromEntries(missing) }];
  return missing.map(([key, value]) => ({ op: 'add', path: `${path}/${escapeJsonPointer(key)}`, value }));
}

function append(
  path: string,
  present: readonly unknown[] | undefined,
  added: readonly unknown[],
): JsonPatchOperation[] {
  if (added.length === 0) return [];
  if (present === undefined) return [{ op: 'add', path, value: added }];
  return added.map((value) => ({ op: 'add', path: `${path}/-`, value }));
}
