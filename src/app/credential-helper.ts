import { hostname } from 'node:os';
import type { Config } from '../config/options.ts';
import { productVersion } from '../config/product-version.ts';
import { trimObject } from '../credential-helper/namespaces/trim-object.ts';
import { statusPage } from '../credential-helper/status/collect.ts';
import { runLoops } from '../run-loops.ts';
import type { Loop } from '../run-loops.ts';
import { startHealthServer } from '../telemetry/health-server.ts';
import { createBase } from './base.ts';
import { createClient, createEvents } from './connect-cluster.ts';
import type { Environment } from './connect-cluster.ts';
import { openAcrConfiguration } from './credential-helper/configuration.ts';
import { createEntries } from './credential-helper/entries.ts';
import { createNamespaces } from './credential-helper/namespaces.ts';
import { createReign } from './credential-helper/reign.ts';
import { createWebhook } from './credential-helper/webhook.ts';
import { createElector } from './lead.ts';

export interface CredentialHelperOptions {
  config: Config;
  /** Whether the region of the configuration was given by anybody; else the machine knows it. */
  isRegionKnown: boolean;
  /** The configuration as it may be logged, once, at the start. */
  effective: Readonly<Record<string, unknown>>;
  /** Fires when the program should end. */
  signal: AbortSignal;
  env: Environment;
}

/**
 * Builds the credential helper, connects its parts and runs them until the signal fires: its table of contents. It waits for an API
 * server, a configuration or a machine that does not answer yet, alive and not ready.
 * @throws EciKubeletError for a configuration that leads nowhere, such as an address that is taken.
 */
export async function runCredentialHelper(options: CredentialHelperOptions): Promise<void> {
  const { config, signal } = options;
  const base = await createBase(config);
  const { logger, metrics, clock } = base;
  logger.info('starting the credential helper', { version: productVersion, config: options.effective });

  const client = await createClient(base, options.env, { trim: trimObject });
  const events = createEvents(base, client, { component: 'aliyun-acr-credential-helper', host: hostname() });
  const { source, reporter } = openAcrConfiguration(base, client, events);
  const entries = createEntries(base, client, { source, reporter, signal, isRegionKnown: options.isRegionKnown });
  const elector = await createElector(base, { client });
  const isLeading = (): boolean => !config.leaderElect || elector.isLeader();
  const namespaces = createNamespaces(base, client, { source, reporter, book: entries.book });
  const webhook = await createWebhook(base, client, { source, reporter, namespaces, isLeading });
  const reign = createReign(base, { elector, isLeading, source, reporter, entries, namespaces });
  const loops: Loop[] = [
    { name: 'configuration', run: (stop) => source.run(stop) },
    ...namespaces.watches,
    // Every replica answers: the API server may ask any of them.
    { name: 'ServiceAccount webhook', run: (stop) => webhook.run(stop) },
    reign.loop,
  ];

  const health = await startHealthServer({
    address: config.adminAddress,
    metrics,
    ready: () => {
      const readiness = reign.readiness();
      if (!readiness.ok || webhook.isReady()) return readiness;
      return { ok: false, reason: 'the webhook is not known to the API server yet' };
    },
    routes: {
      '/status': () =>
        Promise.resolve(
          statusPage({
            version: productVersion,
            identity: () => entries.identity(),
            config: {
              current: () => source.current(),
              findings: () => [...source.findings(), ...entries.findings()],
            },
            entries: () => entries.statuses(),
            namespaces: () => (isLeading() ? namespaces.controller.status() : undefined),
            leadership: () => {
              const leader = elector.leader();
              return { leading: isLeading(), ...(leader === undefined ? {} : { leader }) };
            },
          }),
        ),
    },
    log: logger,
  });
  try {
    await runLoops(loops, { signal, budgetMs: config.shutdownBudgetMs, clock, logger, finish: () => events.flush() });
    logger.info('stopped');
  } finally {
    await health.close();
    // Not waited for: a call that has outlived the budget ends with the process.
    void client.close();
  }
}
