import type { ServiceAccount } from '../../src/kube/types.ts';
import { ObjectStore } from '../../src/kube/object-store.ts';
import { Secret } from '../../src/secret.ts';
import { noLog, noMetrics } from '../../src/telemetry/types.ts';
import type { ConfigState, HelperConfig } from '../../src/credential-helper/config/model.ts';
import type { SecretContent } from '../../src/credential-helper/entries/credential-book.ts';
import { ConflictBook } from '../../src/credential-helper/namespaces/conflict-book.ts';
import { NamespaceController } from '../../src/credential-helper/namespaces/namespace-controller.ts';
import type { Namespace } from '../../src/credential-helper/namespaces/namespace.ts';
import type { Report } from '../../src/credential-helper/report.ts';
import { FakeClock } from './fake-clock.ts';
import { MemoryApi } from './memory-api.ts';

/** A configuration that serves `default` in `shop`. */
export const helperConfig: HelperConfig = {
  serviceAccounts: { kind: 'named', names: ['default'] },
  namespaces: { kind: 'named', names: ['shop'] },
  expiringThresholdMs: 900_000,
  notifyEmail: 'cs@aliyuncs.com',
  entries: [],
  rrsaEnabled: false,
};

/** Content with one password. */
export function aContent(password = 'first'): SecretContent {
  return {
    dockerConfig: new Secret(JSON.stringify({ auths: { 'registry.example.com': { password } } })),
    digest: `digest of ${password}`,
    expiresAtMs: Date.UTC(2026, 0, 1, 1),
    marks: [
      {
        fingerprint: 'f1',
        hosts: ['registry.example.com'],
        obtainedAt: '2026-01-01T00:00:00Z',
        expiresAt: '2026-01-01T01:00:00Z',
      },
    ],
  };
}

/** The paths of the API. */
export const secretPath = (namespace: string): string =>
  `/api/v1/namespaces/${namespace}/secrets/acr-credential-secret-aggregation`;
export const accountPath = (namespace: string, name: string): string =>
  `/api/v1/namespaces/${namespace}/serviceaccounts/${name}`;

/** The controller of namespaces on an API in memory, with caches that follow it at once. */
export class NamespacesBench {
  readonly api: MemoryApi;
  readonly clock = new FakeClock();
  readonly namespaces = new ObjectStore<Namespace>();
  readonly reports: (Report & { on?: string })[] = [];
  state: ConfigState = { kind: 'complete', config: helperConfig };
  content: SecretContent | undefined = aContent();
  readonly conflicts = new ConflictBook();
  /** Namespaces whose Secrets were handed to the book, and how many the book wants. */
  readonly recovered: string[] = [];
  recoveredAfter = 1;
  readonly controller: NamespaceController;
  /** Paths of all reads, also of those that were refused. */
  readonly reads: string[] = [];
  #stopped = new AbortController();

  /** @param options.api what an earlier bench has left. */
  constructor(options: { adoptExisting?: boolean; api?: MemoryApi } = {}) {
    this.api = options.api ?? new MemoryApi();
    this.controller = new NamespaceController({
      client: {
        get: async (path) => {
          this.reads.push(path);
          return await this.api.get(path);
        },
        create: (path, body) => this.api.create(path, body),
        patch: (path, body, type) => this.api.patch(path, body, type),
        delete: (path, deletion) => this.api.delete(path, deletion),
      },
      clock: this.clock,
      random: () => 0.5,
      logger: noLog,
      metrics: noMetrics,
      source: { current: () => this.state },
      book: {
        current: () => this.content,
        recover: (secret) => {
          this.recovered.push(secret.metadata?.namespace ?? '');
          return this.recovered.length >= this.recoveredAfter;
        },
      },
      namespaces: Object.assign(this.namespaces, { waitForSync: async () => {} }),
      accounts: { waitForSync: async () => {} },
      conflicts: this.conflicts,
      reporter: {
        aboutConfig: (report) => void this.reports.push(report),
        on: (target, report) =>
          void this.reports.push({ ...report, on: `${target.kind} ${target.namespace}/${target.name}` }),
      },
      adoptExisting: options.adoptExisting === true,
    });
  }

  addNamespace(name: string, phase = 'Active'): void {
    const object: Namespace = { metadata: { name, uid: `uid of ${name}` }, status: { phase } };
    this.namespaces.set(object);
    this.controller.onNamespace({ type: 'added', object, previous: undefined });
  }

  removeNamespace(name: string): void {
    const object = this.namespaces.get(name) ?? {};
    this.namespaces.remove(name);
    this.controller.onNamespace({ type: 'deleted', object, previous: object });
  }

  removeAccount(namespace: string, name: string): void {
    const object = this.account(namespace, name);
    this.api.objects.delete(accountPath(namespace, name));
    this.controller.onAccount({ type: 'deleted', object, previous: object });
  }

  /** Stores a ServiceAccount and shows it to the controller. */
  putAccount(namespace: string, name: string, imagePullSecrets?: ServiceAccount['imagePullSecrets']): void {
    const path = accountPath(namespace, name);
    const metadata = { namespace, name, uid: `uid of ${namespace}/${name}` };
    this.api.objects.set(path, { metadata, ...(imagePullSecrets === undefined ? {} : { imagePullSecrets }) });
    // Gives it a version.
    this.api.edit(path, () => {});
    this.show(namespace, name);
  }

  /** Shows a ServiceAccount as it is stored to the controller, as its watch does. */
  show(namespace: string, name: string): void {
    const object = this.account(namespace, name);
    this.controller.onAccount({ type: 'updated', object, previous: undefined });
  }

  account(namespace: string, name: string): ServiceAccount {
    return structuredClone(this.api.objects.get(accountPath(namespace, name)) ?? {});
  }

  /** Names in `imagePullSecrets`. */
  pullSecrets(namespace: string, name: string): (string | undefined)[] {
    return (this.account(namespace, name).imagePullSecrets ?? []).map((entry) => entry.name);
  }

  writes(): string[] {
    return this.api.writes.map(({ verb, path }) => `${verb} ${path.replace('/api/v1/namespaces/', '')}`);
  }

  start(): void {
    this.#stopped = new AbortController();
    void this.controller.run(this.#stopped.signal);
  }

  /** Starts, and lets the first pass happen. */
  async passOnce(): Promise<void> {
    this.start();
    await this.clock.advance(100);
  }

  async setConfig(config: Partial<HelperConfig>): Promise<void> {
    this.state = { kind: 'complete', config: { ...helperConfig, ...config } };
    this.controller.changed();
    await this.clock.advance(100);
  }

  stop(): void {
    this.#stopped.abort();
  }
}
