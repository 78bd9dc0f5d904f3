import { isAlreadyExists, isConflict, isInvalidUid, isNotFound } from '../../kube/errors.ts';
import { resourcePath } from '../../kube/resource-path.ts';
import type { KubeClient, KubeSecret } from '../../kube/types.ts';
import { SECRET_NAME } from '../names.ts';
import { knownSecret, type KnownSecret } from './known-secret.ts';

/**
 * Reads and writes the Secrets, and remembers by version what they were, so that a turn with nothing to do makes no call. Whenever
 * the API server says that something else is true, it is forgotten, and has to be read again.
 */
export class SecretKeeper {
  readonly #client: Pick<KubeClient, 'get' | 'create' | 'patch' | 'delete'>;
  readonly #known = new Map<string, KnownSecret | 'absent'>();

  constructor(client: Pick<KubeClient, 'get' | 'create' | 'patch' | 'delete'>) {
    this.#client = client;
  }

  known(namespace: string): KnownSecret | 'absent' | 'unknown' {
    return this.#known.get(namespace) ?? 'unknown';
  }

  /** Has the next turn read the Secret again. */
  forget(namespace: string): void {
    this.#known.delete(namespace);
  }

  clear(): void {
    this.#known.clear();
  }

  /** @returns undefined where there is none. @throws KubeApiError. */
  async read(namespace: string): Promise<KubeSecret | undefined> {
    try {
      const secret = await this.#client.get<KubeSecret>(pathOf(namespace));
      this.#known.set(namespace, knownSecret(secret));
      return secret;
    } catch (error) {
      if (!isNotFound(error)) throw error;
      this.#known.set(namespace, 'absent');
      return undefined;
    }
  }

  /** @returns false when there is one by now. @throws KubeApiError. */
  async create(namespace: string, body: KubeSecret): Promise<boolean> {
    const path = resourcePath({ apiVersion: 'v1', resource: 'secrets', namespace });
    return await this.#write(namespace, isAlreadyExists, async () => await this.#client.create<KubeSecret>(path, body));
  }

  /** @returns false when it is another one by now, or gone. @throws KubeApiError. */
  async patch(namespace: string, body: object): Promise<boolean> {
    const hasChanged = (error: unknown): boolean => isConflict(error) || isInvalidUid(error) || isNotFound(error);
    const patch = async (): Promise<KubeSecret> =>
      await this.#client.patch<KubeSecret>(pathOf(namespace), body, 'merge');
    return await this.#write(namespace, hasChanged, patch);
  }

  /** @returns false when the name belongs to another one by now. @throws KubeApiError. */
  async delete(namespace: string, uid: string): Promise<boolean> {
    return await this.#write(namespace, isConflict, async () => {
      await this.#client.delete(pathOf(namespace), { uid });
      return 'absent';
    });
  }

  async #write(
    namespace: string,
    isStale: (error: unknown) => boolean,
    write: () => Promise<KubeSecret | 'absent'>,
  ): Promise<boolean> {
    try {
      const written = await write();
      this.#known.set(namespace, written === 'absent' ? written : knownSecret(written));
      return true;
    } catch (error) {
      // Also after a failure of another kind: without an answer it may have been done.
      this.forget(namespace);
      if (isStale(error)) return false;
      throw error;
    }
  }
}

function pathOf(namespace: string): string {
  return resourcePath({ apiVersion: 'v1', resource: 'secrets', namespace, name: SECRET_NAME });
}
