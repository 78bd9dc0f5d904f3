import type { KubeSecret } from '../../kube/types.ts';
import type { Secret } from '../../secret.ts';
import type { EntryMark } from './model.ts';

/** What every watched namespace should hold now. */
export interface SecretContent {
  /** JSON text of `.dockerconfigjson`: sorted, so that the same credentials are the same text. */
  dockerConfig: Secret;
  /** Of everything in here; two contents with one digest are the same. Says nothing about the passwords. */
  digest: string;
  /** Earliest expiry, epoch milliseconds; absent when it holds nothing. */
  expiresAtMs?: number;
  marks: readonly EntryMark[];
}

/** The credentials of all entries, as the writer of Secrets sees them. */
export interface CredentialBook {
  /**
   * @returns undefined while nothing may be written: the configuration is incomplete, or some entry has not been tried once.
   */
  current(): SecretContent | undefined;
  /** Called after each change of {@link CredentialBook.current}. */
  onChange(listener: () => void): void;
  /**
   * Takes over what an earlier run has left in a Secret, before anything is fetched. What does not fit the configuration or has
   * too little life left is ignored.
   * @returns whether every entry has a live credential now, so that no further Secret need be read.
   */
  recover(secret: KubeSecret): boolean;
}
