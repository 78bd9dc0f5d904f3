import type { Clock } from '../clock.ts';
import type { KubeClient } from '../kube/types.ts';
import { WakeUp } from '../kube/wake-up.ts';
import type { Logger, Metrics } from '../telemetry/types.ts';
import type { AdmissionHandler } from './admission-review.ts';
import { AdmissionServer } from './admission-server.ts';
import type { CertificateSource, ServingCertificate } from './certificates/certificate-source.ts';
import { ConfigurationWriter, type ConfigurationState } from './configuration-writer.ts';
import {
  storedBundle,
  webhookConfiguration,
  withBundle,
  type Configuration,
  type WebhookOwner,
  type WebhookSpec,
  type WebhookTarget,
} from './webhook-configuration.ts';

/** How often certificates and configuration are looked at where nothing else is said: a look is one read per object. */
const LOOK_MS = 30_000;
/** The same while there is nothing to serve. */
const IDLE_LOOK_MS = 60_000;

/** Webhooks that belong together: one configuration object, handled here. */
export interface WebhookSet {
  /** Name of the MutatingWebhookConfiguration. */
  configuration: string;
  /**
   * What the configuration is to say. None: it is removed. `as-stored`: nobody knows what it should say, so what stands there is
   * answered, and only the authorities that it trusts are kept right.
   */
  webhooks: readonly WebhookSpec[] | 'as-stored';
  /** By path. */
  handlers: ReadonlyMap<string, AdmissionHandler>;
  /** Annotations that the configuration is to have besides those that it has. */
  annotations?: Readonly<Record<string, string>>;
  /** Is shown the configuration, each time it was read, before anything is answered by it. */
  onStored?: (stored: Configuration) => void;
}

/** What a host of webhooks works with. */
export interface WebhookHostOptions {
  client: Pick<KubeClient, 'get' | 'create' | 'replace' | 'delete'>;
  clock: Clock;
  logger: Logger;
  metrics: Metrics;
  /** Where it listens. */
  address: { host: string; port: number };
  /** How the API server reaches it. */
  target: WebhookTarget;
  owner: WebhookOwner;
  certificates: CertificateSource;
  /** What is served now; asked at every look. */
  sets: () => readonly WebhookSet[];
  /** Milliseconds between looks. Default: half a minute. */
  lookMs?: number;
  /** Whether an address that cannot be listened on is tried again, as any other failure, and does not end the program. Default: no. */
  keepsTryingToListen?: boolean;
  /** Milliseconds to go on answering after the signal, while the cluster learns that we go. Default: none. */
  drainMs?: number;
  /** Told what became of each set, and what went wrong, whenever that is looked at. */
  onLook?: (outcome: { foreign: readonly string[] } | { failure: unknown }) => void;
}

/**
 * Serves admission webhooks and sees to everything that they need: certificates, and the configuration objects by which the API
 * server knows of them. Every replica runs one. While there is nothing to serve, nothing listens, and no certificate is made.
 */
export class WebhookHost {
  readonly #options: WebhookHostOptions;
  readonly #server: AdmissionServer;
  readonly #handlers = new Map<string, AdmissionHandler>();
  readonly #wakeUp = new WakeUp();
  #isListening = false;
  #served: string | undefined;
  /** What was found last. `none`: nobody calls us. */
  #standing: 'unknown' | 'none' | 'all' | 'some' = 'unknown';
  #lastFailure = '';

  constructor(options: WebhookHostOptions) {
    this.#options = options;
    const { address, clock, logger, metrics } = options;
    this.#server = new AdmissionServer({
      ...address,
      handlerOf: (path) => this.#handlers.get(path),
      clock,
      logger,
      metrics,
    });
  }

  /** Serves until `signal` fires. @throws the listening error of Node.js, unless it is tried again. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, lookMs = LOOK_MS, drainMs = 0 } = this.#options;
    try {
      while (!signal.aborted) {
        await this.#tryToLook();
        await this.#wakeUp.sleep(clock, this.#isOff() ? IDLE_LOOK_MS : lookMs, signal);
      }
    } finally {
      if (this.#isListening) {
        this.#standing = 'some';
        this.#server.drain();
        if (drainMs > 0) await clock.sleep(drainMs);
        await this.#server.close();
      }
    }
  }

  /** Looks now: what is served may have changed. */
  wake(): void {
    this.#wakeUp.wake();
  }

  /** Whether calls that reach this replica are answered, or nobody calls at all. */
  isReady(): boolean {
    if (this.#standing === 'all') return this.#options.certificates.isKnown();
    // Since the last look, something may have come to be served.
    return this.#standing === 'none' && !this.#options.sets().some(isWanted);
  }

  /** Does what is due to certificates and configuration. @throws KubeApiError. */
  async look(): Promise<void> {
    const { sets, onLook } = this.#options;
    const states: ConfigurationState[] = [];
    const foreign: string[] = [];
    for (const set of sets()) {
      const state = await this.#bring(set);
      states.push(state);
      if (state.state === 'foreign') foreign.push(set.configuration);
    }
    const standing = states.filter(({ state }) => state === 'stands').length;
    const wanted = states.filter(({ state }) => state !== 'absent').length;
    this.#standing = wanted === 0 ? 'none' : standing === wanted ? 'all' : 'some';
    onLook?.({ foreign });
  }

  async #tryToLook(): Promise<void> {
    const { logger, onLook } = this.#options;
    try {
      await this.look();
      this.#lastFailure = '';
    } catch (error) {
      if (error instanceof ListenError && this.#options.keepsTryingToListen !== true) throw error.cause;
      const message = describe(error);
      // One line for each new problem: a server that is away for an hour is not news every few seconds.
      if (message !== this.#lastFailure) {
        logger.warn('the webhooks could not be set up, or not be kept up to date', { error });
      }
      this.#lastFailure = message;
      onLook?.({ failure: error });
    }
  }

  #isOff(): boolean {
    return this.#standing === 'none' && this.#options.sets().every(({ webhooks }) => webhooks.length === 0);
  }

  async #bring(set: WebhookSet): Promise<ConfigurationState> {
    const { client, logger, owner, target, certificates } = this.#options;
    const writer = new ConfigurationWriter({ client, logger, name: set.configuration, owner, target });
    if (set.webhooks.length === 0) {
      await writer.remove();
      return { state: 'absent' };
    }
    const outcome = await writer.ensure((stored) => this.#change(set, stored));
    if (outcome.state === 'stands') certificates.noteStored(storedBundle(outcome.configuration));
    return outcome;
  }

  async #change(set: WebhookSet, stored: Configuration | undefined): Promise<Configuration | undefined> {
    const { owner, target, certificates } = this.#options;
    const { configuration: name, webhooks, annotations = {} } = set;
    if (stored !== undefined) set.onStored?.(stored);
    if (webhooks === 'as-stored' && stored === undefined) return undefined;
    // Before the configuration: whoever reads that may call at once.
    const { caBundle: own } = await this.#serve(set);
    const before = storedBundle(stored);
    certificates.noteStored(before);
    const caBundle = certificates.join(before, own);
    if (webhooks !== 'as-stored') {
      return webhookConfiguration({ name, owner, webhooks, target, caBundle, annotations });
    }
    return stored === undefined ? undefined : withBundle(stored, caBundle);
  }

  async #serve({ handlers }: WebhookSet): Promise<ServingCertificate> {
    const certificate = await this.#options.certificates.ensure();
    // Handlers stay when their webhooks go: API servers learn of that a moment later.
    for (const [path, handler] of handlers) this.#handlers.set(path, handler);
    const { served } = certificate;
    if (served.certificate !== this.#served) this.#server.use(served);
    this.#served = served.certificate;
    if (!this.#isListening) await this.#listen();
    return certificate;
  }

  async #listen(): Promise<void> {
    try {
      await this.#server.listen();
    } catch (cause) {
      const { host, port } = this.#options.address;
      throw new ListenError(`${host}:${port} cannot be listened on: ${describe(cause)}`, { cause });
    }
    this.#isListening = true;
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function isWanted({ webhooks }: WebhookSet): boolean {
  return webhooks !== 'as-stored' && webhooks.length > 0;
}

/** Nobody can call us: the message names the address. */
export class ListenError extends Error {}
