import { isAlreadyExists, isConflict, isInvalidUid, isNotFound } from '../../kube/errors.ts';
import { resourcePath } from '../../kube/resource-path.ts';
import type { KubeClient, KubeSecret } from '../../kube/types.ts';
import type { SecretContent } from '../entries/credential-book.ts';
import { SECRET_NAME } from '../names.ts';
import { conflictOf, holds, knownSecret, planSecret, type KnownSecret } from './secret-plan.ts';

const MAX_ATTEMPTS = 5;

/** What came of seeing to one Secret. */
export type SecretOutcome =
  | { kind: 'current'; written: boolean }
  /** It is not ours to write. */
  | { kind: 'conflict'; why: string; uid: string };

/** What is wanted of the Secret of one namespace. */
export interface WantedSecret {
  content: SecretContent;
  /** Names of the ServiceAccounts that hold our entry or are about to get it, sorted. */
  attached: readonly string[];
}

/**
 * Writes the Secrets of the namespaces. What was written is remembered by version and digest, so that a second pass makes no call;
 * what others do to a Secret shows when it is read anew, or when a write is refused because of it.
 */
export class SecretKeeper {
  readonly #client: Pick<KubeClient, 'get' | 'create' | 'patch' | 'delete'>;
  readonly #adoptExisting: boolean;
  /** By namespace; null where there is no Secret. */
  readonly #known = new Map<string, KnownSecret | null>();

  constructor(options: { client: Pick<KubeClient, 'get' | 'create' | 'patch' | 'delete'>; adoptExisting: boolean }) {
    this.#client = options.client;
    this.#adoptExisting = options.adoptExisting;
  }

  /** @returns ServiceAccounts of the annotation, as last seen; undefined for a namespace whose Secret was not looked at. */
  attachedIn(namespace: string): readonly string[] | undefined {
    const known = this.#known.get(namespace);
    return known === undefined ? undefined : (known?.attached ?? []);
  }

  /** Has the namespace a Secret that is ours, as far as is known? */
  isKeptIn(namespace: string): boolean {
    return this.#known.get(namespace)?.isOurs === true;
  }

  forget(namespace: string): void {
    this.#known.delete(namespace);
  }

  /**
   * Looks at the Secret, whatever is remembered.
   * @param content what it may hold; where it does, it need not be written.
   * @throws KubeApiError.
   */
  async look(namespace: string, content?: SecretContent): Promise<KnownSecret | undefined> {
    try {
      const secret = await this.#client.get<KubeSecret>(pathOf(namespace));
      const isHeld = content !== undefined && holds(secret, content);
      const known = knownSecret(secret, isHeld ? content.digest : undefined);
      this.#known.set(namespace, known);
      return known;
    } catch (error) {
      if (!isNotFound(error)) throw error;
      this.#known.set(namespace, null);
      return undefined;
    }
  }

  /** Makes the Secret what it should be, with at most one write unless others write as well. @throws KubeApiError. */
  async ensure(namespace: string, { content, attached }: WantedSecret): Promise<SecretOutcome> {
    if (!this.#known.has(namespace)) await this.look(namespace, content);
    for (let attempt = 1; ; attempt += 1) {
      const found = this.#known.get(namespace) ?? undefined;
      const step = planSecret({ namespace, found, content, attached, adoptExisting: this.#adoptExisting });
      if (step.kind === 'nothing') return { kind: 'current', written: false };
      if (step.kind === 'conflict') return { kind: 'conflict', why: step.why, uid: found?.uid ?? '' };
      try {
        const written =
          step.kind === 'create'
            ? await this.#client.create<KubeSecret>(collectionOf(namespace), step.body)
            : await this.#client.patch<KubeSecret>(pathOf(namespace), step.body, 'merge');
        this.#known.set(namespace, knownSecret(written, content.digest));
        return { kind: 'current', written: true };
      } catch (error) {
        const isStale = isAlreadyExists(error) || isConflict(error) || isInvalidUid(error);
        // A Secret that is gone is made again; a namespace that is gone is told to the caller.
        const isGone = step.kind === 'patch' && isNotFound(error);
        if ((!isStale && !isGone) || attempt >= MAX_ATTEMPTS) throw error;
        await this.look(namespace, content);
      }
    }
  }

  /** Deletes the Secret if it is ours. @throws KubeApiError. */
  async remove(namespace: string): Promise<void> {
    const known = this.#known.get(namespace);
    if (known?.isOurs !== true) return;
    await this.#client.delete(pathOf(namespace), { uid: known.uid });
    this.#known.set(namespace, null);
  }

  /** @returns why the Secret must be left alone, as far as is known. */
  conflictIn(namespace: string): string | undefined {
    const known = this.#known.get(namespace);
    return known === undefined || known === null ? undefined : conflictOf(known, this.#adoptExisting);
  }
}

function collectionOf(namespace: string): string {
  return resourcePath({ apiVersion: 'v1', resource: 'secrets', namespace });
}

function pathOf(namespace: string): string {
  return resourcePath({ apiVersion: 'v1', resource: 'secrets', namespace, name: SECRET_NAME });
}
