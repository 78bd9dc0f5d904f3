import type { Note } from '../credentials/types.ts';
import type { Pod } from '../kube/types.ts';

/** Written on a Pod with its container group: when the first of its tokens ends. It survives our restarts. */
export const TOKEN_EXPIRY_ANNOTATION = 'eci.alibabacloud.com/token-expires-at';

/** How long before the end people are told. */
const WARN_BEFORE_MS = 24 * 60 * 60_000;

/** What there is to say about the tokens of the Pods of a node. */
export interface TokenExpiryPlan {
  /** Epoch milliseconds; undefined when no Pod has a token. */
  earliestMs: number | undefined;
  /** Pods of which a token ends within a day, or has ended. */
  expiring: { pod: Pod; note: Note }[];
}

/**
 * Decides which Pods have to be warned of. Pods that are finished or being deleted do not matter any more, and a time that
 * nobody can read was written by somebody else.
 */
export function planTokenExpiry(pods: Iterable<Pod>, nowMs: number): TokenExpiryPlan {
  const plan: TokenExpiryPlan = { earliestMs: undefined, expiring: [] };
  for (const pod of pods) {
    const text = pod.metadata?.annotations?.[TOKEN_EXPIRY_ANNOTATION];
    const expiresAtMs = Date.parse(text ?? '');
    const over =
      pod.metadata?.deletionTimestamp !== undefined || ['Succeeded', 'Failed'].includes(pod.status?.phase ?? '');
    if (over || Number.isNaN(expiresAtMs)) continue;
    plan.earliestMs = Math.min(plan.earliestMs ?? expiresAtMs, expiresAtMs);
    if (expiresAtMs - nowMs > WARN_BEFORE_MS) continue;
    const when = expiresAtMs > nowMs ? 'ends' : 'ended';
    const message = `a ServiceAccount token in the files of this Pod ${when} at ${new Date(expiresAtMs).toISOString()}, and ECI cannot renew it; create the Pod again`;
    plan.expiring.push({ pod, note: { type: 'Warning', reason: 'TokenExpiresSoon', message } });
  }
  return plan;
}
