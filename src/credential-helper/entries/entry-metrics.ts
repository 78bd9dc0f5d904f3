import type { Metrics } from '../../telemetry/types.ts';
import type { EntryStatus } from '../status/model.ts';

const STATES: readonly EntryStatus['state'][] = ['waiting', 'serving', 'failing', 'expired', 'refused'];

/** Shows entries as metrics. */
export class EntryMetrics {
  readonly #metrics: Metrics;
  /** Labels by what they are of, for entries that are no longer there. */
  #shown = new Map<string, Readonly<Record<string, string>>>();

  constructor(metrics: Metrics) {
    this.#metrics = metrics;
  }

  /** Counts a fetch. @param result `ok`, or the class of the failure. */
  fetched(result: string): void {
    this.#metrics.count('eci_kubelet_helper_fetches_total', { result });
  }

  /** Shows how entries are doing now. */
  show(statuses: readonly EntryStatus[], nowMs: number): void {
    const shown = new Map<string, Readonly<Record<string, string>>>();
    for (const { position, instanceId = 'personal', regionId, expiresAt } of statuses) {
      const labels = { position: String(position), instance: instanceId, region: regionId };
      const leftMs = expiresAt === undefined ? 0 : Math.max(0, Date.parse(expiresAt) - nowMs);
      this.#metrics.gauge('eci_kubelet_helper_entry_expires_in_seconds', leftMs / 1000, labels);
      shown.set(JSON.stringify(labels), labels);
    }
    for (const [key, labels] of this.#shown) {
      if (!shown.has(key)) this.#metrics.gauge('eci_kubelet_helper_entry_expires_in_seconds', Number.NaN, labels);
    }
    this.#shown = shown;
    for (const state of STATES) {
      const count = statuses.filter((status) => status.state === state).length;
      this.#metrics.gauge('eci_kubelet_helper_entries', count, { state });
    }
  }
}
