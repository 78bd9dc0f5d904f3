import type { Clock } from '../clock.ts';
import { EciKubeletError } from '../errors.ts';
import { createDecorrelatedJitter } from '../kube/decorrelated-jitter.ts';
import { isAlreadyExists, isNotFound } from '../kube/errors.ts';
import { patchWithRetry } from '../kube/patch-with-retry.ts';
import type { ReflectorEvent } from '../kube/reflector.ts';
import type { KubeClient, Node } from '../kube/types.ts';
import { WakeUp } from '../kube/wake-up.ts';
import type { Logger } from '../telemetry/types.ts';
import type { NodeHealth } from './node-conditions.ts';
import { isOwnNode, nodeMetadataPatch } from './node-metadata.ts';
import { buildNode, buildNodeStatus } from './node-object.ts';
import type { NodeSettings } from './node-object.ts';
import { nodeStatusPatch, ownStatusOf } from './node-status-patch.ts';
import { unreachableTaint, wantsUnreachableTaint } from './unreachable-taint.ts';

/** With leases the status only shows that somebody is there who could be asked; without them it is the sign of life. */
const STATUS_INTERVAL_MS = { withLease: 60_000, withoutLease: 10_000 };
/** How soon a change of health or of our address is noticed. */
const TURN_MS = 1000;
/** How often the Node is read while the watch that should tell of it is broken. */
const READ_MS = 10_000;
/** Repairs this far apart are not a quarrel with somebody who undoes them. */
const QUIET_MS = 60_000;
const REPAIR_DELAY_MS = { baseMs: 200, capMs: 30_000 };

export interface NodeControllerOptions {
  client: Pick<KubeClient, 'get' | 'create' | 'patch'>;
  clock: Clock;
  logger: Logger;
  /** Uniform in [0, 1). */
  random: () => number;
  nodeName: string;
  /** Asked every second: the address and the capacity may change. */
  settings: () => NodeSettings;
  health: () => NodeHealth;
  /** Whether this process can serve; nothing is written while it cannot. */
  probe: { isHealthy(): boolean; probe(): Promise<unknown> };
  lease: { isAvailable(): boolean; renewSoon(): void };
  /** True while the watch of the Node tells everything. */
  watchIsCurrent: () => boolean;
  onDeleted: 'recreate' | 'exit';
  /** Puts {@link unreachableTaint} on the node while ECI does not answer. */
  taintUnreachable: boolean;
}

/**
 * Registers the virtual node and keeps the Node object as it should be: at once when somebody changes what is ours or deletes it,
 * and once a minute otherwise. What is not ours stays as others made it.
 */
export class NodeController {
  readonly #options: NodeControllerOptions;
  readonly #path: string;
  readonly #wakeUp = new WakeUp();
  readonly #repairDelay: { nextMs(): number; reset(): void };
  /** The Node as last seen; undefined before the first read and when it is gone. */
  #node: Node | undefined;
  #lastReadAtMs = Number.NEGATIVE_INFINITY;
  #lastStatusAtMs = Number.NEGATIVE_INFINITY;
  /** What the last status write asked for, and what the server made of it. */
  #written: { desired: string; stored: string } | undefined;
  #lastRepairAtMs = Number.NEGATIVE_INFINITY;
  #repairNotBeforeMs = Number.NEGATIVE_INFINITY;
  #unreachableSinceMs: number | undefined;
  #lastFailure = '';

  constructor(options: NodeControllerOptions) {
    this.#options = options;
    this.#path = `/api/v1/nodes/${options.nodeName}`;
    this.#repairDelay = createDecorrelatedJitter({ ...REPAIR_DELAY_MS, random: options.random });
  }

  /** UID of the Node; undefined while it is gone, unknown, or somebody else's. */
  uid(): string | undefined {
    return this.#node !== undefined && isOwnNode(this.#node) ? this.#node.metadata?.uid : undefined;
  }

  /**
   * Creates the Node, or adopts the one that is ours, after the first probe.
   * @throws EciKubeletError `NodeNameTaken` when a real node has this name.
   */
  async register(): Promise<void> {
    await this.#options.probe.probe();
    await this.#reconcile();
  }

  /** Takes an event of the watch of the Node. */
  handle(event: ReflectorEvent<Node>): void {
    if (event.type !== 'deleted') this.#saw(event.object);
    // The end of an old one may be told after the new one was made.
    else if (event.object.metadata?.uid === this.#node?.metadata?.uid) this.#saw(undefined);
    this.#wakeUp.wake();
  }

  /** Makes the next look due at once. */
  lookSoon(): void {
    this.#lastReadAtMs = Number.NEGATIVE_INFINITY;
    this.#wakeUp.wake();
  }

  /**
   * Keeps the Node as it should be until `signal` fires.
   * @throws EciKubeletError `NodeDeleted` when somebody deleted it and that is to end the program.
   */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.turn();
      await this.#wakeUp.sleep(this.#options.clock, TURN_MS, signal);
    }
  }

  /** Looks once and does what is due. Failures of the API server are logged and tried again. @throws as {@link run}. */
  async turn(): Promise<void> {
    const { probe, clock, logger, nodeName } = this.#options;
    this.#noteReachability();
    if (!probe.isHealthy() || !this.#isDue(clock.nowMs())) return;
    try {
      await this.#reconcile();
      this.#lastFailure = '';
    } catch (error) {
      if (error instanceof EciKubeletError && error.code === NODE_DELETED) throw error;
      const message = error instanceof Error ? error.message : 'unknown failure';
      // Once a second is too often to say the same.
      if (message !== this.#lastFailure) logger.warn('the Node could not be reconciled', { node: nodeName, error });
      this.#lastFailure = message;
      this.#delayRepairs();
    }
  }

  #isDue(nowMs: number): boolean {
    const { watchIsCurrent, lease } = this.#options;
    if (nowMs < this.#repairNotBeforeMs) return false;
    if (this.#node === undefined) return true;
    if (!watchIsCurrent() && nowMs - this.#lastReadAtMs >= READ_MS) return true;
    const { withLease, withoutLease } = STATUS_INTERVAL_MS;
    if (nowMs - this.#lastStatusAtMs >= (lease.isAvailable() ? withLease : withoutLease)) return true;
    return nodeMetadataPatch(this.#node, this.#settings()) !== undefined || this.#statusDiffers(this.#node);
  }

  /** Everything is decided on a fresh read: the watch may lag behind, and a patch with an old version is refused. */
  async #reconcile(): Promise<void> {
    const { client, clock, nodeName, onDeleted, logger } = this.#options;
    const known = this.#node !== undefined || this.#written !== undefined;
    const node = await this.#read();
    this.#lastReadAtMs = clock.nowMs();
    if (node === undefined) {
      if (known && onDeleted === 'exit') {
        throw new EciKubeletError(NODE_DELETED, `node ${nodeName} was deleted, and --on-node-deleted is exit`);
      }
      if (known) logger.warn('the Node was deleted and is created again', { node: nodeName });
      await this.#create();
      return;
    }
    this.#assertOwn(node);
    this.#saw(node);
    const metadataDiffers = nodeMetadataPatch(node, this.#settings()) !== undefined;
    const statusDiffers = this.#statusDiffers(node);
    if (metadataDiffers) {
      const build = (current: Node): object | undefined => {
        this.#assertOwn(current);
        return nodeMetadataPatch(current, this.#settings());
      };
      this.#saw(await patchWithRetry<Node>({ client, path: this.#path, type: 'merge', build }));
    }
    const { withLease, withoutLease } = STATUS_INTERVAL_MS;
    const intervalMs = this.#options.lease.isAvailable() ? withLease : withoutLease;
    if (statusDiffers || clock.nowMs() - this.#lastStatusAtMs >= intervalMs) await this.#writeStatus();
    if (metadataDiffers || statusDiffers) this.#delayRepairs();
  }

  async #writeStatus(): Promise<void> {
    const { client, clock } = this.#options;
    const desired = this.#desiredStatus();
    const build = (current: Node): object => {
      this.#assertOwn(current);
      return nodeStatusPatch(current, desired, clock.nowMs());
    };
    const path = `${this.#path}/status`;
    const written = await patchWithRetry<Node>({
      // A Node is read at its own path: the permission for `nodes/status` is only to patch.
      client: { get: () => client.get(this.#path), patch: (...request) => client.patch(...request) },
      path,
      type: 'strategic',
      build,
    });
    this.#wrote(written, desired);
  }

  async #create(): Promise<void> {
    const { client, clock, logger, nodeName, health } = this.#options;
    try {
      const body = buildNode(this.#settings(), health(), clock.nowMs());
      const node = await client.create<Node>('/api/v1/nodes', body);
      this.#wrote(node, this.#desiredStatus());
      logger.info('node registered', { node: nodeName });
    } catch (error) {
      // Somebody was faster: the next turn reads it, and adopts it if it is ours.
      if (!isAlreadyExists(error)) throw error;
      this.#saw(undefined);
    }
  }

  /** Also while we run: a machine may have registered under our name while the Node was gone. */
  #assertOwn(node: Node): void {
    if (isOwnNode(node)) return;
    const message = `node ${this.#options.nodeName} exists and is not a virtual node: choose another --node-name`;
    throw new EciKubeletError('NodeNameTaken', message);
  }

  async #read(): Promise<Node | undefined> {
    try {
      return await this.#options.client.get<Node>(this.#path);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  /** Where the Node was made anew, its lease is due at once: the garbage collector takes away the one of the old Node. */
  #saw(node: Node | undefined): void {
    const before = this.uid();
    this.#node = node;
    const now = this.uid();
    if (now !== undefined && now !== before) this.#options.lease.renewSoon();
  }

  #wrote(node: Node, desired: NonNullable<Node['status']>): void {
    this.#saw(node);
    this.#lastStatusAtMs = this.#options.clock.nowMs();
    this.#written = { desired: ownStatusOf(desired, desired), stored: ownStatusOf(node.status, desired) };
  }

  #statusDiffers(node: Node): boolean {
    const desired = this.#desiredStatus();
    return (
      ownStatusOf(desired, desired) !== this.#written?.desired ||
      ownStatusOf(node.status, desired) !== this.#written.stored
    );
  }

  #desiredStatus(): NonNullable<Node['status']> {
    return buildNodeStatus(this.#options.settings(), this.#options.health());
  }

  #settings(): NodeSettings {
    const { settings, taintUnreachable, health, clock } = this.#options;
    const configured = settings();
    const wanted =
      taintUnreachable &&
      wantsUnreachableTaint({
        node: this.#node,
        cloud: health().cloud,
        unreachableSinceMs: this.#unreachableSinceMs,
        nowMs: clock.nowMs(),
      });
    return wanted ? { ...configured, taints: [...configured.taints, unreachableTaint] } : configured;
  }

  #noteReachability(): void {
    const { health, clock } = this.#options;
    if (health().cloud?.reachable === false) this.#unreachableSinceMs ??= clock.nowMs();
    else this.#unreachableSinceMs = undefined;
  }

  /** The first repair is immediate. Where somebody keeps undoing them, or health flaps, they get rarer. */
  #delayRepairs(): void {
    const nowMs = this.#options.clock.nowMs();
    if (nowMs - this.#lastRepairAtMs >= QUIET_MS) this.#repairDelay.reset();
    this.#lastRepairAtMs = nowMs;
    this.#repairNotBeforeMs = nowMs + this.#repairDelay.nextMs();
  }
}

const NODE_DELETED = 'NodeDeleted';
