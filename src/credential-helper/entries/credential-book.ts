import type { KubeSecret } from '../../kube/types.ts';
import type { Secret } from '../../secret.ts';
import type { EntryMark } from './model.ts';

/** What every watched namespace should hold now. */
export interface SecretContent {
  /** JSON text of `.dockerconfigjson`: sorted, so that the same credentials are the same text. */
  dockerConfig: Secret;
  /** Of everything in here; two contents of one process with one digest are the same. Says nothing about the passwords. */
  digest: string;
  /** Earliest expiry, epoch milliseconds; absent when it holds nothing. */
  expiresAtMs?: number;
  marks: readonly EntryMark[];
}

/** The credentials of all entries, as the writer of Secrets sees them. */
export interface CredentialBook {
  /**
   * @returns undefined while nothing may be written: the configuration is incomplete, or since the start some entry has not been
   *   tried once. Entries that come later join when they were tried; until then it stays as it is.
   */
  current(): SecretContent | undefined;
  /** Called after each change of {@link CredentialBook.current}. */
  onChange(listener: () => void): void;
  /**
   * Takes over what an earlier run has left in a Secret, before anything is fetched. What does not fit the configuration or is
   * dead is ignored; what is due is kept, and renewed first. Nothing is taken over while the configuration is incomplete.
   * @returns whether nothing is left to fetch, so that no further Secret need be read.
   */
  recover(secret: KubeSecret): boolean;
}
