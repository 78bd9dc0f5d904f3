import { isConflict, isForbidden, isNotFound } from '../../kube/errors.ts';
import type { JsonPatchOperation } from '../../kube/patch.ts';
import { resourcePath } from '../../kube/resource-path.ts';
import type { KubeClient, ServiceAccount } from '../../kube/types.ts';
import { attachPatch, detachPatch } from './attachment.ts';
import { listEditors, type ListEditors } from './list-editors.ts';

/** Somebody who writes a ServiceAccount all the time deserves the next turn of the queue, not a loop. */
const MAX_ATTEMPTS = 5;

/** A ServiceAccount as it is now, and whether that took a write. */
export interface WrittenAccount {
  account: ServiceAccount;
  written: boolean;
}

/** Writes our entry into ServiceAccounts, and takes it out. Foreign entries and their order stay as they are. */
export class AccountWriter {
  readonly #client: Pick<KubeClient, 'get' | 'patch'>;

  constructor(client: Pick<KubeClient, 'get' | 'patch'>) {
    this.#client = client;
  }

  /**
   * @param isLost becomes true when nothing may be written any more.
   * @returns undefined when the ServiceAccount is gone, another one has its name, or nothing may be written any more.
   * @throws KubeApiError.
   */
  async attach(account: ServiceAccount, isLost: () => boolean): Promise<WrittenAccount | undefined> {
    return await this.#write(account, attachPatch, isLost);
  }

  /** The same as {@link AccountWriter.attach}, the other way. @throws KubeApiError. */
  async detach(account: ServiceAccount, isLost: () => boolean = () => false): Promise<WrittenAccount | undefined> {
    return await this.#write(account, detachPatch, isLost);
  }

  /** Reads who else writes the ServiceAccount. Never throws: it is only a detail of a message. */
  async editors(account: ServiceAccount): Promise<ListEditors> {
    try {
      return listEditors(await this.#client.get<ServiceAccount>(accountPath(account)));
    } catch {
      return { others: [] };
    }
  }

  async #write(
    account: ServiceAccount,
    patchOf: (account: ServiceAccount) => JsonPatchOperation[] | undefined,
    isLost: () => boolean,
  ): Promise<WrittenAccount | undefined> {
    const path = accountPath(account);
    let current = account;
    try {
      for (let attempt = 1; ; attempt += 1) {
        if (isLost()) return undefined;
        const patch = patchOf(current);
        if (patch === undefined) return { account: current, written: false };
        try {
          return { account: await this.#client.patch<ServiceAccount>(path, patch, 'json'), written: true };
        } catch (error) {
          if (!isConflict(error) || attempt >= MAX_ATTEMPTS) throw error;
        }
        current = await this.#client.get<ServiceAccount>(path);
        if (current.metadata?.uid !== account.metadata?.uid) return undefined;
      }
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }
}

/** Is this what a namespace answers that is being deleted, or is gone? Nothing is wrong then. */
export function isOfEndingNamespace(error: unknown): boolean {
  if (isNotFound(error)) return true;
  return isForbidden(error) && (error.details?.causes ?? []).some(({ reason }) => reason === 'NamespaceTerminating');
}

/** @returns the path of a ServiceAccount. */
export function accountPath({ metadata }: ServiceAccount): string {
  const { namespace = '', name = '' } = metadata ?? {};
  return resourcePath({ apiVersion: 'v1', resource: 'serviceaccounts', namespace, name });
}
