import { toRfc3339 } from '../../clock.ts';
import type { EventReasonName } from '../../event-reasons.ts';
import type { HostOutcome } from '../../credentials/types.ts';
import type { PodCondition } from '../../kube/types.ts';

/** Type of the Pod condition that says which chain serves which registry. */
export const IMAGE_CREDENTIALS = 'ImageCredentials';

/**
 * Says in a condition which chain served which registry host, and until when.
 * @returns undefined when no host needed anything from us: a condition without content only worries people.
 */
export function imageCredentialsCondition(hosts: readonly HostOutcome[], nowMs: number): PodCondition | undefined {
  const reason = conditionReason(hosts);
  if (reason === undefined) return undefined;
  return {
    type: IMAGE_CREDENTIALS,
    status: reason === 'RegistryHostNotOwned' ? 'False' : 'True',
    reason,
    message: hosts.map(describeHost).join('; '),
    lastTransitionTime: toRfc3339(nowMs),
  };
}

/** Says in the same condition why a chain failed. */
export function imageCredentialsFailed(message: string, nowMs: number): PodCondition {
  return {
    type: IMAGE_CREDENTIALS,
    status: 'False',
    reason: 'ImageCredentialsFailed' satisfies EventReasonName,
    message,
    lastTransitionTime: toRfc3339(nowMs),
  };
}

/**
 * Says in the same condition that credentials of a container group could not be renewed.
 * @param expiresAtMs end of those that it holds, epoch milliseconds; absent when that is not known.
 */
export function imageCredentialsNotRenewed(
  message: string,
  { expiresAtMs, nowMs }: { expiresAtMs: number | undefined; nowMs: number },
): PodCondition {
  const ended = expiresAtMs !== undefined && expiresAtMs <= nowMs;
  return {
    type: IMAGE_CREDENTIALS,
    // What it holds still serves, so nothing is wrong yet; when it has ended, the next pull fails.
    status: ended ? 'False' : 'True',
    reason: 'ImageCredentialsRenewalFailed' satisfies EventReasonName,
    message,
    lastTransitionTime: toRfc3339(nowMs),
  };
}

function conditionReason(hosts: readonly HostOutcome[]): EventReasonName | undefined {
  const has = (kind: HostOutcome['kind']) => hosts.some((host) => host.kind === kind);
  if (has('not-owned')) return 'RegistryHostNotOwned';
  if (has('resolved')) return 'ImageCredentialsResolved';
  return has('forwarded') ? 'ImageCredentialsForwarded' : undefined;
}

function describeHost(outcome: HostOutcome): string {
  const { host } = outcome;
  switch (outcome.kind) {
    case 'anonymous':
      return `${host}: no credential`;
    case 'pull-secret':
      return `${host}: pull secret ${outcome.source}`;
    case 'same-account-default':
      return `${host}: ECI's own role in this account`;
    case 'not-owned':
      return `${host}: not owned by ${outcome.instanceIds.join(', ')}`;
    case 'resolved':
      return `${host}: ${outcome.chain}, until ${toRfc3339(outcome.expiresAtMs)}`;
    case 'forwarded':
      return `${host}: ${outcome.chain}, run by ECI at each pull`;
    default:
      return outcome satisfies never;
  }
}
