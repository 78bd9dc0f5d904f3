import type { Clock } from '../clock.ts';
import type { ObjectReference } from '../kube/object-reference.ts';
import { createReflector } from '../kube/reflector.ts';
import type { EventRecorder, KubeClient, Pod } from '../kube/types.ts';
import { createWorkQueue } from '../kube/work-queue.ts';
import type { Logger, Metrics } from '../telemetry/types.ts';
import { MissingObjects } from './missing-objects.ts';
import { NodeController } from './node-controller.ts';
import type { NodeSettings } from './node-object.ts';
import { OrphanSweeper } from './orphan-sweeper.ts';
import type { OrphanMode } from './orphan-sweeper.ts';
import { PodController } from './pod-controller.ts';
import type { PodProvider, PodsOfNode } from './pod-provider.ts';
import { StatusWriter } from './status-writer.ts';

/** How soon the Pods are looked at once the first listing of instances is complete. */
const SYNC_CHECK_MS = 100;

export interface VirtualNodeOptions {
  client: KubeClient;
  clock: Clock;
  logger: Logger;
  metrics: Metrics;
  events: EventRecorder;
  provider: PodProvider;
  settings: NodeSettings;
  random: () => number;
  podWorkers: number;
  finishedRetentionMs: number;
  /** See {@link ./decide.ts}. */
  forceRemoveAfterMs?: number;
  lostBarePods?: 'fail' | 'recreate';
  /** What becomes of instances whose Pod is gone. */
  orphans: OrphanMode;
  /** Makes readers ask anew for an object that changed. */
  refresh: (reference: ObjectReference) => void;
}

/** A virtual node: its loops, and whether it serves Pods. */
export interface VirtualNode {
  /** Registers the Node. @throws EciKubeletError `NodeNameTaken`. */
  register(): Promise<void>;
  /** True once the Pods of the node are known. */
  isReady(): boolean;
  loops: { name: string; run(signal: AbortSignal): Promise<void> }[];
}

/** Connects the parts of one virtual node. Nothing is asked before its loops run. */
export function createVirtualNode(options: VirtualNodeOptions): VirtualNode {
  const { client, clock, logger, metrics, events, provider, random, settings } = options;
  const queue = createWorkQueue({ name: 'pods', clock, random, logger, metrics });
  const missing = new MissingObjects({ client, clock, random, logger, refresh: options.refresh });
  const { forceRemoveAfterMs, lostBarePods } = options;
  const pods = new PodController({
    nodeName: settings.name,
    missing,
    ...(forceRemoveAfterMs === undefined ? {} : { forceRemoveAfterMs }),
    ...(lostBarePods === undefined ? {} : { lostBarePods }),
    client,
    clock,
    logger,
    metrics,
    events,
    queue,
    provider,
    statusWriter: new StatusWriter({ client, clock }),
    random,
    workers: options.podWorkers,
    finishedRetentionMs: options.finishedRetentionMs,
  });
  const reflector = createReflector<Pod>({
    client,
    path: '/api/v1/pods',
    fieldSelector: `spec.nodeName=${settings.name}`,
    clock,
    random,
    logger,
    metrics,
    onEvent: (event) => pods.handle(event),
  });
  const podsOfNode: PodsOfNode = {
    getByUid: (uid) => reflector.getByUid(uid),
    emit: ({ metadata }, { type, reason, message }) =>
      events.emit(
        {
          apiVersion: 'v1',
          kind: 'Pod',
          namespace: metadata?.namespace ?? '',
          name: metadata?.name ?? '',
          uid: metadata?.uid ?? '',
        },
        type,
        reason,
        message,
      ),
  };
  const node = new NodeController({
    client,
    clock,
    logger,
    settings,
    health: () => {
      const cloud = provider.health();
      return {
        ready: reflector.hasSynced(),
        ...(cloud === undefined ? {} : { cloudReachable: cloud.reachable, cloudMessage: cloud.message }),
      };
    },
  });
  const sweeper = new OrphanSweeper({
    client,
    clock,
    logger,
    metrics,
    provider,
    isKnownPod: (uid) => pods.knows(uid),
    podsSynced: () => reflector.isCurrent(),
    random,
    events,
    nodeName: settings.name,
    mode: options.orphans,
    countPods: () => reflector.list().length,
  });
  return {
    register: () => node.register(),
    isReady: () => reflector.hasSynced(),
    loops: [
      { name: 'node heartbeat', run: (signal) => node.run(signal) },
      { name: 'pod watch', run: (signal) => reflector.run(signal) },
      { name: 'instance feed', run: (signal) => provider.run(signal, podsOfNode) },
      { name: 'missing objects', run: (signal) => missing.run(signal) },
      { name: 'pod controller', run: (signal) => pods.run(signal) },
      { name: 'orphan sweeper', run: (signal) => sweeper.run(signal) },
      { name: 'first look', run: (signal) => lookOnceSynced(provider, pods, clock, signal) },
    ],
  };
}

/** Pods that were seen before the first listing wait for it: nothing may be created blind. */
async function lookOnceSynced(
  provider: PodProvider,
  pods: PodController,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted && !provider.hasSynced()) await clock.sleep(SYNC_CHECK_MS, signal).catch(() => {});
  pods.resync();
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
