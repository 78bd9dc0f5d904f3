import { createBase } from './app/base.ts';
import { connectCloud } from './app/connect-cloud.ts';
import { connectCluster } from './app/connect-cluster.ts';
import type { Environment } from './app/connect-cluster.ts';
import { createImageCaches } from './app/create-image-caches.ts';
import { createNodes } from './app/create-nodes.ts';
import { createPlacement } from './app/create-placement.ts';
import { createElector, leading } from './app/lead.ts';
import type { Work } from './app/lead.ts';
import { createEffects, openProfile } from './app/open-profile.ts';
import type { ProfileSource } from './app/open-profile.ts';
import type { VirtualNode } from './node/create-node.ts';
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
  profile: ProfileSource;
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
  const { profile, loops: profileLoops } = await openProfile(base, cluster, options.profile);
  const effects = createEffects(base, cluster, profile);
  const { nodes, kubelets, loops } = createNodes(base, cluster, { cloud, profile, effects });
  if (config.imageCacheController) loops.push(...createImageCaches(base, cluster, { cloud, profile }));
  const watches: Loop[] = [
    ...nodes.flatMap((node) => node.watches),
    ...kubelets.flatMap((kubelet) => kubelet.loops),
    ...profileLoops,
    // Every replica answers: the API server may ask any of them.
    ...createPlacement(base, cluster, effects),
  ];
  const work: Work = {
    begin: async () => void (await Promise.all(nodes.map((node) => node.register()))),
    loops: [...nodes.flatMap((node) => node.loops), ...loops],
    finish: () => cluster.events.flush(),
  };

  const health = await startHealthServer({
    address: config.adminAddress,
    metrics,
    ready: () => readiness(nodes),
    log: logger,
  });
  try {
    // Before anybody is told where they listen. What is asked too early is answered with 503.
    await Promise.all(kubelets.map((kubelet) => kubelet.start()));
    const ending = { signal, budgetMs: config.shutdownBudgetMs, clock, logger };
    if (config.leaderElect) {
      const leader = leading(base, await createElector(base, cluster), work);
      await runLoops([...watches, leader], { ...ending, finish: () => Promise.resolve() });
    } else {
      await work.begin();
      await runLoops([...watches, ...work.loops], { ...ending, finish: work.finish });
    }
    logger.info('stopped');
  } finally {
    await Promise.all([health.close(), ...kubelets.map((kubelet) => kubelet.close())]);
    // Not waited for: a call that has outlived the budget ends with the process.
    void cluster.client.close();
  }
}

/** Ready, also while another replica leads: what this one needs to take over is there. */
function readiness(nodes: readonly VirtualNode[]): { ok: true } | { ok: false; reason: string } {
  const unready = nodes.find((node) => !node.isReady());
  return unready === undefined ? { ok: true } : { ok: false, reason: `the Pods of ${unready.name} are not known yet` };
}
