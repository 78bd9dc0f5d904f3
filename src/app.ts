import { createBase } from './app/base.ts';
import { connectCloud } from './app/connect-cloud.ts';
import { connectCluster } from './app/connect-cluster.ts';
import type { Environment } from './app/connect-cluster.ts';
import { createImageCaches } from './app/create-image-caches.ts';
import { createNode } from './app/create-nodes.ts';
import type { Config } from './config/options.ts';
import { productVersion } from './config/product-version.ts';
import { runLoops } from './run-loops.ts';
import type { Loop } from './run-loops.ts';
import { startHealthServer } from './telemetry/health-server.ts';

export interface AppOptions {
  config: Config;
  /** The configuration as it may be logged, once, at the start. */
  effective: Readonly<Record<string, unknown>>;
  /** Fires when the program should end. */
  signal: AbortSignal;
  env: Environment;
}

/**
 * Builds every object, connects them and runs them until the signal fires: the table of contents of the program. Each part is
 * wired in a file of its own in `app/`; nothing else knows all parts.
 * @throws EciKubeletError when the cluster cannot be reached, the node name is taken, or the configuration leads nowhere.
 */
export async function runApp(options: AppOptions): Promise<void> {
  const { config, signal } = options;
  const base = await createBase(config);
  const { logger, metrics, clock } = base;
  logger.info('starting', { version: productVersion, config: options.effective });

  const cluster = await connectCluster(base, options.env);
  const cloud = connectCloud(base, signal);
  const node = createNode(base, cluster, cloud);
  const loops: Loop[] = [...node.loops];
  if (config.imageCacheController) loops.push(...createImageCaches(base, cluster, cloud));

  const health = await startHealthServer({
    address: config.adminAddress,
    metrics,
    ready: () => (node.isReady() ? { ok: true } : { ok: false, reason: 'the Pods of the node are not known yet' }),
    log: logger,
  });
  try {
    await node.register();
    const finish = (): Promise<void> => cluster.events.flush();
    await runLoops(loops, { signal, finish, budgetMs: config.shutdownBudgetMs, clock, logger });
    logger.info('stopped');
  } finally {
    await health.close();
    // Not waited for: a call that has outlived the budget ends with the process.
    void cluster.client.close();
  }
}
