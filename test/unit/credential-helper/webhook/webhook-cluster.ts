import assert from 'node:assert/strict';
import type { Agent } from 'node:https';
import { setImmediate as turn } from 'node:timers/promises';
import type { ConfigState, HelperConfig } from '../../../../src/credential-helper/config/model.ts';
import type { Report } from '../../../../src/credential-helper/report.ts';
import { ServiceAccountWebhook } from '../../../../src/credential-helper/webhook/service-account-webhook.ts';
import type { KubeObject } from '../../../../src/kube/types.ts';
import { noLog, noMetrics } from '../../../../src/telemetry/types.ts';
import { storedBundle, type Configuration, type WebhookSpec } from '../../../../src/webhook/webhook-configuration.ts';
import { callWebhook, patchOf, type AdmissionReply } from '../../../support/admission-caller.ts';
import { freePort } from '../../../support/child-process.ts';
import type { FakeClock } from '../../../support/fake-clock.ts';
import { aHelperConfig } from '../../../support/helper-config.ts';
import type { MemoryApi } from '../../../support/memory-api.ts';

export const CONFIGURATION_PATH =
  '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/aliyun-acr-credential-helper';

/** Of a webhook that is on. */
export const ON = { enabled: true, failurePolicy: 'Ignore', timeoutSeconds: 10 } as const;

/** A replica of the webhook, what it is told, and what it tells. */
export class WebhookReplica {
  readonly reports: Report[] = [];
  readonly conflicts = new Set<string>();
  leads = false;
  namespaces: KubeObject[] = [aNamespace('default'), aNamespace('team-a')];
  hasSynced = true;
  readonly webhook: ServiceAccountWebhook;
  readonly port: number;
  readonly #clock: FakeClock;
  readonly #stop = new AbortController();
  readonly #listeners: (() => void)[] = [];
  #state: ConfigState = { kind: 'incomplete', why: 'waiting' };
  #ended: Promise<void> | undefined;
  #asleep = 0;
  #failure: unknown;

  private constructor(api: MemoryApi, clock: FakeClock, port: number, service: string) {
    this.#clock = clock;
    this.port = port;
    this.webhook = new ServiceAccountWebhook({
      ...{ client: api, logger: noLog, metrics: noMetrics },
      clock: { nowMs: () => clock.nowMs(), sleep: (ms, signal) => this.#sleep(ms, signal) },
      address: { host: '127.0.0.1', port },
      target: { service: { namespace: 'kube-system', name: service, port: 443 } },
      hosts: ['127.0.0.1'],
      ownNamespace: 'kube-system',
      source: {
        current: () => this.#state,
        findings: () => [],
        onChange: (listener) => this.#listeners.push(listener),
        target: () => undefined,
        run: async () => {},
      },
      namespaces: { hasSynced: () => this.hasSynced, list: () => this.namespaces },
      conflicts: { isConflicted: (name) => this.conflicts.has(name), isComplete: () => this.leads },
      reporter: { aboutConfig: (report) => this.reports.push(report), on: () => {} },
    });
  }

  static async make(api: MemoryApi, clock: FakeClock, service = 'webhook'): Promise<WebhookReplica> {
    return new WebhookReplica(api, clock, await freePort(), service);
  }

  /** Runs it with a configuration. */
  async start(parts?: Partial<HelperConfig>): Promise<this> {
    if (parts !== undefined) this.#state = { kind: 'complete', config: aHelperConfig(parts) };
    this.#ended = this.webhook.run(this.#stop.signal).catch((error: unknown) => {
      this.#failure = error;
    });
    await this.settle();
    return this;
  }

  /** Changes the configuration; absent parts are as where nothing is said. */
  async configure(parts: Partial<HelperConfig>): Promise<void> {
    await this.know({ kind: 'complete', config: aHelperConfig(parts) });
  }

  /** Changes what is known of the configuration. */
  async know(state: ConfigState): Promise<void> {
    this.#state = state;
    for (const listener of this.#listeners) listener();
    await this.pass(0);
  }

  async pass(ms: number): Promise<void> {
    await this.#clock.advance(ms);
    await this.settle();
  }

  /** Tells it to end, which takes a while. */
  async beginToStop(): Promise<void> {
    this.#stop.abort();
    await this.pass(0);
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#clock.advance(5000);
    await this.#ended;
  }

  /** Asks as the API server does, which trusts what the configuration says. */
  async ask(ca: string, namespace = 'default', agent?: Agent): Promise<AdmissionReply> {
    const object = { metadata: { name: 'default', namespace } };
    const request = { uid: 'u', operation: 'CREATE', kind: { kind: 'ServiceAccount' }, namespace, object };
    const call = { port: this.port, path: '/service-account/attach', ca, request };
    return await callWebhook({ ...call, ...(agent === undefined ? {} : { agent }) });
  }

  async attaches(ca: string, namespace?: string): Promise<boolean> {
    return patchOf(await this.ask(ca, namespace)) !== undefined;
  }

  /** Keys are made outside of the event loop: waits until it sleeps again. @throws what it ended with. */
  async settle(): Promise<void> {
    await turn();
    for (let time = 0; this.#asleep === 0; time += 1) {
      if (this.#failure !== undefined) throw this.#failure as Error;
      assert.ok(time < 100_000, 'the webhook does not come to rest');
      await turn();
    }
  }

  async #sleep(ms: number, signal?: AbortSignal): Promise<void> {
    this.#asleep += 1;
    try {
      await this.#clock.sleep(ms, signal);
    } finally {
      this.#asleep -= 1;
    }
  }
}

/** A namespace as Kubernetes from 1.21 on shows it. */
export function aNamespace(name: string): KubeObject {
  return { metadata: { name, labels: { 'kubernetes.io/metadata.name': name } } };
}

/** What stands in the cluster. */
export function storedIn(api: MemoryApi): Configuration | undefined {
  return api.objects.get(CONFIGURATION_PATH);
}

export function bundleIn(api: MemoryApi): string {
  return storedBundle(storedIn(api));
}

export function specIn(api: MemoryApi): WebhookSpec {
  const [spec] = (storedIn(api)?.['webhooks'] ?? []) as WebhookSpec[];
  assert.ok(spec !== undefined, 'there is no webhook');
  return spec;
}
