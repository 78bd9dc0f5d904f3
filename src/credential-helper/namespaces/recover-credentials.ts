import { isUnreachable } from '../../kube/errors.ts';
import type { KubeSecret } from '../../kube/types.ts';
import type { Logger } from '../../telemetry/types.ts';
import type { CredentialBook } from '../entries/credential-book.ts';
import { MANAGED_BY, MANAGED_BY_LABEL } from '../names.ts';

/** All Secrets hold the same but while they are being written, so that more of them would tell nothing new. */
const MAX_SECRETS = 10;
/** A start must not wait long for namespaces that have none. */
const MAX_READS = 100;

/** What there is to recover from, and for whom. */
export interface RecoverOptions {
  /** Watched namespaces in the order in which they are written. */
  namespaces: readonly string[];
  read: (namespace: string) => Promise<KubeSecret | undefined>;
  book: Pick<CredentialBook, 'recover'>;
  logger: Logger;
  signal: AbortSignal;
}

/**
 * Reads the Secrets that an earlier run has left until all credentials are found, or enough were read. Foreign ones are never taken
 * for ours. Never throws because of the API server: what is not found is fetched.
 */
export async function recoverCredentials(options: RecoverOptions): Promise<void> {
  const { namespaces, read, book, logger, signal } = options;
  let secrets = 0;
  for (const namespace of namespaces.slice(0, MAX_READS)) {
    if (signal.aborted || secrets >= MAX_SECRETS) return;
    try {
      const secret = await read(namespace);
      if (secret?.metadata?.labels?.[MANAGED_BY_LABEL] !== MANAGED_BY) continue;
      secrets += 1;
      if (book.recover(secret)) return;
    } catch (error) {
      logger.warn('what an earlier run has left could not be read', { namespace, error });
      if (isUnreachable(error)) return;
    }
  }
}
