import type { Clock } from '../clock.ts';
import type { KubeClient } from '../kube/types.ts';
import type { Logger, Metrics } from '../telemetry/types.ts';
import type { AdmissionHandler } from './admission-review.ts';
import { AdmissionServer } from './admission-server.ts';
import { CertificateManager } from './certificates/certificate-manager.ts';
import { ConfigurationWriter } from './configuration-writer.ts';
import { webhookConfiguration, type WebhookSpec, type WebhookTarget } from './webhook-configuration.ts';

/** How often certificates and configuration are looked at: each look is two reads of one object. */
const LOOK_MS = 30_000;

/** Webhooks that belong together: one configuration object, handled here. */
export interface WebhookSet {
  /** Name of the MutatingWebhookConfiguration. */
  configuration: string;
  webhooks: readonly WebhookSpec[];
  /** By path. */
  handlers: ReadonlyMap<string, AdmissionHandler>;
}

/** What a host of webhooks works with. */
export interface WebhookHostOptions {
  client: KubeClient;
  clock: Clock;
  logger: Logger;
  metrics: Metrics;
  /** Where it listens. */
  address: { host: string; port: number };
  /** How the API server reaches it. */
  target: WebhookTarget;
  /** DNS names and IP addresses of the target. */
  hosts: readonly string[];
  /** Holds the certificate authorities. */
  secret: { namespace: string; name: string };
  sets: readonly WebhookSet[];
}

/**
 * Serves admission webhooks and sees to everything that they need: certificates, and the configuration objects by which the API
 * server knows of them. Every replica runs one; they agree through the Secret.
 */
export class WebhookHost {
  readonly #options: WebhookHostOptions;
  readonly #server: AdmissionServer;
  readonly #certificates: CertificateManager;
  #served: string | undefined;

  constructor(options: WebhookHostOptions) {
    this.#options = options;
    const { address, clock, logger, metrics, client, secret, hosts } = options;
    const handlers = new Map(options.sets.flatMap((set) => [...set.handlers]));
    this.#server = new AdmissionServer({ ...address, handlers, clock, logger, metrics });
    this.#certificates = new CertificateManager({ client, clock, logger, secret, hosts });
  }

  /** Serves until `signal` fires. @throws the listening error of Node.js: an address that is taken stays taken. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, logger } = this.#options;
    await this.#server.listen();
    try {
      while (!signal.aborted) {
        try {
          await this.look();
        } catch (error) {
          logger.warn('the webhooks could not be set up, or not be kept up to date', { error });
        }
        await clock.sleep(LOOK_MS, signal).catch(() => {});
      }
    } finally {
      await this.#server.close();
    }
  }

  /** Does what is due to certificates and configuration. */
  async look(): Promise<void> {
    const { client, logger, sets, target } = this.#options;
    const { caBundle, served } = await this.#certificates.ensure();
    // Before the configuration: whoever reads that may call at once.
    if (served.certificate !== this.#served) this.#server.use(served);
    this.#served = served.certificate;
    for (const { configuration, webhooks } of sets) {
      const wanted = webhookConfiguration({ name: configuration, webhooks, target, caBundle });
      await new ConfigurationWriter({ client, logger, name: configuration }).ensure(wanted);
    }
  }
}
