import type { Pod } from '../kube/types.ts';
import { APPLIED_SPEC_ANNOTATION, specOf } from './applied-spec.ts';
import { createFailedStatus, describeOutcome, heldStatus } from './create-status.ts';
import type { CreateAttempt, CreateFailure, CreateOutcome } from './pod-provider.ts';
import { podFingerprint } from './pod-record.ts';
import type { PodRecord } from './pod-record.ts';
import { podName, podPriority } from './pod-workbench.ts';
import type { PodWorkbench } from './pod-workbench.ts';
import { planRetry } from './retry.ts';

/** Set before a second or later attempt is sent, so that a restart does not reuse the token of an instance that is gone. */
export const ATTEMPT_ANNOTATION = 'eci.alibabacloud.com/create-attempt';

/** Why that attempt was needed: what ended the one before. Makes an attempt the same request again after a restart. */
export const AFTER_ANNOTATION = 'eci.alibabacloud.com/create-attempt-after';

/** How long a Pod waits for a missing object before it looks again by itself; the watches wake it sooner. */
const WAITING_RETRY_MS = 120_000;

/** How soon a Pod that cannot work as it stands is looked at again: RAM policies and configuration change. */
const HELD_RETRY_MS = 300_000;

/** Reads the number of the attempt that the Pod carries; 1 when it carries none. */
export function attemptOf(pod: Pod): number {
  const attempt = Number.parseInt(pod.metadata?.annotations?.[ATTEMPT_ANNOTATION] ?? '1', 10);
  return Number.isInteger(attempt) && attempt > 0 ? attempt : 1;
}

/** Reads what ended the attempt before that one; undefined when the Pod does not say. */
export function afterOf(pod: Pod): string | undefined {
  return pod.metadata?.annotations?.[AFTER_ANNOTATION];
}

/** Makes the instance of a Pod, and says on the Pod why there is none. */
export class PodCreator {
  readonly #bench: PodWorkbench;
  /** Failed creates in a row, by UID. */
  readonly #failures = new Map<string, number>();

  constructor(bench: PodWorkbench) {
    this.#bench = bench;
  }

  /** One try. @returns true when there is an instance now, whose state should be mirrored. */
  async create(record: PodRecord): Promise<boolean> {
    if (record.attempt > 1) await this.#persistAttempt(record);
    // After the annotation was written: what an edit is compared with later must contain it.
    const { pod } = record;
    if (pod === undefined) return false;
    // A create without a definite answer is repeated as it was, whatever the Pod says by now.
    if (record.creation.state !== 'uncertain' || record.applied === undefined) record.applied = specOf(pod);
    let outcome: CreateOutcome;
    try {
      outcome = await this.#bench.provider.create(pod, attemptNow(record));
    } catch (error) {
      await this.#failed(record, pod, error);
      return false;
    }
    if (outcome.kind !== 'created') {
      await this.#notCreated(record, pod, outcome);
      return false;
    }
    record.creation = { state: 'created', instanceId: outcome.instanceId };
    // The instance costs money from here on: the write-back is repeated by every look at the Pod until it sticks.
    const applied = { [APPLIED_SPEC_ANNOTATION]: JSON.stringify(record.applied) };
    record.writeBack = { annotations: { ...outcome.annotations, ...applied }, conditions: outcome.conditions };
    this.forget(record.uid);
    const { clock, logger, metrics } = this.#bench;
    metrics.observe('eci_kubelet_pod_accepted_seconds', (clock.nowMs() - record.firstSeenAtMs) / 1000);
    logger.info('instance created', { pod: podName(record), containerGroupId: outcome.instanceId });
    this.#bench.emit(record, ...outcome.notes);
    return true;
  }

  /** Deletes an instance that could not be placed, and tries again as a new attempt unless the Pod wants to fail fast. */
  async replace(record: PodRecord): Promise<void> {
    const { provider, statusWriter } = this.#bench;
    const instance = provider.get(record.uid);
    const { pod } = record;
    if (pod === undefined || instance === undefined) return;
    const failure = await provider.placementFailure(pod, instance);
    // One write, before anything is deleted: after a restart the Pod must neither claim an instance that is gone nor reuse the
    // token that made it.
    raiseAttempt(record, failure);
    const untied = Object.fromEntries(provider.instanceAnnotations.map((key) => [key, null]));
    await statusWriter.annotate(record, { ...untied, ...attemptAnnotations(record) });
    await provider.delete(record.uid, { force: false });
    record.replacedInstanceId = instance.instanceId;
    record.writeBack = undefined;
    await this.#later(record, record.pod ?? pod, failure);
  }

  /** Makes another instance in the place of one that is gone, as a new attempt under a new token. */
  async recreate(record: PodRecord): Promise<boolean> {
    const { provider, statusWriter } = this.#bench;
    const gone = record.creation.state === 'created' ? record.creation.instanceId : 'unknown';
    const message = `container group ${gone} no longer exists at ECI and never ran; another one is created`;
    this.#bench.emit(record, { type: 'Warning', reason: 'InstanceLost', message });
    const untied = Object.fromEntries(provider.instanceAnnotations.map((key) => [key, null]));
    record.attempt += 1;
    record.after = undefined;
    await statusWriter.annotate(record, { ...untied, ...attemptAnnotations(record) });
    record.writeBack = undefined;
    record.creation = { state: 'none' };
    return await this.create(record);
  }

  /** Forgets the failures of a Pod that has an instance, or is gone. */
  forget(uid: string): void {
    this.#failures.delete(uid);
    this.#bench.missing.forget(uid);
  }

  async #notCreated(record: PodRecord, pod: Pod, outcome: Exclude<CreateOutcome, { kind: 'created' }>): Promise<void> {
    const { clock, logger, statusWriter } = this.#bench;
    const final = outcome.kind === 'held' && this.#bench.provider.failsFast(pod);
    const retryMs = outcome.kind === 'held' ? HELD_RETRY_MS : WAITING_RETRY_MS;
    record.creation = { state: 'held', retryAtMs: clock.nowMs() + retryMs, fingerprint: podFingerprint(pod) };
    this.#bench.missing.waitFor(record.uid, outcome.kind === 'waiting' ? outcome.missing : []);
    logger.warn('pod is not created', {
      pod: podName(record),
      reason: outcome.reason,
      message: describeOutcome(outcome),
    });
    this.#bench.emit(record, ...outcome.notes);
    await statusWriter.writeNow(record, heldStatus(pod, outcome, { final, nowMs: clock.nowMs() }));
    this.#bench.again(record, retryMs);
  }

  async #failed(record: PodRecord, pod: Pod, error: unknown): Promise<void> {
    const failure = this.#bench.provider.classify(error);
    const { clock, random } = this.#bench;
    if (failure.class !== 'transient') {
      raiseAttempt(record, failure);
      await this.#later(record, pod, failure);
      return;
    }
    const delayMs = planRetry({
      class: 'transient',
      failures: this.#countFailure(record.uid),
      retryAfterMs: failure.retryAfterMs,
      random: random(),
    }).delayMs;
    record.creation = { state: 'uncertain', retryAtMs: clock.nowMs() + delayMs };
    await this.#report(record, pod, { ...failure, final: false });
    this.#bench.queue.add(record.uid, { priority: podPriority.create, delayMs });
  }

  /** After a definite failure: a new attempt later, or never for a Pod that wants to fail fast. */
  async #later(record: PodRecord, pod: Pod, failure: CreateFailure): Promise<void> {
    const { clock, provider, queue, random } = this.#bench;
    // What passes by itself is no reason to give up on.
    const final = failure.class !== 'transient' && provider.failsFast(pod);
    const failures = this.#countFailure(record.uid);
    const { delayMs } = planRetry({ class: failure.class, failures, retryAfterMs: undefined, random: random() });
    record.creation = {
      state: 'held',
      retryAtMs: final ? Number.MAX_SAFE_INTEGER : clock.nowMs() + delayMs,
      fingerprint: podFingerprint(pod),
    };
    await this.#report(record, pod, { ...failure, final });
    if (!final) queue.add(record.uid, { priority: podPriority.create, delayMs });
  }

  async #report(record: PodRecord, pod: Pod, failure: CreateFailure & { final: boolean }): Promise<void> {
    const { clock, logger, statusWriter } = this.#bench;
    const { class: errorClass, code, requestId, final } = failure;
    logger.warn('create failed', {
      pod: podName(record),
      code,
      class: errorClass,
      requestId,
      message: failure.message,
    });
    const suffix = requestId === undefined ? '' : ` (request id ${requestId})`;
    const message = failure.reason === undefined ? `${code}: ${failure.message}${suffix}` : failure.message;
    this.#bench.emit(record, { type: 'Warning', reason: failure.reason ?? 'ProviderCreateFailed', message });
    await statusWriter.writeNow(
      record,
      createFailedStatus(pod, { class: errorClass, code, message, final }, clock.nowMs()),
    );
  }

  #countFailure(uid: string): number {
    const failures = (this.#failures.get(uid) ?? 0) + 1;
    this.#failures.set(uid, failures);
    return failures;
  }

  async #persistAttempt(record: PodRecord): Promise<void> {
    const wanted = attemptAnnotations(record);
    const present = record.pod?.metadata?.annotations ?? {};
    if (Object.entries(wanted).every(([key, value]) => (present[key] ?? null) === value)) return;
    await this.#bench.statusWriter.annotate(record, wanted);
  }
}

function attemptNow({ attempt, after }: PodRecord): CreateAttempt {
  return { number: attempt, ...(after === undefined ? {} : { after }) };
}

function raiseAttempt(record: PodRecord, { after }: CreateFailure): void {
  record.attempt += 1;
  record.after = after;
}

function attemptAnnotations({ attempt, after }: PodRecord): Record<string, string | null> {
  return { [ATTEMPT_ANNOTATION]: String(attempt), [AFTER_ANNOTATION]: after ?? null };
}
