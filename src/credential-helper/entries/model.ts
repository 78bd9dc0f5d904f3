import type { RoleChain } from '../../credentials/role-chain.ts';
import type { AccessKey } from '../../credentials/types.ts';
import type { Secret } from '../../secret.ts';
import type { Finding, RegistryEntry } from '../config/model.ts';

/** Who the program is when an entry brings no identity of its own. */
export type BaseIdentity = 'managed-role' | 'worker-role' | 'addon-secret';

/** Where the chain of an entry starts. */
export type EntryIdentity =
  | { kind: 'base'; base: BaseIdentity }
  | { kind: 'rrsa'; roleArn: string; providerArn: string }
  | { kind: 'access-key'; key: AccessKey };

/** How one entry is to be served, decided without a call. */
export interface EntryPlan {
  entry: RegistryEntry;
  /** Enterprise Edition where the entry names an instance. */
  instanceId?: string;
  /** Region of the registry: the entry's, or the cluster's. */
  regionId: string;
  identity: EntryIdentity;
  /** Roles after the identity, in order. */
  chain: RoleChain;
  /** The chain in words, without secrets: `worker role → role b-role of 222 → instance cri-abc in cn-hangzhou`. */
  description: string;
  /**
   * Tells entries apart over restarts: identity, chain, edition, region, instance, domains and session duration. Two plans with one
   * fingerprint yield interchangeable credentials. Holds no secret.
   */
  fingerprint: string;
}

/** What becomes of an entry. */
export type PlannedEntry =
  | { kind: 'served'; plan: EntryPlan }
  | { kind: 'refused'; entry: RegistryEntry; finding: Finding };

/** A live password and the hosts that it is for. */
export interface EntryCredential {
  hosts: readonly string[];
  userName: string;
  password: Secret;
  /** The server's own, epoch milliseconds. */
  expiresAtMs: number;
  /** Epoch milliseconds; with the expiry it gives the life, of which the renewal depends. */
  obtainedAtMs: number;
}

/** What the annotation on a Secret says about one entry. */
export interface EntryMark {
  fingerprint: string;
  hosts: readonly string[];
  /** RFC 3339. */
  obtainedAt: string;
  expiresAt: string;
}
