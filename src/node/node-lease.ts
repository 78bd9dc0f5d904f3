import type { Clock } from '../clock.ts';
import { EciKubeletError } from '../errors.ts';
import { isAlreadyExists, isConflict, isForbidden, isNotFound } from '../kube/errors.ts';
import { toMicroTime } from '../kube/micro-time.ts';
import type { KubeClient, Lease } from '../kube/types.ts';
import { WakeUp } from '../kube/wake-up.ts';
import type { Logger } from '../telemetry/types.ts';

const LEASES = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases';

/** The node lifecycle controller marks a node Unknown when its lease is older than this many seconds. */
const LEASE_DURATION_SECONDS = 40;
/** A quarter, as the kubelet does: three renewals may fail. */
const RENEW_MS = 10_000;
const MAX_RENEWALS = 5;
const CREATE_BACKOFF_MS = { first: 200, cap: 7_000 };
/** Where leases are not to be had, the permission may still be granted later. */
const UNAVAILABLE_RETRY_MS = 300_000;
const UNAVAILABLE = 'NodeLeaseUnavailable';

export interface NodeLeaseOptions {
  client: Pick<KubeClient, 'get' | 'create' | 'replace'>;
  clock: Clock;
  logger: Logger;
  nodeName: string;
  /** UID of the Node as it stands now; undefined while it is unknown or not ours: then nothing is written. */
  nodeUid: () => string | undefined;
  /** False while the local probe fails: a node that cannot be served must look dead. */
  mayRenew: () => boolean;
  /** Called when the lease is gone: maybe the Node was made anew, and the garbage collector took the lease of the old one. */
  onMissing?: () => void;
}

/** Keeps `kube-node-lease/NODE` fresh, by which the control plane sees that the node lives. One instance per Node. */
export class NodeLease {
  readonly #options: NodeLeaseOptions;
  readonly #wakeUp = new WakeUp();
  #last: Lease | undefined;
  #available = true;
  #createFailures = 0;

  constructor(options: NodeLeaseOptions) {
    this.#options = options;
  }

  /** False where the API or the permission for leases is missing: the status has to be written more often then. */
  isAvailable(): boolean {
    return this.#available;
  }

  /** Makes the next renewal due at once. */
  renewSoon(): void {
    this.#wakeUp.wake();
  }

  /** Renews every ten seconds until `signal` fires. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const nextMs = await this.turn();
      await this.#wakeUp.sleep(this.#options.clock, nextMs, signal);
    }
  }

  /** Renews or creates the lease if that is allowed now. Never throws. @returns milliseconds until the next turn. */
  async turn(): Promise<number> {
    const { nodeUid, mayRenew, logger, nodeName } = this.#options;
    const uid = nodeUid();
    if (uid === undefined || !mayRenew()) return RENEW_MS;
    try {
      await this.#renew(uid);
      this.#nowAvailable();
      this.#createFailures = 0;
      return RENEW_MS;
    } catch (error) {
      if (isUnavailable(error)) {
        if (this.#available) {
          logger.warn('node leases are not available, the status is written every ten seconds instead', {
            node: nodeName,
            error,
          });
        }
        this.#available = false;
        return UNAVAILABLE_RETRY_MS;
      }
      logger.warn('renewing the node lease failed', { node: nodeName, error });
      if (this.#last !== undefined) return RENEW_MS;
      const backoffMs = CREATE_BACKOFF_MS.first * 2 ** Math.min(10, this.#createFailures);
      this.#createFailures += 1;
      return Math.min(CREATE_BACKOFF_MS.cap, backoffMs);
    }
  }

  /** Optimistic: the object of the last answer is sent again. @throws KubeApiError of the last attempt. */
  async #renew(uid: string): Promise<void> {
    if (ownerUid(this.#last) !== uid) this.#last = undefined;
    for (let attempt = 1; ; attempt += 1) {
      try {
        this.#last = await this.#write(uid, this.#last);
        return;
      } catch (error) {
        if (isConflict(error) || isNotFound(error)) this.#last = undefined;
        // A refusal will not change within the next moment.
        if (attempt >= MAX_RENEWALS || isUnavailable(error)) throw error;
      }
    }
  }

  async #write(uid: string, last: Lease | undefined): Promise<Lease> {
    const { client, nodeName } = this.#options;
    const before = last ?? (await this.#read());
    if (before !== undefined) return await client.replace<Lease>(`${LEASES}/${nodeName}`, this.#lease(uid, before));
    this.#options.onMissing?.();
    try {
      return await client.create<Lease>(LEASES, this.#lease(uid, undefined));
    } catch (error) {
      if (isNotFound(error)) {
        const message = 'there is no namespace kube-node-lease, or no API of leases';
        throw new EciKubeletError(UNAVAILABLE, message, { cause: error });
      }
      if (!isAlreadyExists(error)) throw error;
      return await client.get<Lease>(`${LEASES}/${nodeName}`);
    }
  }

  async #read(): Promise<Lease | undefined> {
    try {
      return await this.#options.client.get<Lease>(`${LEASES}/${this.#options.nodeName}`);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  #nowAvailable(): void {
    if (!this.#available) this.#options.logger.info('node leases are available', { node: this.#options.nodeName });
    this.#available = true;
  }

  #lease(uid: string, before: Lease | undefined): Lease {
    const { nodeName, clock } = this.#options;
    const resourceVersion = before?.metadata?.resourceVersion;
    return {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: {
        name: nodeName,
        namespace: 'kube-node-lease',
        ...(resourceVersion === undefined ? {} : { resourceVersion }),
        // With an UID that is no longer the Node's, the garbage collector would take the lease away.
        ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: nodeName, uid }],
      },
      spec: {
        // The node, not the process: replicas take turns.
        holderIdentity: nodeName,
        leaseDurationSeconds: LEASE_DURATION_SECONDS,
        renewTime: toMicroTime(clock.nowMs()),
      },
    };
  }
}

function isUnavailable(error: unknown): boolean {
  return isForbidden(error) || (error instanceof EciKubeletError && error.code === UNAVAILABLE);
}

function ownerUid(lease: Lease | undefined): string | undefined {
  return lease?.metadata?.ownerReferences?.[0]?.uid;
}
