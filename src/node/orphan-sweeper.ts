import type { Clock } from '../clock.ts';
import { isNotFound } from '../kube/errors.ts';
import type { KubeClient, Pod } from '../kube/types.ts';
import type { Logger, Metrics } from '../telemetry/types.ts';
import { findOrphans } from './orphans.ts';
import type { PodInstance, PodProvider } from './pod-provider.ts';

const SWEEP_MS = 60_000;

export interface OrphanSweeperOptions {
  client: KubeClient;
  clock: Clock;
  logger: Logger;
  metrics: Metrics;
  provider: PodProvider;
  isKnownPod: (uid: string) => boolean;
  /** True while the Pod watch is synchronised; nothing is judged otherwise. */
  podsSynced: () => boolean;
}

/** Deletes instances whose Pod vanished while nobody watched. Guarded: absence of a Pod needs proof, and numbers must be plausible. */
export class OrphanSweeper {
  readonly #options: OrphanSweeperOptions;
  #suspects: ReadonlyMap<string, number> = new Map();

  constructor(options: OrphanSweeperOptions) {
    this.#options = options;
  }

  /** Sweeps every minute until `signal` fires. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#options.clock.sleep(SWEEP_MS, signal).catch(() => {});
      if (signal.aborted) return;
      try {
        await this.sweep();
      } catch (error) {
        this.#options.logger.warn('orphan sweep failed', { error });
      }
    }
  }

  /** Makes one pass over all instances. */
  async sweep(): Promise<void> {
    const { provider, clock, logger, metrics, isKnownPod, podsSynced } = this.#options;
    if (!provider.hasSynced() || !podsSynced()) return;
    const verdict = findOrphans({
      instances: provider.list(),
      isKnownPod,
      suspects: this.#suspects,
      nowMs: clock.nowMs(),
    });
    this.#suspects = verdict.suspects;
    metrics.gauge('eci_kubelet_orphan_instances', verdict.suspects.size);
    if (verdict.breakerOpen) {
      logger.error('too many instances without a Pod, none is deleted: is this the right cluster?', {
        orphans: verdict.suspects.size,
      });
    }
    for (const orphan of verdict.confirmed) {
      // One that cannot be deleted must not protect the others.
      await this.#deleteIfGone(orphan).catch((error: unknown) =>
        logger.warn('an instance whose Pod is gone could not be deleted', {
          containerGroupId: orphan.instanceId,
          error,
        }),
      );
    }
  }

  async #deleteIfGone(orphan: PodInstance): Promise<void> {
    const { client, provider, logger } = this.#options;
    const path = `/api/v1/namespaces/${orphan.namespace}/pods/${orphan.name}`;
    try {
      const pod = await client.get<Pod>(path);
      if (pod.metadata?.uid === orphan.uid) return;
    } catch (error) {
      // Anything but a definite "not found" is no proof; the next sweep asks again.
      if (!isNotFound(error)) return;
    }
    logger.warn('deleting an instance whose Pod is gone', {
      pod: `${orphan.namespace}/${orphan.name}`,
      containerGroupId: orphan.instanceId,
    });
    try {
      await provider.delete(orphan.uid, { force: false });
    } catch (error) {
      // One that cannot be deleted must not keep the others alive; the next sweep tries again.
      logger.warn('deleting an orphan failed', { containerGroupId: orphan.instanceId, error });
    }
  }
}
