import { systemClock } from '../../src/clock.ts';
import type { ConfigState } from '../../src/credential-helper/config/model.ts';
import type { SecretContent } from '../../src/credential-helper/entries/credential-book.ts';
import { ConflictBook } from '../../src/credential-helper/namespaces/conflict-book.ts';
import { NamespaceController } from '../../src/credential-helper/namespaces/namespace-controller.ts';
import type { Namespace } from '../../src/credential-helper/namespaces/namespace.ts';
import { createKubeClient } from '../../src/kube/client.ts';
import { loadKubeConfig } from '../../src/kube/kube-config.ts';
import { createReflector } from '../../src/kube/reflector.ts';
import type { KubeClient, ServiceAccount } from '../../src/kube/types.ts';
import { noLog, noMetrics } from '../../src/telemetry/types.ts';
import { aHelperConfig } from './helper-config.ts';
import { aContent } from './namespaces-bench.ts';

/** The controller of namespaces at work on a real API server, without a cloud. */
export interface RunningNamespaces {
  readonly controller: NamespaceController;
  readonly client: KubeClient;
  /** `verb path` of what was written. */
  readonly writes: readonly string[];
  /** `reason: message`. */
  readonly reports: readonly string[];
  renew(content: SecretContent): void;
  /** Watches these namespaces from now on. */
  watch(namespaces: readonly string[]): void;
  /** Stops the work; the client can still be used. May be called again. */
  stop(): Promise<void>;
  /** Ends the connections as well. */
  close(): Promise<void>;
}

/** Starts it for every ServiceAccount of the given namespaces. */
export async function startNamespaces(options: {
  kubeconfigPath: string;
  watched: readonly string[];
  content?: SecretContent;
  adoptExisting?: boolean;
}): Promise<RunningNamespaces> {
  const kubeConfig = await loadKubeConfig({ kind: 'file', paths: [options.kubeconfigPath] });
  const client = createKubeClient({ kubeConfig, clock: systemClock });
  const writes: string[] = [];
  const reports: string[] = [];
  const noted = (verb: string, path: string): void => void writes.push(`${verb} ${path}`);
  const recording: Pick<KubeClient, 'get' | 'create' | 'patch' | 'delete'> = {
    get: (path) => client.get(path),
    create: (path, body) => (noted('create', path), client.create(path, body)),
    patch: (path, body, type) => (noted('patch', path), client.patch(path, body, type)),
    delete: (path, deletion) => (noted('delete', path), client.delete(path, deletion)),
  };
  const stateOf = (names: readonly string[]): ConfigState => ({
    kind: 'complete',
    config: aHelperConfig({ namespaces: { kind: 'named', names }, serviceAccounts: { kind: 'all' } }),
  });
  let state = stateOf(options.watched);
  let content = options.content ?? aContent();
  const shared = { client, clock: systemClock };
  const namespaces = createReflector<Namespace>({
    ...shared,
    path: '/api/v1/namespaces',
    onEvent: (event) => controller.onNamespace(event),
  });
  const accounts = createReflector<ServiceAccount>({
    ...shared,
    path: '/api/v1/serviceaccounts',
    onEvent: (event) => controller.onAccount(event),
  });
  const controller = new NamespaceController({
    client: recording,
    clock: systemClock,
    random: Math.random,
    logger: noLog,
    metrics: noMetrics,
    source: { current: () => state },
    book: { current: () => content, recover: () => true },
    namespaces,
    accounts,
    conflicts: new ConflictBook(),
    reporter: {
      aboutConfig: ({ reason, message }) => void reports.push(`${reason}: ${message}`),
      on: (_target, { reason, message }) => void reports.push(`${reason}: ${message}`),
    },
    adoptExisting: options.adoptExisting === true,
  });
  const stopped = new AbortController();
  const loops = Promise.all([namespaces, accounts, controller].map((loop) => loop.run(stopped.signal)));
  return {
    controller,
    client,
    writes,
    reports,
    renew: (next) => {
      content = next;
      controller.changed();
    },
    watch: (names) => {
      state = stateOf(names);
      controller.changed();
    },
    async stop() {
      stopped.abort();
      await loops;
    },
    close: () => client.close(),
  };
}
