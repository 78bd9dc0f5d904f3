import { isConflict, isForbidden, isNotFound } from '../../kube/errors.ts';
import type { JsonPatchOperation } from '../../kube/patch.ts';
import { resourcePath } from '../../kube/resource-path.ts';
import type { KubeClient, ServiceAccount } from '../../kube/types.ts';
import { attachPatch, detachPatch } from './attachment.ts';

/** Somebody who writes a ServiceAccount all the time deserves the next turn of the queue, not a loop. */
const MAX_ATTEMPTS = 5;

/** What the API server calls us, after our user agent. */
const OWN_MANAGER = 'eci-kubelet';

/** Writes our entry into ServiceAccounts, and takes it out. Foreign entries and their order stay as they are. */
export class AccountWriter {
  readonly #client: Pick<KubeClient, 'get' | 'patch'>;

  constructor(client: Pick<KubeClient, 'get' | 'patch'>) {
    this.#client = client;
  }

  /** @returns the ServiceAccount after a write; undefined when none was needed, or it is gone. @throws KubeApiError. */
  async attach(account: ServiceAccount): Promise<ServiceAccount | undefined> {
    return await this.#write(account, attachPatch);
  }

  /** @returns the ServiceAccount after a write; undefined when none was needed, or it is gone. @throws KubeApiError. */
  async detach(account: ServiceAccount): Promise<ServiceAccount | undefined> {
    return await this.#write(account, detachPatch);
  }

  /** Says who wrote the list last, other than us. @returns undefined when the server does not know. */
  async lastEditor(account: ServiceAccount): Promise<string | undefined> {
    try {
      const current = await this.#client.get<ServiceAccount>(pathOf(account));
      const fields = (current.metadata?.managedFields ?? [])
        .filter(({ manager }) => manager !== undefined && manager !== OWN_MANAGER)
        .toSorted((a, b) => (b.time ?? '').localeCompare(a.time ?? ''));
      return fields[0]?.manager;
    } catch {
      return undefined;
    }
  }

  async #write(
    account: ServiceAccount,
    patchOf: (account: ServiceAccount) => JsonPatchOperation[] | undefined,
  ): Promise<ServiceAccount | undefined> {
    const path = pathOf(account);
    let current = account;
    for (let attempt = 1; ; attempt += 1) {
      const patch = patchOf(current);
      if (patch === undefined) return undefined;
      try {
        return await this.#client.patch<ServiceAccount>(path, patch, 'json');
      } catch (error) {
        if (isNotFound(error)) return undefined;
        if (!isConflict(error) || attempt >= MAX_ATTEMPTS) throw error;
      }
      try {
        const fresh = await this.#client.get<ServiceAccount>(path);
        // Another one of the name is another object, which has an event of its own.
        if (fresh.metadata?.uid !== account.metadata?.uid) return undefined;
        current = fresh;
      } catch (error) {
        if (isNotFound(error)) return undefined;
        throw error;
      }
    }
  }
}

/** Is this what a namespace answers that is being deleted, or was? Nothing is wrong then. */
export function isTerminating(error: unknown): boolean {
  if (isNotFound(error)) return true;
  return isForbidden(error) && (error.details?.causes ?? []).some(({ reason }) => reason === 'NamespaceTerminating');
}

function pathOf(account: ServiceAccount): string {
  const { namespace = '', name = '' } = account.metadata ?? {};
  return resourcePath({ apiVersion: 'v1', resource: 'serviceaccounts', namespace, name });
}
