import type { Clock } from '../../clock.ts';
import { isForbidden } from '../../kube/errors.ts';
import type { KubeClient, KubeObject } from '../../kube/types.ts';
import type { Logger, Metrics } from '../../telemetry/types.ts';
import type { AdmissionAnswer, AdmissionRequest } from '../../webhook/admission-review.ts';
import { MemoryCertificates } from '../../webhook/certificates/memory-certificates.ts';
import { ListenError, WebhookHost, type WebhookSet } from '../../webhook/webhook-host.ts';
import type { WebhookSpec, WebhookTarget } from '../../webhook/webhook-configuration.ts';
import type { Selection, WebhookSettings } from '../config/model.ts';
import type { ConfigSource } from '../config/source.ts';
import { MANAGED_BY, WEBHOOK_CONFIGURATION } from '../names.ts';
import type { Reporter } from '../report.ts';
import { attachOnCreate } from './attach-on-create.ts';
import { CONFLICTS_ANNOTATION, SharedConflicts, type KnownConflicts } from './shared-conflicts.ts';
import { ATTACH_PATH, excludedNamespaces, haveNameLabels, webhookSpec } from './webhook-spec.ts';

/** How soon a configuration that somebody changed is put right: each look is one read. */
const LOOK_MS = 5000;
/** How long a Service may go on sending calls to a replica that ends. */
const DRAIN_MS = 5000;

/** What the webhook for ServiceAccounts works with. */
export interface ServiceAccountWebhookOptions {
  client: Pick<KubeClient, 'get' | 'create' | 'replace' | 'delete'>;
  clock: Clock;
  logger: Logger;
  metrics: Metrics;
  /** Where it listens, once the webhook is on. */
  address: { host: string; port: number };
  /** How the API server reaches it. */
  target: WebhookTarget;
  /** DNS names and IP addresses of the target. */
  hosts: readonly string[];
  /** Namespace of this program. */
  ownNamespace: string;
  source: ConfigSource;
  /** Namespaces of the cluster, as they are watched. */
  namespaces: { hasSynced(): boolean; list(): readonly KubeObject[] };
  conflicts: KnownConflicts;
  reporter: Reporter;
}

/**
 * Attaches new ServiceAccounts while they are created, where `webhook-configuration` says so. Every replica runs one, leader or
 * not: it answers from memory, and writes nothing but the one configuration by which the API server knows of it.
 */
export class ServiceAccountWebhook {
  readonly #options: ServiceAccountWebhookOptions;
  readonly #excluded: readonly string[];
  readonly #host: WebhookHost;
  readonly #conflicts: SharedConflicts;

  constructor(options: ServiceAccountWebhookOptions) {
    this.#options = options;
    const { client, clock, logger, metrics, address, target, hosts, source } = options;
    this.#conflicts = new SharedConflicts(options.conflicts);
    this.#excluded = excludedNamespaces(options.ownNamespace);
    this.#host = new WebhookHost({
      ...{ client, clock, logger, metrics, address, target },
      owner: { managedBy: MANAGED_BY, installation: describeTarget(target) },
      certificates: new MemoryCertificates({ clock, logger, name: 'acr-credential-helper webhook', hosts }),
      sets: () => [this.#wantedSet()],
      lookMs: LOOK_MS,
      // Turning the webhook on must not end what renews passwords.
      keepsTryingToListen: true,
      drainMs: DRAIN_MS,
      onLook: (outcome) => this.#tell(outcome),
    });
    source.onChange(() => this.#host.wake());
  }

  /** Serves until `signal` fires. Whatever fails is told, and tried again. */
  async run(signal: AbortSignal): Promise<void> {
    await this.#host.run(signal);
  }

  /** Whether calls that reach this replica are answered as configured, or there are none. */
  isReady(): boolean {
    const { source, namespaces } = this.#options;
    const state = source.current();
    if (state.kind === 'incomplete') return false;
    const isOn = state.config.webhook?.enabled === true;
    return (!isOn || namespaces.hasSynced()) && this.#host.isReady();
  }

  #wantedSet(): WebhookSet {
    const { source, namespaces } = this.#options;
    const conflicts = this.#conflicts.annotation(namespaces.list().map(({ metadata }) => metadata?.name ?? ''));
    const attach = (request: AdmissionRequest): AdmissionAnswer =>
      attachOnCreate(request, {
        config: source.current(),
        excluded: this.#excluded,
        isConflicted: (namespace) => this.#conflicts.has(namespace),
      });
    return {
      configuration: WEBHOOK_CONFIGURATION,
      webhooks: this.#wantedWebhooks(),
      handlers: new Map([[ATTACH_PATH, attach]]),
      ...(conflicts === undefined ? {} : { annotations: { [CONFLICTS_ANNOTATION]: conflicts } }),
      onStored: ({ metadata }) => this.#conflicts.take(metadata?.annotations?.[CONFLICTS_ANNOTATION]),
    };
  }

  #wantedWebhooks(): WebhookSet['webhooks'] {
    const { source, namespaces } = this.#options;
    const state = source.current();
    if (state.kind === 'incomplete' || state.config.webhook === undefined) return 'as-stored';
    if (!state.config.webhook.enabled) return [];
    // Without all namespaces there is no telling whether a selector may go by their names.
    if (!namespaces.hasSynced()) return 'as-stored';
    return [this.#specOf(state.config.webhook, state.config.namespaces)];
  }

  #specOf(settings: WebhookSettings, namespaces: Selection): WebhookSpec {
    const named = haveNameLabels(this.#options.namespaces.list());
    const { spec, warning } = webhookSpec({ settings, namespaces, named, excluded: this.#excluded });
    if (warning !== undefined) this.#warn(warning);
    return spec;
  }

  #tell(outcome: { foreign: readonly string[] } | { failure: unknown }): void {
    if ('failure' in outcome) {
      const { failure } = outcome;
      if (isForbidden(failure)) this.#warn(NOT_ALLOWED);
      if (failure instanceof ListenError)
        this.#warn(
          `${failure.message}, so new ServiceAccounts wait for the controller; choose another --webhook-address`,
        );
      return;
    }
    for (const name of outcome.foreign) {
      this.#warn(
        `the MutatingWebhookConfiguration ${name} is not of this installation (${describeTarget(this.#options.target)}) and is left alone, so new ServiceAccounts wait for the controller; delete it if nobody else uses it`,
      );
    }
  }

  #warn(message: string): void {
    this.#options.reporter.aboutConfig({ reason: 'ConfigWarning', message: `webhook-configuration: ${message}` });
  }
}

const NOT_ALLOWED = `this program may not write the MutatingWebhookConfiguration ${WEBHOOK_CONFIGURATION}, so new ServiceAccounts wait for the controller; apply deploy/credential-helper with components/webhook, or set enable: false`;

function describeTarget(target: WebhookTarget): string {
  return 'url' in target ? target.url : `${target.service.namespace}/${target.service.name}`;
}
