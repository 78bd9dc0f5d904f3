import type { PersistentVolume, PersistentVolumeClaim, Service } from '../../kube/types.ts';
import type { Secret, Text } from '../../secret.ts';

/** What came of reading one object. */
export type Read<T> =
  | { kind: 'found'; value: T }
  | { kind: 'missing' }
  /** The API server answered, and refuses: a right is missing. */
  | { kind: 'refused'; message: string };

/** One value of a ConfigMap or a Secret. Values of Secrets are wrapped. */
export interface DataEntry {
  /** The bytes as a file has them, base64. */
  content: Text;
  /** As an environment variable has it. `binary` is what only files can hold: variables do not see it. */
  variable: { kind: 'text'; text: Text } | { kind: 'not-text' } | { kind: 'binary' };
}

/** The values of a ConfigMap or a Secret by key. */
export type DataEntries = ReadonlyMap<string, DataEntry>;

/** A token as the TokenRequest API gave it. */
export interface ServiceAccountToken {
  token: Secret;
  /** When it really ends, epoch milliseconds. */
  expiresAtMs: number;
}

/**
 * Everything outside of a Pod that its request depends on, as it was read. Together with Pod and configuration it decides every
 * byte of environment and volumes.
 */
export interface References {
  /** By {@link objectKey}. */
  configMaps: ReadonlyMap<string, Read<DataEntries>>;
  /** By {@link objectKey}: a PersistentVolume may name a Secret of another namespace. */
  secrets: ReadonlyMap<string, Read<DataEntries>>;
  /** By name, all in the namespace of the Pod. */
  claims: ReadonlyMap<string, Read<PersistentVolumeClaim>>;
  /** By name. */
  volumes: ReadonlyMap<string, Read<PersistentVolume>>;
  /** Those that become variables: the API server's, and those of the Pod's namespace unless the Pod does not want them. */
  services: readonly Service[];
  /** By {@link tokenKey}; empty until everything else is known to exist. */
  tokens: ReadonlyMap<string, ServiceAccountToken>;
}

/** Key of a namespaced object in {@link References}. */
export function objectKey(namespace: string, name: string): string {
  return `${namespace}/${name}`;
}

/** Key of a token in {@link References}: each volume asks for its own. */
export function tokenKey(volume: string, path: string): string {
  return `${volume}/${path}`;
}
