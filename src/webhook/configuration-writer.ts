import { isAlreadyExists, isConflict, isForbidden, isNotFound } from '../kube/errors.ts';
import type { KubeClient, KubeObject } from '../kube/types.ts';
import type { Logger } from '../telemetry/types.ts';
import { pointsAt, says, type WebhookTarget } from './webhook-configuration.ts';

const COLLECTION = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations';

type Configuration = KubeObject & Record<string, unknown>;

/** Keeps one MutatingWebhookConfiguration as it should be, whoever else changes it. */
export class ConfigurationWriter {
  readonly #client: Pick<KubeClient, 'get' | 'create' | 'replace' | 'delete'>;
  readonly #logger: Logger;
  readonly #name: string;

  constructor(options: {
    client: Pick<KubeClient, 'get' | 'create' | 'replace' | 'delete'>;
    logger: Logger;
    name: string;
  }) {
    this.#client = options.client;
    this.#logger = options.logger;
    this.#name = options.name;
  }

  /** Writes `wanted` unless it stands there already. @throws KubeApiError. Another replica being faster is no failure. */
  async ensure(wanted: Configuration): Promise<void> {
    const stored = await this.#read();
    if (stored !== undefined && says(stored, wanted)) return;
    try {
      if (stored === undefined) await this.#client.create(COLLECTION, wanted);
      else {
        const metadata = { ...stored.metadata, labels: { ...stored.metadata?.labels, ...wanted.metadata?.labels } };
        await this.#client.replace(this.#path(), { ...stored, ...wanted, metadata });
      }
      this.#logger.info('webhook configuration written', { configuration: this.#name });
    } catch (error) {
      if (!isConflict(error) && !isAlreadyExists(error)) throw error;
    }
  }

  /**
   * Removes what an earlier run left, if there is anything and it may be removed. What points elsewhere is of another
   * installation.
   */
  async remove(target: WebhookTarget): Promise<void> {
    try {
      const stored = await this.#read();
      if (stored?.metadata?.labels?.['app.kubernetes.io/managed-by'] !== 'eci-kubelet') return;
      if (!pointsAt(stored['webhooks'], target)) return;
      await this.#client.delete(this.#path());
      this.#logger.info('webhook configuration removed', { configuration: this.#name });
    } catch (error) {
      // Where the webhook was never installed there is no permission to look for it either.
      if (!isForbidden(error)) throw error;
    }
  }

  async #read(): Promise<Configuration | undefined> {
    try {
      return await this.#client.get<Configuration>(this.#path());
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  #path(): string {
    return `${COLLECTION}/${this.#name}`;
  }
}
