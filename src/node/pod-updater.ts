import type { UpdateOutcome } from './pod-provider.ts';
import { APPLIED_SPEC_ANNOTATION, specOf } from './applied-spec.ts';
import { wantedImages } from './decide.ts';
import type { PodRecord } from './pod-record.ts';
import { podName, podPriority } from './pod-workbench.ts';
import type { PodWorkbench } from './pod-workbench.ts';
import { planRetry } from './retry.ts';

/** How soon an instance that cannot be changed at this moment is looked at again; a change of its state comes sooner. */
const LATER_MS = 15_000;

/** Gives instances the images that their Pods name now. */
export class PodUpdater {
  readonly #bench: PodWorkbench;

  constructor(bench: PodWorkbench) {
    this.#bench = bench;
  }

  /** One try. A failure is reported and planned again, never thrown. */
  async update(record: PodRecord): Promise<void> {
    const { pod, applied } = record;
    if (pod === undefined || applied === undefined) return;
    const wanted = wantedImages(pod);
    const spec = specOf(pod);
    const failures = record.failedUpdate?.wanted === wanted ? record.failedUpdate.failures : 0;
    let outcome: UpdateOutcome;
    try {
      outcome = await this.#bench.provider.update(pod, {
        containers: spec.containers !== applied.containers,
        initContainers: spec.initContainers !== applied.initContainers,
        number: applied.updates + 1,
        attempt: failures + 1,
      });
    } catch (error) {
      this.#failed(record, { wanted, failures: failures + 1 }, error);
      return;
    }
    this.#bench.emit(record, ...outcome.notes);
    if (outcome.kind !== 'updated') {
      this.#postponed(record, { wanted, failures }, outcome);
      return;
    }
    const { containers, initContainers } = spec;
    record.applied = { ...applied, containers, initContainers, updates: applied.updates + 1 };
    record.failedUpdate = undefined;
    record.writeBack = {
      annotations: { ...record.writeBack?.annotations, [APPLIED_SPEC_ANNOTATION]: JSON.stringify(record.applied) },
      conditions: record.writeBack?.conditions ?? [],
    };
    this.#bench.emit(record, { type: 'Normal', reason: 'ProviderUpdateSuccess', message: outcome.message });
    this.#bench.logger.info('instance updated', { pod: podName(record), message: outcome.message });
  }

  #postponed(
    record: PodRecord,
    tried: { wanted: string; failures: number },
    outcome: Exclude<UpdateOutcome, { kind: 'updated' }>,
  ): void {
    const { clock, random, logger } = this.#bench;
    const impossible = outcome.kind === 'impossible';
    const slow = { class: 'permanent', failures: 1, retryAfterMs: undefined, random: random() } as const;
    const delayMs = impossible ? planRetry(slow).delayMs : LATER_MS;
    record.failedUpdate = { ...tried, retryAtMs: clock.nowMs() + delayMs };
    logger.info('instance is not updated', { pod: podName(record), message: outcome.message });
    if (impossible) {
      this.#bench.emit(record, { type: 'Warning', reason: 'ProviderUpdateFailed', message: outcome.message });
    }
    this.#bench.again(record, delayMs);
  }

  #failed(record: PodRecord, tried: { wanted: string; failures: number }, error: unknown): void {
    const { clock, logger, provider, queue, random } = this.#bench;
    const failure = provider.classify(error);
    const { code, requestId, retryAfterMs } = failure;
    const plan = { class: failure.class, failures: tried.failures, retryAfterMs, random: random() };
    const { delayMs } = planRetry(plan);
    record.failedUpdate = { ...tried, retryAtMs: clock.nowMs() + delayMs };
    logger.warn('update failed', { pod: podName(record), code, requestId, message: failure.message });
    const suffix = requestId === undefined ? '' : ` (request id ${requestId})`;
    const message = failure.reason === undefined ? `${code}: ${failure.message}${suffix}` : failure.message;
    this.#bench.emit(record, { type: 'Warning', reason: 'ProviderUpdateFailed', message });
    queue.add(record.uid, { priority: podPriority.create, delayMs });
  }
}
