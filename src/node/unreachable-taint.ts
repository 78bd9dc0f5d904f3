import type { Node } from '../kube/types.ts';
import type { CloudHealth } from './node-conditions.ts';
import type { Taint } from './node-object.ts';

/** Keeps new Pods away while ECI does not answer. Pods that run are left alone: it has no effect on them. */
export const unreachableTaint: Taint = { key: 'eci.alibabacloud.com/unreachable', effect: 'NoSchedule' };

/** A single failed listing is no outage. */
const OUTAGE_MS = 60_000;

/**
 * Decides whether the node is to carry {@link unreachableTaint}: after a minute without an answer, until the first one. Before
 * anything was asked, after a restart, what is there stays.
 */
export function wantsUnreachableTaint(facts: {
  node: Node | undefined;
  cloud: CloudHealth | undefined;
  /** Since when every listing failed, epoch milliseconds. */
  unreachableSinceMs: number | undefined;
  nowMs: number;
}): boolean {
  const { node, cloud, unreachableSinceMs, nowMs } = facts;
  const present = (node?.spec?.taints ?? []).some((taint) => taint.key === unreachableTaint.key);
  if (cloud === undefined) return present;
  if (cloud.reachable) return false;
  return present || (unreachableSinceMs !== undefined && nowMs - unreachableSinceMs >= OUTAGE_MS);
}
