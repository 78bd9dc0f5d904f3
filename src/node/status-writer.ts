import type { Clock } from '../clock.ts';
import { isConflict, isInvalidUid, isNotFound } from '../kube/errors.ts';
import type { KubeClient, Pod, PodCondition, PodStatus } from '../kube/types.ts';
import { trimMetadata } from '../kube/trim-metadata.ts';
import type { PodRecord } from './pod-record.ts';
import { statusPatch } from './status-patch.ts';

/** Lists that older API servers drop without a word. */
const NEWER_FIELDS = ['hostIPs', 'ephemeralContainerStatuses'] as const;

/** At most one ordinary write per Pod in this time. */
const COALESCE_MS = 1000;

/** Differences that nobody waits for are written after this time at the latest. */
const DEFER_MS = 15_000;

/** Writes Pod statuses as strategic merge patches with the UID as precondition, merged and spread over time. */
export class StatusWriter {
  readonly #client: KubeClient;
  readonly #clock: Clock;
  /** Fields of newer versions that were sent and did not come back: this API server does not have them. */
  readonly #unknownFields = new Set<string>();

  constructor(options: { client: KubeClient; clock: Clock }) {
    this.#client = options.client;
    this.#clock = options.clock;
  }

  /** Writes `desired`, with what the create produced, at once if anything differs. */
  async writeNow(record: PodRecord, desired: PodStatus): Promise<void> {
    const { pod } = record;
    if (pod === undefined) return;
    const { writeBack } = record;
    const patch = statusPatch(pod, withConditions(desired, writeBack?.conditions ?? []), this.#unknownFields);
    const annotations = writeBack?.annotations;
    if (patch === undefined && annotations === undefined) return;
    record.deferredSinceMs = undefined;
    record.lastStatusWriteAtMs = this.#clock.nowMs();
    const written = await this.#patch(record, {
      ...patch?.body,
      metadata: { uid: record.uid, ...(annotations === undefined ? {} : { annotations }) },
    });
    if (written) record.writeBack = undefined;
  }

  /** Sets annotations on the Pod, or removes those that are null, with the UID as precondition. */
  async annotate(record: PodRecord, annotations: Readonly<Record<string, string | null>>): Promise<void> {
    await this.#patch(record, { metadata: { uid: record.uid, annotations } });
  }

  /**
   * Writes `desired` if it differs from the API's copy.
   * @returns milliseconds after which to call again because the write was put off, or undefined when nothing is left to do.
   */
  async write(record: PodRecord, desired: PodStatus): Promise<number | undefined> {
    const { pod } = record;
    if (pod === undefined) return undefined;
    if (record.writeBack !== undefined) {
      await this.writeNow(record, desired);
      return undefined;
    }
    const patch = statusPatch(pod, desired, this.#unknownFields);
    if (patch === undefined) {
      record.deferredSinceMs = undefined;
      return undefined;
    }
    const waitMs = this.#waitMs(record, patch.urgency, desired);
    if (waitMs > 0) return waitMs;
    await this.writeNow(record, desired);
    return undefined;
  }

  /**
   * Metadata in a patch of the status is applied as well.
   * @returns false when the Pod is gone or replaced, which is no failure.
   */
  async #patch(record: PodRecord, body: object): Promise<boolean> {
    const path = `/api/v1/namespaces/${record.namespace}/pods/${record.name}/status`;
    const before = record.pod;
    try {
      const updated = await this.#client.patch<Pod>(path, body, 'strategic');
      trimMetadata(updated);
      this.#learn(body, updated);
      // The watch will bring the same; having it at once spares a second, equal write. But what the watch has brought while the
      // answer was on its way may be newer, a deletion for example.
      if (before !== undefined && record.pod === before && updated.metadata?.uid === record.uid) record.pod = updated;
      return true;
    } catch (error) {
      if (!isNotFound(error) && !isConflict(error) && !isInvalidUid(error)) throw error;
      return false;
    }
  }

  #learn(body: object, updated: Pod): void {
    const sent = 'status' in body && typeof body.status === 'object' ? (body.status ?? {}) : {};
    for (const field of NEWER_FIELDS) {
      const lists = [(sent as PodStatus)[field] ?? [], updated.status?.[field] ?? []] as const;
      if (lists[0].length > 0 && lists[1].length === 0) this.#unknownFields.add(field);
    }
  }

  #waitMs(record: PodRecord, urgency: 'now' | 'soon', desired: PodStatus): number {
    const nowMs = this.#clock.nowMs();
    if (urgency === 'soon') {
      record.deferredSinceMs ??= nowMs;
      return record.deferredSinceMs + DEFER_MS - nowMs;
    }
    const transition = desired.phase !== record.pod?.status?.phase;
    return transition ? 0 : record.lastStatusWriteAtMs + COALESCE_MS - nowMs;
  }
}

/** Conditions of the create win over mirrored ones of the same type: they say more. */
function withConditions(status: PodStatus, conditions: readonly PodCondition[]): PodStatus {
  const types = new Set(conditions.map((condition) => condition.type));
  const mirrored = (status.conditions ?? []).filter((condition) => !types.has(condition.type));
  return { ...status, conditions: [...mirrored, ...conditions] };
}
