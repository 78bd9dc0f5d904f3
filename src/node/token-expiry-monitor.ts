import type { Clock } from '../clock.ts';
import type { EventRecorder, Pod } from '../kube/types.ts';
import type { Metrics } from '../telemetry/types.ts';
import { planTokenExpiry } from './token-expiry.ts';

/** Warnings are a day ahead: ten minutes more or less do not matter. */
const INTERVAL_MS = 600_000;

export interface TokenExpiryMonitorOptions {
  nodeName: string;
  /** The Pods of the node, from a cache. */
  pods: () => Iterable<Pod>;
  clock: Clock;
  events: EventRecorder;
  metrics: Metrics;
}

/** Tells of tokens in the files of running Pods before they end: in a metric, and once for each Pod in an event. */
export class TokenExpiryMonitor {
  readonly #options: TokenExpiryMonitorOptions;
  /** The text of the last warning by UID: another instance of the same Pod has other tokens. */
  #warned = new Map<string, string>();

  constructor(options: TokenExpiryMonitorOptions) {
    this.#options = options;
  }

  /** Looks every ten minutes until `signal` fires. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.look();
      await this.#options.clock.sleep(INTERVAL_MS, signal).catch(() => {});
    }
  }

  /** One look at all Pods. */
  look(): void {
    const { nodeName: node, pods, clock, events, metrics } = this.#options;
    const { earliestMs, expiring } = planTokenExpiry(pods(), clock.nowMs());
    metrics.gauge(
      'eci_kubelet_token_earliest_expiry_timestamp_seconds',
      (earliestMs ?? Number.POSITIVE_INFINITY) / 1000,
      { node },
    );
    metrics.gauge('eci_kubelet_pods_with_expiring_tokens', expiring.length, { node });
    const warned = new Map<string, string>();
    for (const { pod, note } of expiring) {
      const { uid = '', namespace = '', name = '' } = pod.metadata ?? {};
      warned.set(uid, note.message);
      if (this.#warned.get(uid) === note.message) continue;
      events.emit({ apiVersion: 'v1', kind: 'Pod', namespace, name, uid }, note.type, note.reason, note.message);
    }
    this.#warned = warned;
  }
}
