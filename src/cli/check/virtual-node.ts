import { parsePodAnnotations } from '../../annotations/parse-pod-annotations.ts';
import type { Config } from '../../config/options.ts';
import { IMAGE_CREDENTIALS } from '../../eci/create/image-credentials-condition.ts';
import { ImageReferenceError } from '../../images/image-reference.ts';
import type { Node, Pod } from '../../kube/types.ts';
import type { Seen } from '../helper/look.ts';
import type { PlannedHost } from '../plan/object-plan.ts';
import { planHosts } from '../plan/plan-hosts.ts';
import type { Verdict } from './diagnose.ts';
import { imagesOf } from './pod-facts.ts';

/** The label of virtual nodes. Source: ACK documentation, virtual nodes. */
const NODE_LABEL = { name: 'type', value: 'virtual-kubelet' } as const;

/** What decides about pulls of a Pod on a virtual node: its annotations, not its ServiceAccount. */
export interface VirtualNodeReport {
  /** Absent when the Pod is not placed yet. */
  node?: string;
  verdict: Verdict;
  /** What its condition says of the credentials that were handed over. */
  condition?: { status: string; reason: string; message: string };
  /** What its annotations lead to, by host, as `plan` shows it. */
  hosts: readonly PlannedHost[];
  remarks: readonly string[];
  problems: readonly string[];
}

/** Tells whether the Pod is, or will be, on a virtual node. */
export function isOnVirtualNode(pod: Pod, node: Seen<Node> | undefined): boolean {
  if (node?.kind === 'seen') return node.value.metadata?.labels?.[NODE_LABEL.name] === NODE_LABEL.value;
  // Where the node cannot be seen, or there is none yet, the Pod says where it wants to be.
  return pod.spec?.nodeSelector?.[NODE_LABEL.name] === NODE_LABEL.value;
}

/** Says what the annotations of the Pod lead to, and what its condition tells. Pure. */
export function reportVirtualNode(
  pod: Pod,
  config: Pick<Config, 'credentialDelivery' | 'regionId'>,
): VirtualNodeReport {
  const node = pod.spec?.nodeName;
  const place = node === undefined ? {} : { node };
  const condition = conditionOf(pod);
  const said = condition === undefined ? {} : { condition };
  const parsed = parsePodAnnotations(pod.metadata?.annotations ?? {});
  if (!parsed.ok) {
    const problems = parsed.problems.map(({ key, value, message }) => `${key}: "${value}": ${message}`);
    return { ...place, ...said, verdict: 'no', hosts: [], remarks: [], problems };
  }
  try {
    const { hosts, remarks } = planHosts(
      {
        images: imagesOf(pod),
        entries: parsed.intent.acrEntries,
        pullSecretNames: (pod.spec?.imagePullSecrets ?? []).map(({ name }) => name ?? ''),
      },
      { delivery: config.credentialDelivery, regionId: config.regionId },
    );
    return { ...place, ...said, verdict: verdictOf(condition?.status, hosts), hosts, remarks, problems: [] };
  } catch (error) {
    if (!(error instanceof ImageReferenceError)) throw error;
    return { ...place, ...said, verdict: 'no', hosts: [], remarks: [], problems: [error.message] };
  }
}

function conditionOf(pod: Pod): VirtualNodeReport['condition'] {
  const found = pod.status?.conditions?.find(({ type }) => type === IMAGE_CREDENTIALS);
  if (found === undefined) return undefined;
  const { status, reason = '', message = '' } = found;
  return { status, reason, message };
}

/** Where no chain is to be run, there is nothing that a condition would tell. */
function verdictOf(status: string | undefined, hosts: readonly PlannedHost[]): Verdict {
  if (status === 'True') return 'yes';
  if (status === 'False') return 'no';
  return hosts.every(({ chains }) => chains.length === 0) ? 'anonymous' : 'unknown';
}
