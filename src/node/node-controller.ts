import type { Clock } from '../clock.ts';
import { EciKubeletError } from '../errors.ts';
import { isAlreadyExists, isConflict, isNotFound } from '../kube/errors.ts';
import type { KubeClient, Node } from '../kube/types.ts';
import type { Logger } from '../telemetry/types.ts';
import { NodeLease } from './node-lease.ts';
import { isOwnNode, nodeMetadataPatch } from './node-metadata.ts';
import { buildNode, buildNodeStatus } from './node-object.ts';
import type { NodeHealth, NodeSettings } from './node-object.ts';

const LEASE_RENEW_MS = 10_000;
const STATUS_INTERVAL_MS = 60_000;

/** How soon a change of health is noticed. */
const TICK_MS = 1000;

/** Registers the virtual node, keeps its lease and status fresh and its labels and taints as configured. */
export class NodeController {
  readonly #client: KubeClient;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #settings: NodeSettings;
  readonly #health: () => NodeHealth;
  readonly #lease: NodeLease;
  #lastStatusAtMs = 0;
  #lastLeaseAtMs = 0;
  #lastHealth = '';
  #nodeUid: string | undefined;

  constructor(options: {
    client: KubeClient;
    clock: Clock;
    logger: Logger;
    settings: NodeSettings;
    health: () => NodeHealth;
  }) {
    this.#client = options.client;
    this.#clock = options.clock;
    this.#logger = options.logger;
    this.#settings = options.settings;
    this.#health = options.health;
    this.#lease = new NodeLease({ client: options.client, clock: options.clock, nodeName: options.settings.name });
  }

  /**
   * Creates the Node, or adopts the one that carries our label.
   * @throws EciKubeletError `NodeNameTaken` when a real node has this name.
   */
  async register(): Promise<void> {
    const existing = await this.#read();
    if (existing === undefined) {
      await this.#create();
      return;
    }
    this.#assertOwn(existing);
    this.#nodeUid = existing.metadata?.uid;
    await this.#tick();
  }

  /** Renews the lease every 10 s and writes the status every 60 s or when health changed, until `signal` fires. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#tick();
      } catch (error) {
        this.#logger.warn('node heartbeat failed', { node: this.#settings.name, error });
      }
      await this.#clock.sleep(TICK_MS, signal).catch(() => {});
    }
  }

  /** The lease comes first: a refused status must not make the control plane believe that the node is dead. */
  async #tick(): Promise<void> {
    const nowMs = this.#clock.nowMs();
    const leaseDue = nowMs - this.#lastLeaseAtMs >= LEASE_RENEW_MS;
    if (leaseDue && this.#nodeUid !== undefined) {
      this.#lastLeaseAtMs = nowMs;
      await this.#lease.renew(this.#nodeUid);
    }
    const healthKey = this.#healthKey();
    const statusDue = nowMs - this.#lastStatusAtMs >= STATUS_INTERVAL_MS || healthKey !== this.#lastHealth;
    if (!leaseDue && !statusDue && this.#nodeUid !== undefined) return;
    // Read as often as the lease is renewed: somebody may have deleted the Node, and its Pods follow within a minute.
    const node = await this.#read();
    if (node === undefined) {
      this.#logger.warn('node is missing and is created again', { node: this.#settings.name });
      await this.#create();
      return;
    }
    this.#assertOwn(node);
    const replaced = this.#nodeUid !== node.metadata?.uid;
    this.#isNow(node);
    if (!statusDue && !replaced) return;
    await this.#writeMetadata(node);
    await this.#writeStatus(node);
    this.#lastStatusAtMs = nowMs;
    this.#lastHealth = healthKey;
  }

  /** Also while we run: a machine may have registered under our name while the Node was gone. */
  #assertOwn(node: Node): void {
    if (isOwnNode(node)) return;
    const message = `node ${this.#settings.name} exists and is not a virtual node: choose another --node-name`;
    throw new EciKubeletError('NodeNameTaken', message);
  }

  /** Where the Node was made anew, its lease is due at once: the garbage collector takes away the one of the old Node. */
  #isNow(node: Node): void {
    const uid = node.metadata?.uid;
    if (uid !== this.#nodeUid) this.#lastLeaseAtMs = 0;
    this.#nodeUid = uid;
  }

  #healthKey(): string {
    const { ready, cloudReachable } = this.#health();
    return `${ready}/${cloudReachable ?? 'unknown'}`;
  }

  async #read(): Promise<Node | undefined> {
    try {
      return await this.#client.get<Node>(`/api/v1/nodes/${this.#settings.name}`);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  async #create(): Promise<void> {
    try {
      const body = buildNode(this.#settings, this.#health(), this.#clock.nowMs());
      const node = await this.#client.create<Node>('/api/v1/nodes', body);
      this.#isNow(node);
      this.#logger.info('node registered', { node: this.#settings.name });
    } catch (error) {
      // Somebody was faster: the next tick reads and adopts it.
      if (!isAlreadyExists(error)) throw error;
      this.#nodeUid = undefined;
    }
  }

  async #writeMetadata(node: Node): Promise<void> {
    const patch = nodeMetadataPatch(node, this.#settings);
    if (patch === undefined) return;
    try {
      await this.#client.patch(`/api/v1/nodes/${this.#settings.name}`, patch, 'merge');
    } catch (error) {
      // Someone wrote in between; the next status interval compares again.
      if (!isConflict(error)) throw error;
    }
  }

  async #writeStatus(node: Node): Promise<void> {
    const status = buildNodeStatus(this.#settings, this.#health(), {
      nowMs: this.#clock.nowMs(),
      previous: node.status,
    });
    // `addresses` merges by type, so a stale address would survive without the replace marker.
    const addresses = [...(status.addresses ?? []), { $patch: 'replace' }];
    await this.#client.patch(
      `/api/v1/nodes/${this.#settings.name}/status`,
      { status: { ...status, addresses } },
      'strategic',
    );
  }
}
