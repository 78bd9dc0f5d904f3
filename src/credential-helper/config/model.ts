/** The configuration as the rest of the helper sees it, whether it came from the ConfigMap or from the managed JSON. */
import type { Secret } from '../../secret.ts';

/** Which names are meant: all of them, or those that were listed, in the order in which they were first written. */
export type Selection = { kind: 'all' } | { kind: 'named'; names: readonly string[] };

/** @returns whether `name` is among the selected ones. */
export function selects(selection: Selection, name: string): boolean {
  return selection.kind === 'all' || selection.names.includes(name);
}

/** One element of `acr-registry-info`, checked and with its defaults; several ids in one element are several entries. */
export interface RegistryEntry {
  /** Place in the list as the user wrote it, counted from 1; entries out of one element share it. */
  position: number;
  /** Absent means Personal Edition. */
  instanceId?: string;
  /** Absent means the region of the cluster. */
  regionId?: string;
  /** Host names, lower-cased, with a port where one was given; absent means all names of the instance. */
  domains?: readonly string[];
  /** Role in the account of the registry. */
  assumeRoleArn?: string;
  /** Life of the session of that role, seconds, 3600 to 43200. */
  expireDurationSeconds: number;
  /** Role in the account of the cluster, for RRSA. */
  rrsaRoleArn?: string;
  rrsaProviderArn?: string;
  /** Access key of a RAM user in the account of the registry. */
  accessKey?: { id: string; secret: Secret };
}

/** The admission webhook for new ServiceAccounts. */
export interface WebhookSettings {
  enabled: boolean;
  failurePolicy: 'Ignore' | 'Fail';
  /** 1 to 30. */
  timeoutSeconds: number;
}

/** Everything that the user configured. */
export interface HelperConfig {
  serviceAccounts: Selection;
  namespaces: Selection;
  expiringThresholdMs: number;
  notifyEmail: string;
  entries: readonly RegistryEntry[];
  rrsaEnabled: boolean;
  /** Absent: the key cannot be read and never could; whatever stands in the cluster is left alone. */
  webhook?: WebhookSettings;
}

/** Reasons of events about the configuration. Source: `eventReasons`. */
export type FindingReason = 'ConfigInvalid' | 'ConfigWarning' | 'EntryInvalid' | 'EntryUnsupported';

/** Something about the configuration that the user should know. */
export interface Finding {
  reason: FindingReason;
  /** Key of the ConfigMap, or of the managed JSON; the name of the whole where it is about the whole. */
  key: string;
  /**
   * A whole sentence for an event: names the key, the entry or the place, and what was made of it. Never holds a secret, nor text
   * next to one.
   */
  message: string;
  /** Position of the entry that it is about. */
  position?: number;
}

/**
 * What is known of the configuration. While it is incomplete, because there is no ConfigMap or a key of it cannot be read and
 * never could, nothing is written, nothing removed, and the program is not ready.
 */
export type ConfigState = { kind: 'incomplete'; why: string } | { kind: 'complete'; config: HelperConfig };
