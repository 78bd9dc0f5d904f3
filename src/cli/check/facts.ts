import type { SecretFacts } from '../helper/secret-facts.ts';
import type { Seen } from '../helper/look.ts';
import type { EntryStatus, SelectionStatus } from '../../credential-helper/status/model.ts';

/** What is known of an entry of `acr-registry-info`. */
export interface EntryFacts {
  position: number;
  /** Absent for Personal Edition. */
  instanceId?: string;
  /** Absent for the region of the cluster, where nobody said which that is. */
  regionId?: string;
  /** Absent when the names come from the cloud and no helper told them. */
  hosts?: readonly string[];
  /** Absent when no helper told it. */
  state?: EntryStatus['state'];
  chain?: string;
  expiresAtMs?: number;
  lastError?: { reason: string; message: string; /** RFC 3339. */ since?: string };
}

/** What is known of the configuration. */
export type ConfigurationFacts =
  | { kind: 'complete'; namespaces: SelectionStatus; serviceAccounts: SelectionStatus }
  | { kind: 'incomplete'; why: string }
  | { kind: 'hidden'; why: string };

/** What is known of the credential helper. */
export interface HelperFacts {
  /** A helper that answered, or only what the API server holds. */
  source: 'helper' | 'api-server';
  configuration: ConfigurationFacts;
  entries: readonly EntryFacts[];
  /** Namespaces with a Secret of somebody else; absent when no leader told them. */
  conflicts?: readonly string[];
  /** Messages of recent Warning events about entries, latest first. */
  entryEvents: readonly string[];
}

/** What is known of the Pod, with regard to one of its images. */
export interface PodFacts {
  name: string;
  /** Names in its own list, which admission fills from the ServiceAccount's only when it is empty. */
  pullSecrets: readonly string[];
  containers: readonly string[];
  /** What the kubelet waits for, of the containers with this image, with what it last said about the pull. */
  waiting: readonly { container: string; reason: string; message: string }[];
  /** A container with this image has started, so it was pulled. */
  pulled: boolean;
}

/** Everything that decides whether a Pod on an ordinary node can pull one image. */
export interface PullFacts {
  nowMs: number;
  image: string;
  namespace: string;
  namespaceState: Seen<{ terminating: boolean }>;
  serviceAccountName: string;
  serviceAccount: Seen<{ pullSecrets: readonly string[] }>;
  /** Why the helper could not attach the ServiceAccount, latest first. */
  attachFailures: readonly string[];
  /** By name: the helper's, and those that the ServiceAccount and the Pod name. */
  secrets: ReadonlyMap<string, Seen<SecretFacts>>;
  helper: HelperFacts;
  /** Absent when a Pod is only thought of: it would have no list of its own. */
  pod?: PodFacts;
}
