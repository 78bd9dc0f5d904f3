/** What `eci-kubelet status` shows and `/status` serves: JSON, without secrets. Times are RFC 3339. */

/** How one entry is doing. */
export interface EntryStatus {
  /** Place in `acr-registry-info`, counted from 1. */
  position: number;
  /** Absent for Personal Edition. */
  instanceId?: string;
  regionId: string;
  /** The chain in words. */
  chain: string;
  hosts: readonly string[];
  /** `refused`: never tried, as configured. `failing`: the last try failed; with an expiry, the earlier credential still serves. */
  state: 'waiting' | 'serving' | 'failing' | 'expired' | 'refused';
  expiresAt?: string;
  nextRenewalAt?: string;
  lastError?: { reason: string; message: string; since: string };
}

/** What became of the namespaces. */
export interface NamespacesStatus {
  watched: number;
  /** Namespaces whose Secret is as it should be. */
  served: number;
  /** Namespaces with a Secret of our name that is not ours. */
  conflicts: readonly string[];
  serviceAccounts: { selected: number; attached: number };
}

/** Which names are meant: all of them, or those listed. */
export type SelectionStatus = 'all' | readonly string[];

/** One replica's view. */
export interface HelperStatus {
  version: string;
  /** Only the leader fetches and writes. */
  role: 'leader' | 'follower';
  /** Identity of the leader as its Lease says it; absent while nobody leads. */
  leader?: string;
  /** Base identity, as it was decided. */
  identity?: string;
  configuration: {
    state: 'complete' | 'incomplete';
    why?: string;
    /** Which namespaces are watched and which ServiceAccounts in them are served; absent while incomplete. */
    namespaces?: SelectionStatus;
    serviceAccounts?: SelectionStatus;
    findings: readonly { reason: string; key: string; message: string; position?: number }[];
  };
  entries: readonly EntryStatus[];
  /** Absent on a follower. */
  namespaces?: NamespacesStatus;
}
