import type { Clock } from '../clock.ts';
import { toMicroTime } from '../kube/micro-time.ts';
import type { KubeClient, Lease } from '../kube/types.ts';
import { isAlreadyExists, isConflict, isNotFound } from '../kube/errors.ts';

const LEASES = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases';

/** The node lifecycle controller marks a node Unknown when its lease is older than this many seconds. */
const LEASE_DURATION_SECONDS = 40;

/** Keeps `kube-node-lease/NODE` fresh. One instance per Node. */
export class NodeLease {
  readonly #client: KubeClient;
  readonly #clock: Clock;
  readonly #nodeName: string;
  #last: Lease | undefined;

  constructor(options: { client: KubeClient; clock: Clock; nodeName: string }) {
    this.#client = options.client;
    this.#clock = options.clock;
    this.#nodeName = options.nodeName;
  }

  /**
   * Renews optimistically from the last object seen; creates the lease when it is missing.
   * @param nodeUid UID of the Node as it stands now: a lease that names an old UID is removed by the garbage collector.
   * @throws KubeApiError when the API refuses; the caller tries again at the next period.
   */
  async renew(nodeUid: string): Promise<void> {
    if (this.#last?.metadata?.ownerReferences?.[0]?.uid !== nodeUid) this.#last = undefined;
    try {
      const before = this.#last ?? (await this.#client.get<Lease>(`${LEASES}/${this.#nodeName}`));
      this.#last = await this.#client.replace<Lease>(`${LEASES}/${this.#nodeName}`, this.#lease(nodeUid, before));
    } catch (error) {
      this.#last = undefined;
      if (isNotFound(error)) await this.#create(nodeUid);
      // After a conflict the next period starts from a fresh read; the lease was just written by someone anyway.
      else if (!isConflict(error)) throw error;
    }
  }

  async #create(nodeUid: string): Promise<void> {
    try {
      this.#last = await this.#client.create<Lease>(LEASES, this.#lease(nodeUid, undefined));
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
    }
  }

  #lease(nodeUid: string, before: Lease | undefined): Lease {
    return {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: {
        name: this.#nodeName,
        namespace: 'kube-node-lease',
        ...(before?.metadata?.resourceVersion === undefined
          ? {}
          : { resourceVersion: before.metadata.resourceVersion }),
        ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: this.#nodeName, uid: nodeUid }],
      },
      spec: {
        holderIdentity: this.#nodeName,
        leaseDurationSeconds: LEASE_DURATION_SECONDS,
        renewTime: toMicroTime(this.#clock.nowMs()),
      },
    };
  }
}
