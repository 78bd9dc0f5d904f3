import type { ConfigSource } from '../../credential-helper/config/source.ts';
import type { CredentialBook } from '../../credential-helper/entries/credential-book.ts';
import { ConflictBook } from '../../credential-helper/namespaces/conflict-book.ts';
import { NamespaceController } from '../../credential-helper/namespaces/namespace-controller.ts';
import type { Namespace } from '../../credential-helper/namespaces/namespace.ts';
import type { Reporter } from '../../credential-helper/report.ts';
import { createReflector } from '../../kube/reflector.ts';
import type { Reflector } from '../../kube/reflector.ts';
import type { KubeClient, ServiceAccount } from '../../kube/types.ts';
import type { Loop } from '../../run-loops.ts';
import type { Base } from '../base.ts';

/** The namespaces and ServiceAccounts of the cluster, and what looks after them. */
export interface Namespaces {
  controller: NamespaceController;
  /** Which namespaces have a Secret of our name that is not ours, as the leader knows; it tells the webhooks of the others. */
  conflicts: ConflictBook;
  namespaces: Reflector<Namespace>;
  /** Also followed while another replica leads, so that a successor starts at once. */
  watches: readonly Loop[];
  /** Resolves when the caches are filled. @throws the reason of the signal. */
  untilSynced(signal: AbortSignal): Promise<void>;
  hasSynced(): boolean;
}

/** Connects the watches of namespaces and ServiceAccounts with their controller. */
export function createNamespaces(
  base: Base,
  client: KubeClient,
  parts: {
    source: ConfigSource;
    reporter: Reporter;
    book: Pick<CredentialBook, 'current' | 'recover'>;
  },
): Namespaces {
  const { config, clock, random, logger, metrics } = base;
  const { source, reporter, book } = parts;
  const { adoptExisting } = config;
  const conflicts = new ConflictBook();
  const watch = { client, clock, random, logger, metrics };
  const namespaces = createReflector<Namespace>({
    ...watch,
    path: '/api/v1/namespaces',
    onEvent: (event) => controller.onNamespace(event),
  });
  const accounts = createReflector<ServiceAccount>({
    ...watch,
    path: '/api/v1/serviceaccounts',
    onEvent: (event) => controller.onAccount(event),
  });
  const controller = new NamespaceController({
    client,
    clock,
    random,
    logger,
    metrics,
    source,
    reporter,
    book,
    namespaces,
    accounts,
    conflicts,
    adoptExisting,
  });
  return {
    controller,
    conflicts,
    namespaces,
    watches: [
      { name: 'watch of namespaces', run: (signal) => namespaces.run(signal) },
      { name: 'watch of ServiceAccounts', run: (signal) => accounts.run(signal) },
    ],
    untilSynced: async (signal) => {
      await Promise.all([namespaces.waitForSync(signal), accounts.waitForSync(signal)]);
    },
    hasSynced: () => namespaces.hasSynced() && accounts.hasSynced(),
  };
}
