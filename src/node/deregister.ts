import { isNotFound } from '../kube/errors.ts';
import type { KubeClient, Lease, Node, Pod } from '../kube/types.ts';
import { isOwnNode } from './node-metadata.ts';

const LEASES = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases';
/** Names in a sentence; further ones are counted. */
const MAX_NAMED = 5;

/** What is known of a Node that somebody wants to be rid of. */
export interface DeregistrationFacts {
  node: Node | undefined;
  lease: Lease | undefined;
  /** Pods bound to it. */
  pods: readonly Pod[];
  nowMs: number;
  /** Goes ahead although Pods are lost by it, or somebody still serves the Node. */
  force: boolean;
}

/** What is to be done about it. */
export type Deregistration =
  | { do: 'delete'; uid: string; warnings: string[] }
  | { do: 'nothing'; why: string }
  | { do: 'refuse'; reasons: string[] };

/**
 * Decides whether a Node may be deleted. Pure. A Node with Pods that run is kept: with it gone, the garbage collector deletes them.
 * A machine's Node is never deleted, also not by force.
 */
export function decideDeregistration(facts: DeregistrationFacts): Deregistration {
  const { node, force, nowMs } = facts;
  if (node === undefined) return { do: 'nothing', why: 'there is no such node' };
  const { uid, name = '' } = node.metadata ?? {};
  if (uid === undefined || !isOwnNode(node)) return { do: 'refuse', reasons: [`${name} is not a virtual node`] };
  const reasons = [...livePods(facts.pods), ...renewedLease(facts.lease, nowMs)];
  if (reasons.length > 0 && !force) return { do: 'refuse', reasons };
  return { do: 'delete', uid, warnings: reasons };
}

/**
 * Deletes a Node if {@link decideDeregistration} finds that it may go. Its lease follows by itself.
 * @throws KubeApiError when the cluster cannot be asked, or refuses.
 */
export async function deregister(options: {
  client: Pick<KubeClient, 'get' | 'list' | 'delete'>;
  nodeName: string;
  nowMs: number;
  force: boolean;
}): Promise<Deregistration> {
  const { client, nodeName, nowMs, force } = options;
  const path = `/api/v1/nodes/${nodeName}`;
  const [node, lease, pods] = await Promise.all([
    orUndefined(client.get<Node>(path)),
    orUndefined(client.get<Lease>(`${LEASES}/${nodeName}`)),
    client.list<Pod>('/api/v1/pods', { fieldSelector: `spec.nodeName=${nodeName}` }),
  ]);
  const decision = decideDeregistration({ node, lease, pods: pods.items, nowMs, force });
  if (decision.do === 'delete') await client.delete(path, { uid: decision.uid });
  return decision;
}

function livePods(pods: readonly Pod[]): string[] {
  const live = pods
    .filter(({ status }) => status?.phase !== 'Succeeded' && status?.phase !== 'Failed')
    .map(({ metadata }) => `${metadata?.namespace ?? ''}/${metadata?.name ?? ''}`)
    .sort();
  if (live.length === 0) return [];
  const more = live.length > MAX_NAMED ? ` and ${live.length - MAX_NAMED} more` : '';
  const what = live.length === 1 ? 'a Pod has' : `${live.length} Pods have`;
  return [`${what} not ended: ${live.slice(0, MAX_NAMED).join(', ')}${more}; drain the node first`];
}

function renewedLease(lease: Lease | undefined, nowMs: number): string[] {
  const { renewTime, leaseDurationSeconds = 40 } = lease?.spec ?? {};
  const renewedMs = Date.parse(renewTime ?? '');
  if (Number.isNaN(renewedMs) || nowMs - renewedMs >= leaseDurationSeconds * 1000) return [];
  return ['eci-kubelet still serves it and would create it again; stop it first'];
}

async function orUndefined<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
