import { isAlreadyExists, isConflict, isForbidden, isNotFound } from '../kube/errors.ts';
import type { KubeClient } from '../kube/types.ts';
import type { Logger } from '../telemetry/types.ts';
import { belongsTo, says, type Configuration, type WebhookOwner, type WebhookTarget } from './webhook-configuration.ts';

const COLLECTION = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations';
/** Replicas write the same object. Each failure means that one of them has written, so few attempts are enough. */
const MAX_ATTEMPTS = 8;

/** What a configuration is kept with. */
export interface ConfigurationWriterOptions {
  client: Pick<KubeClient, 'get' | 'create' | 'replace' | 'delete'>;
  logger: Logger;
  name: string;
  owner: WebhookOwner;
  target: WebhookTarget;
}

/** Makes what is wanted out of what there is. @returns undefined to leave things as they are. */
export type ConfigurationChange = (
  stored: Configuration | undefined,
) => Configuration | undefined | Promise<Configuration | undefined>;

/** What became of a configuration. */
export type ConfigurationState =
  | { state: 'stands'; configuration: Configuration }
  /** There is none, and none was wanted. */
  | { state: 'absent' }
  /** Another installation has it; it was left alone. */
  | { state: 'foreign' };

/** Keeps one MutatingWebhookConfiguration as it should be, whoever else changes it. */
export class ConfigurationWriter {
  readonly #options: ConfigurationWriterOptions;

  constructor(options: ConfigurationWriterOptions) {
    this.#options = options;
  }

  /**
   * Writes what `change` makes of the stored configuration, unless it stands there already. Asks again when somebody else wrote
   * in between.
   * @throws KubeApiError; a conflict, when others write all the time.
   */
  async ensure(change: ConfigurationChange): Promise<ConfigurationState> {
    for (let attempt = 1; ; attempt += 1) {
      const stored = await this.#read();
      if (stored !== undefined && this.#isForeign(stored)) return { state: 'foreign' };
      const wanted = await change(stored);
      if (stored !== undefined && (wanted === undefined || says(stored, wanted)))
        return { state: 'stands', configuration: stored };
      if (wanted === undefined) return { state: 'absent' };
      try {
        const configuration = await this.#write(stored, wanted);
        this.#options.logger.info('webhook configuration written', { configuration: this.#options.name });
        return { state: 'stands', configuration };
      } catch (error) {
        const wasOvertaken = isConflict(error) || isAlreadyExists(error) || (stored !== undefined && isNotFound(error));
        if (!wasOvertaken || attempt === MAX_ATTEMPTS) throw error;
      }
    }
  }

  /** Removes what an earlier run left, if there is anything and it may be removed. What is of another installation stays. */
  async remove(): Promise<void> {
    const { client, logger, name, owner, target } = this.#options;
    try {
      const stored = await this.#read();
      if (stored === undefined || !belongsTo(stored, owner, target)) return;
      const { uid } = stored.metadata ?? {};
      // Another installation may have made one of the name meanwhile.
      await client.delete(this.#path(), uid === undefined ? {} : { uid });
      logger.info('webhook configuration removed', { configuration: name });
    } catch (error) {
      // Where the webhook was never installed there is no permission to look for it either.
      if (!isForbidden(error)) throw error;
    }
  }

  /** Without an installation to tell by, whoever writes last has it. */
  #isForeign(stored: Configuration): boolean {
    const { owner, target } = this.#options;
    return owner.installation !== undefined && !belongsTo(stored, owner, target);
  }

  /** With the version that was read: replicas that write at the same time must not undo each other's change. */
  async #write(stored: Configuration | undefined, wanted: Configuration): Promise<Configuration> {
    const { client } = this.#options;
    if (stored === undefined) return await client.create<Configuration>(COLLECTION, wanted);
    const labels = { ...stored.metadata?.labels, ...wanted.metadata?.labels };
    const annotations = { ...stored.metadata?.annotations, ...wanted.metadata?.annotations };
    const metadata = { ...stored.metadata, labels, annotations };
    return await client.replace<Configuration>(this.#path(), { ...stored, ...wanted, metadata });
  }

  async #read(): Promise<Configuration | undefined> {
    try {
      return await this.#options.client.get<Configuration>(this.#path());
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  #path(): string {
    return `${COLLECTION}/${this.#options.name}`;
  }
}
