import { createHash } from 'node:crypto';
import type { Pod } from '../../kube/types.ts';
import type { EciInstance } from '../instance/eci-instance.ts';
import type { HeldCredentials } from './held-credentials.ts';
import { hostsThatMayBePulled } from './pulled-hosts.ts';

/**
 * The window in which a password is renewed, as shares of the life that it had when the container group got it: at the earliest
 * while 45 % are left, at the latest while 20 % are. Groups that share a chain share the end of its password, so the window is
 * what keeps 5,000 of them from asking in the same minute; what is left after it is for tries that fail.
 */
const EARLIEST_SHARE = 0.45;
const LATEST_SHARE = 0.2;
/**
 * How much longer than the old one a new password must live, as a share of the same life. Less than the width of the window plus
 * what a fresh password gains, so that the first group of a chain to be renewed runs the chain and the others find its password.
 */
const GAIN_SHARE = 0.25;

/** What is known of one container group when it is looked at. */
export interface RenewalInput {
  /** Absent when the Pod is gone. */
  pod: Pod | undefined;
  instance: EciInstance;
  /** A deletion of the group was accepted. */
  deleting: boolean;
  /** Absent when nobody wrote it down: a group of an older version, or the write was lost with the process. */
  held: HeldCredentials | undefined;
  /** The Pod's annotations name role chains. Asked only where `held` is absent. */
  namesChains: boolean;
  nowMs: number;
}

/** What to do about the credentials of one container group, and why. Times are epoch milliseconds. */
export type RenewalDecision =
  /** Nothing ends, or nothing will be pulled. */
  | { do: 'skip'; why: string }
  | { do: 'wait'; why: string; dueAtMs: number; expiresAtMs: number }
  /** Due, but the group is in a state in which ECI refuses changes. */
  | { do: 'postpone'; why: string; expiresAtMs: number | undefined }
  | {
      do: 'renew';
      why: string;
      dueAtMs: number;
      /** End of what the group holds; absent when that is not known. */
      expiresAtMs: number | undefined;
      /** How long a new password must be good for, milliseconds; absent when any will do. */
      minimumLifeMs: number | undefined;
    };

/**
 * Decides whether the registry passwords of a container group should be renewed now. Forwarded entries do not end and are no
 * part of what is held. Pure.
 */
export function shouldRenew(input: RenewalInput): RenewalDecision {
  const { pod, instance, held, nowMs } = input;
  const over = whyOver(input);
  if (over !== undefined || pod === undefined) return { do: 'skip', why: over ?? 'the Pod is gone' };
  const hosts = hostsThatMayBePulled(pod, instance);
  if (hosts.size === 0) return { do: 'skip', why: 'nothing will be pulled again' };
  const refused = refusesChanges(instance.groupStatus);
  if (held === undefined) {
    if (!input.namesChains) return { do: 'skip', why: 'no role chain is named' };
    if (refused)
      return { do: 'postpone', why: `the group is ${instance.groupStatus ?? 'unknown'}`, expiresAtMs: undefined };
    const why = 'what the group holds was never written down';
    return { do: 'renew', why, dueAtMs: nowMs, expiresAtMs: undefined, minimumLifeMs: undefined };
  }
  const expiresAtMs = firstEnd(held, hosts);
  if (expiresAtMs === undefined) return { do: 'skip', why: 'no password that ends will be used again' };
  const lifeMs = Math.max(0, expiresAtMs - held.givenAtMs);
  const share = LATEST_SHARE + (EARLIEST_SHARE - LATEST_SHARE) * fractionOf(instance.uid);
  const dueAtMs = expiresAtMs - lifeMs * share;
  if (nowMs < dueAtMs) return { do: 'wait', why: 'not due', dueAtMs, expiresAtMs };
  if (refused) return { do: 'postpone', why: `the group is ${instance.groupStatus ?? 'unknown'}`, expiresAtMs };
  const leftMs = Math.max(0, expiresAtMs - nowMs);
  return { do: 'renew', why: 'due', dueAtMs, expiresAtMs, minimumLifeMs: leftMs + lifeMs * GAIN_SHARE };
}

/** @returns when the first password ends that a pull may still need, epoch milliseconds. */
export function firstEnd(held: HeldCredentials, hosts: ReadonlySet<string>): number | undefined {
  const ends = [...held.expiriesMs].flatMap(([host, ms]) => (ms !== undefined && hosts.has(host) ? [ms] : []));
  return ends.length === 0 ? undefined : Math.min(...ends);
}

function whyOver({ pod, instance, deleting }: RenewalInput): string | undefined {
  if (pod === undefined) return 'the Pod is gone';
  if (deleting || pod.metadata?.deletionTimestamp !== undefined) return 'it is being deleted';
  if (pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed') return 'the Pod has ended';
  const { phase } = instance;
  return phase === 'pending' || phase === 'running' ? undefined : `the group is ${phase}`;
}

/** Source: ECI API reference, UpdateContainerGroup: only from Pending or Running. */
function refusesChanges(groupStatus: string | undefined): boolean {
  return groupStatus !== 'Pending' && groupStatus !== 'Running';
}

/** Where in the window a group is, by its UID: the same after a restart, and evenly spread. @returns in [0, 1). */
function fractionOf(uid: string): number {
  return createHash('sha256').update(uid).digest().readUInt32BE(0) / 2 ** 32;
}
