/**
 * Tells what this program has written from what others put into its Secrets. A Secret lies in a namespace where others may write, and
 * what is recovered from one namespace is written into all of them: without a seal, whoever may write one Secret could give logins to
 * every namespace.
 */
import { createHash } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import type { KubeSecret } from '../../kube/types.ts';
import type { Logger } from '../../telemetry/types.ts';
import { ENTRIES_ANNOTATION, SECRET_KEY } from '../names.ts';
import type { SecretContent } from './credential-book.ts';

/** A write that failed is tried again after this; meanwhile a restart would fetch what it need not. */
const RETRY_MS = 5_000;

/** Where seals are kept: in a place that only this program and administrators may write. */
export interface SealStore {
  /** @returns the seals of what was written last. @throws KubeApiError */
  read(): Promise<readonly string[]>;
  /** Adds the seal of what is written from now on; that of before stays for Secrets that are not written yet. @throws KubeApiError */
  write(seal: string): Promise<void>;
}

/** @returns the seal of what Secrets should hold. */
export function sealOf({ dockerConfig, marks }: Pick<SecretContent, 'dockerConfig' | 'marks'>): string {
  return digest(dockerConfig.reveal(), JSON.stringify(marks));
}

/** @returns the seal of what a Secret holds, whoever has written it. */
export function sealOfSecret({ metadata, data }: KubeSecret): string {
  const encoded: unknown = data?.[SECRET_KEY];
  const text = typeof encoded === 'string' ? Buffer.from(encoded, 'base64').toString() : '';
  return digest(text, metadata?.annotations?.[ENTRIES_ANNOTATION] ?? '[]');
}

function digest(dockerConfig: string, marks: string): string {
  return createHash('sha256')
    .update(JSON.stringify([dockerConfig, marks]))
    .digest('hex');
}

/** Knows the seals of earlier runs, and seals what this one makes known. */
export class ContentSealer {
  readonly #options: { store: SealStore; clock: Clock; logger: Logger };
  #known: ReadonlySet<string> = new Set();
  #isWriting = false;
  #notBeforeMs = 0;

  constructor(options: { store: SealStore; clock: Clock; logger: Logger }) {
    this.#options = options;
  }

  /** Reads the seals of earlier runs. Never throws: without them nothing is recovered, and everything fetched. */
  async load(): Promise<void> {
    const { store, logger } = this.#options;
    try {
      this.#known = new Set(await store.read());
    } catch (error) {
      this.#known = new Set();
      logger.warn('the seals of earlier runs could not be read; passwords are fetched anew', { error });
    }
  }

  isSealed(secret: KubeSecret): boolean {
    return this.#known.has(sealOfSecret(secret));
  }

  /** Seals a content, unless it is sealed. Never throws; call it again until it has worked. @returns the work that it starts. */
  async seal(content: SecretContent): Promise<void> {
    const { store, clock, logger } = this.#options;
    const seal = sealOf(content);
    if (this.#isWriting || this.#known.has(seal) || clock.nowMs() < this.#notBeforeMs) return;
    this.#isWriting = true;
    try {
      await store.write(seal);
      this.#known = new Set([seal, ...this.#known].slice(0, 2));
    } catch (error) {
      this.#notBeforeMs = clock.nowMs() + RETRY_MS;
      logger.warn('the seal of the Secrets could not be written; it is tried again', { error });
    } finally {
      this.#isWriting = false;
    }
  }
}
