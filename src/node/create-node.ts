import type { Clock } from '../clock.ts';
import type { ObjectReference } from '../kube/object-reference.ts';
import { createReflector } from '../kube/reflector.ts';
import type { Reflector } from '../kube/reflector.ts';
import { isNotFound } from '../kube/errors.ts';
import type { EventRecorder, KubeClient, Node, Pod } from '../kube/types.ts';
import { createWorkQueue } from '../kube/work-queue.ts';
import type { Logger, Metrics } from '../telemetry/types.ts';
import { MissingObjects } from './missing-objects.ts';
import { HealthProbe } from './health-probe.ts';
import type { NodeHealth } from './node-conditions.ts';
import { NodeController } from './node-controller.ts';
import { NodeLease } from './node-lease.ts';
import type { NodeSettings } from './node-object.ts';
import { OrphanSweeper } from './orphan-sweeper.ts';
import type { OrphanMode } from './orphan-sweeper.ts';
import { PodController } from './pod-controller.ts';
import type { PodProvider, PodsOfNode } from './pod-provider.ts';
import type { PodLookup } from './kubelet/pod-lookup.ts';
import { podWatchCheck } from './pod-watch-check.ts';
import { StatusWriter } from './status-writer.ts';
import { TokenExpiryMonitor } from './token-expiry-monitor.ts';

/** How soon the Pods are looked at once the first listing of instances is complete. */
const SYNC_CHECK_MS = 100;

export interface VirtualNodeOptions {
  client: KubeClient;
  clock: Clock;
  logger: Logger;
  metrics: Metrics;
  events: EventRecorder;
  provider: PodProvider;
  name: string;
  /** Asked again and again: the address and the capacity may change. */
  settings: () => NodeSettings;
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
  onNodeDeleted: 'recreate' | 'exit';
  /** Puts a taint on the node while the cloud does not answer. */
  taintUnreachable: boolean;
}

interface NodeLoop {
  name: string;
  run(signal: AbortSignal): Promise<void>;
}

/** A virtual node: its loops, and whether it serves Pods. */
export interface VirtualNode {
  readonly name: string;
  /** What the kubelet API may know. */
  readonly pods: PodLookup;
  /** True once the Pods of the node are known. */
  isReady(): boolean;
  /** Only read. Run by every replica, so that the one that takes over knows everything already. */
  watches: NodeLoop[];
  /** Registers the Node; from then on the Pods that the watches know are worked on. @throws EciKubeletError `NodeNameTaken`. */
  register(): Promise<void>;
  /** Write to the cluster and to the cloud. Run by one replica at a time, after {@link register}. */
  loops: NodeLoop[];
  /** Tries at once what is held or waiting: configuration or credentials have changed. */
  retryHeld(): void;
}

/** Connects the parts of one virtual node. Nothing is asked before its loops run. */
export function createVirtualNode(options: VirtualNodeOptions): VirtualNode {
  const { client, clock, logger, metrics, provider, random, name } = options;
  const queue = createWorkQueue({ name: `pods of ${name}`, clock, random, logger, metrics });
  const missing = new MissingObjects({ client, clock, random, logger, refresh: options.refresh });
  const pods = new PodController({
    ...options,
    nodeName: name,
    missing,
    queue,
    statusWriter: new StatusWriter({ client, clock }),
    workers: options.podWorkers,
  });
  const watching = { client, clock, random, logger, metrics };
  // What a replica that waits would write down about a Pod is out of date when it takes over: until then it only knows the Pods.
  let registered = false;
  const podWatch = createReflector<Pod>({
    ...watching,
    path: '/api/v1/pods',
    fieldSelector: `spec.nodeName=${name}`,
    onEvent: (event) => {
      if (registered) pods.handle(event);
    },
  });
  const nodeWatch: Reflector<Node> = createReflector<Node>({
    ...watching,
    path: '/api/v1/nodes',
    fieldSelector: `metadata.name=${name}`,
    onEvent: (event) => node.handle(event),
  });
  const probe = new HealthProbe({
    clock,
    logger,
    checks: [
      { name: 'API server', check: () => reachApiServer(client, name) },
      podWatchCheck({ clock, watch: podWatch }),
    ],
  });
  const lease: NodeLease = new NodeLease({
    client,
    clock,
    logger,
    nodeName: name,
    nodeUid: () => node.uid(),
    mayRenew: () => probe.isHealthy(),
    onMissing: () => node.lookSoon(),
  });
  const node: NodeController = new NodeController({
    client,
    clock,
    logger,
    random,
    nodeName: name,
    settings: options.settings,
    health: () => ({ ...nodeHealth(podWatch, provider), suspiciousOrphans: sweeper.suspiciousOrphans() }),
    probe,
    lease,
    watchIsCurrent: () => nodeWatch.isCurrent(),
    onDeleted: options.onNodeDeleted,
    taintUnreachable: options.taintUnreachable,
  });
  probe.onChange(() => {
    lease.renewSoon();
    node.lookSoon();
  });
  const sweeper = new OrphanSweeper({
    client,
    clock,
    logger,
    metrics,
    provider,
    isKnownPod: (uid) => pods.knows(uid),
    podsSynced: () => podWatch.isCurrent(),
    random,
    events: options.events,
    nodeName: name,
    mode: options.orphans,
    countPods: () => podWatch.list().length,
  });
  const tokens = new TokenExpiryMonitor({
    nodeName: name,
    pods: () => podWatch.list(),
    clock,
    events: options.events,
    metrics,
  });
  return {
    name,
    pods: {
      hasSynced: () => podWatch.hasSynced(),
      list: () => podWatch.list(),
      byName: (namespace, pod) => podWatch.get(`${namespace}/${pod}`),
      byUid: (uid) => podWatch.getByUid(uid),
      instances: () => provider.list(),
    },
    retryHeld: () => pods.retryHeld(),
    isReady: () => podWatch.hasSynced(),
    watches: [
      { name: `pod watch of ${name}`, run: (signal) => podWatch.run(signal) },
      { name: `node watch of ${name}`, run: (signal) => nodeWatch.run(signal) },
    ],
    async register() {
      await node.register();
      registered = true;
      for (const object of podWatch.list()) pods.handle({ type: 'added', object, previous: undefined });
    },
    loops: [
      { name: `health probe of ${name}`, run: (signal) => probe.run(signal) },
      { name: `lease of ${name}`, run: (signal) => lease.run(signal) },
      { name: `Node ${name}`, run: (signal) => node.run(signal) },
      { name: `instance feed of ${name}`, run: (signal) => provider.run(signal, podsOfNode(podWatch, options.events)) },
      { name: `missing objects of ${name}`, run: (signal) => missing.run(signal) },
      { name: `pod controller of ${name}`, run: (signal) => pods.run(signal) },
      { name: `orphan sweeper of ${name}`, run: (signal) => sweeper.run(signal) },
      { name: `token expiry of ${name}`, run: (signal) => tokens.run(signal) },
      { name: `first look of ${name}`, run: (signal) => lookOnceSynced(provider, pods, clock, signal) },
    ],
  };
}

/**
 * Ready once the Pods are known and the cloud was asked for their instances. Where it did not answer, the node is Ready all the
 * same, with `ECIReachable` saying so; creations and sweeps wait for the first complete listing.
 */
function nodeHealth(podWatch: Reflector<Pod>, provider: PodProvider): NodeHealth {
  const cloud = provider.health();
  if (!podWatch.hasSynced()) return { ready: false, waitingFor: 'its Pods are not known yet' };
  if (cloud === undefined) return { ready: false, waitingFor: 'its container groups are not listed yet' };
  return { ready: true, cloud };
}

/** A Node that is missing is no failure of the API server. */
async function reachApiServer(client: KubeClient, nodeName: string): Promise<void> {
  try {
    await client.get<Node>(`/api/v1/nodes/${nodeName}`);
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

function podsOfNode(podWatch: Reflector<Pod>, events: EventRecorder): PodsOfNode {
  return {
    getByUid: (uid) => podWatch.getByUid(uid),
    emit: ({ metadata }, { type, reason, message }) => {
      const { namespace = '', name = '', uid = '' } = metadata ?? {};
      events.emit({ apiVersion: 'v1', kind: 'Pod', namespace, name, uid }, type, reason, message);
    },
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
