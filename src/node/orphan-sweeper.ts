import type { Clock } from '../clock.ts';
import type { EventReasonName } from '../event-reasons.ts';
import { isNotFound } from '../kube/errors.ts';
import type { EventRecorder, KubeClient, Node, Pod } from '../kube/types.ts';
import type { Logger, Metrics } from '../telemetry/types.ts';
import { findOrphans } from './orphans.ts';
import type { PodInstance, PodProvider } from './pod-provider.ts';

/** A pass over what is known already; the cloud is not asked for it. */
const SWEEP_MS = 60_000;
/** The first one comes soon after the start: who points the program to the wrong cluster should not have to wait to learn it. */
const FIRST_SWEEP_MS = 5_000;
const JITTER = 0.1;

/** On the Node: how many orphans somebody has looked at and wants deleted although they are suspiciously many. */
export const CONFIRM_ORPHANS_ANNOTATION = 'eci.alibabacloud.com/delete-orphans';

/** Names of Pods are DNS subdomains; those of namespaces are labels, which are subdomains too. */
function isPodName(name: string): boolean {
  return /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(name);
}

/** What becomes of instances whose Pod is gone. */
export type OrphanMode = 'delete' | 'report' | 'off';

export interface OrphanSweeperOptions {
  client: KubeClient;
  clock: Clock;
  /** In [0, 1). */
  random: () => number;
  logger: Logger;
  metrics: Metrics;
  events: EventRecorder;
  provider: PodProvider;
  nodeName: string;
  mode: OrphanMode;
  isKnownPod: (uid: string) => boolean;
  /** How many Pods the watch knows. */
  countPods: () => number;
  /** True while the Pod watch is synchronised; nothing is judged otherwise. */
  podsSynced: () => boolean;
}

/** Deletes instances whose Pod vanished while nobody watched. Guarded: absence of a Pod needs proof, and numbers must be plausible. */
export class OrphanSweeper {
  readonly #options: OrphanSweeperOptions;
  #suspects: ReadonlyMap<string, number> = new Map();
  #stopped = 0;

  constructor(options: OrphanSweeperOptions) {
    this.#options = options;
  }

  /** How many orphans are left alone because they are suspiciously many; 0 while all is well. */
  suspiciousOrphans(): number {
    return this.#stopped;
  }

  /** Sweeps about every minute until `signal` fires. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, random, logger } = this.#options;
    for (let pauseMs = FIRST_SWEEP_MS; !signal.aborted; pauseMs = SWEEP_MS) {
      await clock.sleep(pauseMs * (1 - JITTER + 2 * JITTER * random()), signal).catch(() => {});
      if (signal.aborted) return;
      try {
        await this.sweep();
      } catch (error) {
        logger.warn('orphan sweep failed', { error });
      }
    }
  }

  /** Makes one pass over all instances. */
  async sweep(): Promise<void> {
    const { provider, clock, metrics, nodeName, mode, isKnownPod, countPods, podsSynced } = this.#options;
    const verified = provider.hasSynced() && provider.health()?.reachable === true && podsSynced();
    if (mode === 'off' || !verified) return;
    const verdict = findOrphans({
      instances: provider.list(),
      isKnownPod,
      knownPods: countPods(),
      suspects: this.#suspects,
      nowMs: clock.nowMs(),
    });
    this.#suspects = verdict.suspects;
    metrics.gauge('eci_kubelet_orphan_instances', verdict.suspects.size, { node: nodeName });
    const stopped = verdict.suspicious && !(await this.#isConfirmed(verdict.suspects.size));
    this.#stopped = stopped ? verdict.suspects.size : 0;
    metrics.gauge('eci_kubelet_orphan_sweep_stopped', stopped ? 1 : 0, { node: nodeName });
    if (stopped) return this.#sayStopped(verdict.suspects.size);
    for (const orphan of verdict.confirmed) await this.#treat(orphan);
  }

  #sayStopped(orphans: number): void {
    const message =
      `${orphans} container groups seem to have lost their Pods, too many to be believed; none is deleted. ` +
      `Is this the right cluster? If they are to go: kubectl annotate node ${this.#options.nodeName} ${CONFIRM_ORPHANS_ANNOTATION}=${orphans}`;
    this.#options.logger.error('too many instances without a Pod, none is deleted', { orphans });
    this.#tellNode('Warning', 'OrphanSweepStopped', message);
  }

  /** The number must match: what was confirmed once is no licence for ever. */
  async #isConfirmed(orphans: number): Promise<boolean> {
    const { client, nodeName, logger } = this.#options;
    try {
      const node = await client.get<Node>(`/api/v1/nodes/${nodeName}`);
      return node.metadata?.annotations?.[CONFIRM_ORPHANS_ANNOTATION] === String(orphans);
    } catch (error) {
      logger.warn('the Node cannot be asked whether orphans may be deleted', { error });
      return false;
    }
  }

  async #treat(orphan: PodInstance): Promise<void> {
    const { logger, mode, provider } = this.#options;
    const { instanceId: containerGroupId, namespace, name } = orphan;
    try {
      if (!(await this.#podIsGone(orphan))) return;
      if (mode === 'report') {
        this.#tellNode('Warning', 'OrphanFound', `container group ${containerGroupId} has no Pod ${namespace}/${name}`);
        return;
      }
      logger.warn('deleting an instance whose Pod is gone', { pod: `${namespace}/${name}`, containerGroupId });
      await provider.delete(orphan.uid, { force: false });
      const message = `container group ${containerGroupId} is deleted: its Pod ${namespace}/${name} is gone`;
      this.#tellNode('Normal', 'OrphanDeleted', message);
    } catch (error) {
      // One that cannot be deleted must not protect the others; the next sweep tries again.
      logger.warn('an instance whose Pod is gone could not be deleted', { containerGroupId, error });
    }
  }

  async #podIsGone(orphan: PodInstance): Promise<boolean> {
    const { namespace, name, instanceId: containerGroupId } = orphan;
    // The names come from tags, which others may have changed: of a path that names no Pod, "not found" would say nothing.
    if (!isPodName(namespace) || !isPodName(name)) {
      this.#options.logger.warn('an instance does not say which Pod it is of; it is left alone', { containerGroupId });
      return false;
    }
    const path = `/api/v1/namespaces/${namespace}/pods/${name}`;
    try {
      const uid = (await this.#options.client.get<Pod>(path)).metadata?.uid;
      return uid !== undefined && uid !== orphan.uid;
    } catch (error) {
      // Anything but a definite "not found" is no proof; the next sweep asks again.
      return isNotFound(error);
    }
  }

  #tellNode(type: 'Normal' | 'Warning', reason: EventReasonName, message: string): void {
    const { events, nodeName } = this.#options;
    // Node events carry the name for the UID: that is how `kubectl describe node` looks for them.
    events.emit({ apiVersion: 'v1', kind: 'Node', name: nodeName, uid: nodeName }, type, reason, message);
  }
}
