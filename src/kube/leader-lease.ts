import { toMicroTime } from './micro-time.ts';
import type { Lease } from './types.ts';

type LeaseSpec = NonNullable<Lease['spec']>;

/** A lease as it was seen, and since when it has been like that. */
export interface LeaseObservation {
  lease: Lease;
  /** The specification as text, to tell whether it changed. */
  record: string;
  /** On our own clock, milliseconds. */
  atMs: number;
}

/** Decides whether the lease may be taken or renewed: when it is ours, when nobody holds it, or when it has run out. Pure. */
export function decideElection(facts: {
  observed: LeaseObservation | undefined;
  identity: string;
  nowMs: number;
}): 'take' | 'wait' {
  const { observed, identity, nowMs } = facts;
  const { holderIdentity = '', leaseDurationSeconds = 0 } = observed?.lease.spec ?? {};
  if (observed === undefined || holderIdentity === '' || holderIdentity === identity) return 'take';
  return nowMs >= observed.atMs + leaseDurationSeconds * 1000 ? 'take' : 'wait';
}

/** Builds the specification with which a lease is taken or renewed. Pure. */
export function leaseSpec(options: {
  identity: string;
  /** Epoch milliseconds: for people who look, not for decisions. */
  nowMs: number;
  durationSeconds: number;
  before: LeaseSpec | undefined;
}): LeaseSpec {
  const { identity, nowMs, durationSeconds, before } = options;
  const renewTime = toMicroTime(nowMs);
  const renewal = before?.holderIdentity === identity;
  const transitions = before?.leaseTransitions ?? 0;
  return {
    holderIdentity: identity,
    leaseDurationSeconds: durationSeconds,
    acquireTime: renewal ? (before.acquireTime ?? renewTime) : renewTime,
    renewTime,
    leaseTransitions: before === undefined || renewal ? transitions : transitions + 1,
  };
}

/** Builds the specification that leaves a lease to whoever comes first. Pure. */
export function releasedSpec(before: LeaseSpec, nowMs: number): LeaseSpec {
  const now = toMicroTime(nowMs);
  return {
    holderIdentity: '',
    // Zero is refused by the API server.
    leaseDurationSeconds: 1,
    acquireTime: now,
    renewTime: now,
    leaseTransitions: before.leaseTransitions ?? 0,
  };
}
