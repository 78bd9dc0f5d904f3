import type { Clock } from '../clock.ts';
import type { Note } from '../credentials/types.ts';
import { isConflict, isNotFound } from '../kube/errors.ts';
import type { EventRecorder, KubeClient, Pod } from '../kube/types.ts';
import type { ReflectorEvent } from '../kube/reflector.ts';
import type { WorkQueue } from '../kube/work-queue.ts';
import type { Logger } from '../telemetry/types.ts';
import { decidePod } from './decide.ts';
import type { Decision } from './decide.ts';
import { createFailedStatus, describeOutcome, heldStatus } from './create-status.ts';
import { createPodRecord, podFingerprint } from './pod-record.ts';
import type { PodRecord } from './pod-record.ts';
import type { CreateOutcome, PodProvider } from './pod-provider.ts';
import { planRetry } from './retry.ts';
import type { StatusWriter } from './status-writer.ts';
import { terminalStatus } from './terminal-status.ts';

/** Lower numbers first: deletes free quota and money, status is what people look at, creates come last. */
const PRIORITY = { status: 0, delete: 1, create: 2 } as const;

/** Set before a second or later attempt is sent, so that a restart does not reuse the token of an instance that is gone. */
const ATTEMPT_ANNOTATION = 'eci.alibabacloud.com/create-attempt';

/** How long a Pod waits for a missing ConfigMap or Secret before it looks again. */
const WAITING_RETRY_MS = 30_000;

/** How soon a Pod that cannot work as it stands is looked at again: RAM policies and configuration change. */
const HELD_RETRY_MS = 300_000;

export interface PodControllerOptions {
  client: KubeClient;
  clock: Clock;
  logger: Logger;
  events: EventRecorder;
  queue: WorkQueue;
  provider: PodProvider;
  statusWriter: StatusWriter;
  random: () => number;
  workers: number;
  finishedRetentionMs: number;
}

/**
 * Makes instances of the Pods bound to our node and mirrors their state. All knowledge is per UID; what to do is
 * {@link decidePod}, this class does it. Work on one UID is never concurrent (the queue sees to it).
 */
export class PodController {
  readonly #options: PodControllerOptions;
  readonly #records = new Map<string, PodRecord>();
  readonly #failures = new Map<string, number>();

  constructor(options: PodControllerOptions) {
    this.#options = options;
    options.provider.onChange((uid) => {
      if (this.#records.has(uid)) options.queue.add(uid, { priority: PRIORITY.status });
    });
  }

  /** Takes an event of the Pod reflector. */
  handle(event: ReflectorEvent<Pod>): void {
    const pod = event.object;
    const uid = pod.metadata?.uid ?? '';
    if (pod.metadata?.annotations?.['kubernetes.io/config.mirror'] !== undefined) return;
    const record = this.#records.get(uid);
    if (event.type === 'deleted') {
      if (record === undefined) return;
      record.pod = undefined;
      this.#options.queue.add(uid, { priority: PRIORITY.delete });
      return;
    }
    if (record === undefined) this.#records.set(uid, this.#newRecord(pod));
    else record.pod = pod;
    const terminating = pod.metadata?.deletionTimestamp !== undefined;
    this.#options.queue.add(uid, { priority: terminating ? PRIORITY.delete : PRIORITY.create });
  }

  /** Works the queue until `signal` fires; calls in flight are allowed to finish. */
  async run(signal: AbortSignal): Promise<void> {
    await this.#options.queue.run({
      workers: this.#options.workers,
      handler: (uid) => this.#sync(uid),
      signal,
    });
  }

  /** Looks at every Pod again, for example once the first listing of instances is complete. */
  resync(): void {
    for (const record of this.#records.values()) this.#options.queue.add(record.uid, { priority: PRIORITY.create });
  }

  /** True while a Pod with this UID is known. */
  knows(uid: string): boolean {
    return this.#records.has(uid);
  }

  #newRecord(pod: Pod): PodRecord {
    const attempt = Number.parseInt(pod.metadata?.annotations?.[ATTEMPT_ANNOTATION] ?? '1', 10);
    return createPodRecord(pod, {
      attempt: Number.isInteger(attempt) && attempt > 0 ? attempt : 1,
      instanceId: this.#options.provider.createdInstanceId(pod),
    });
  }

  async #sync(uid: string): Promise<void> {
    const record = this.#records.get(uid);
    if (record === undefined) return;
    const { provider, clock, finishedRetentionMs } = this.#options;
    const decision = decidePod({
      record,
      instance: provider.get(uid),
      synced: provider.hasSynced(),
      verifiedAbsent: provider.isVerifiedAbsent(uid),
      finishedRetentionMs,
      nowMs: clock.nowMs(),
    });
    if (this.#options.logger.isDebugEnabled()) {
      this.#options.logger.debug('pod decision', { pod: podName(record), do: decision.do, why: decision.why });
    }
    await this.#carryOut(record, decision);
  }

  async #carryOut(record: PodRecord, decision: Decision): Promise<void> {
    switch (decision.do) {
      case 'nothing':
        if (decision.againInMs !== undefined) this.#again(record, decision.againInMs);
        return;
      case 'create':
        return await this.#create(record);
      case 'mirror-status':
        return await this.#mirror(record);
      case 'replace-instance':
        return await this.#replaceInstance(record);
      case 'delete-instance':
        this.#again(record, decision.againInMs);
        return await this.#deleteInstance(record, decision.force);
      case 'finish':
        return await this.#finish(record);
      case 'fail-lost':
        return await this.#failLost(record);
      case 'forget':
        this.#records.delete(record.uid);
        this.#failures.delete(record.uid);
        return;
    }
  }

  async #create(record: PodRecord): Promise<void> {
    if (record.attempt > 1) await this.#persistAttempt(record);
    // After the annotation was written: what an edit is compared with later must contain it.
    const { pod } = record;
    if (pod === undefined) return;
    let outcome: CreateOutcome;
    try {
      outcome = await this.#options.provider.create(pod, { number: record.attempt });
    } catch (error) {
      await this.#createFailed(record, pod, error);
      return;
    }
    if (outcome.kind === 'created') {
      record.creation = { state: 'created', instanceId: outcome.instanceId };
      this.#failures.delete(record.uid);
      record.writeBack = { annotations: outcome.annotations, conditions: outcome.conditions };
      this.#options.logger.info('instance created', { pod: podName(record), containerGroupId: outcome.instanceId });
      this.#emit(record, outcome.notes);
      // The instance costs money from here on: the write-back is repeated by every mirror step until it sticks.
      await this.#mirror(record);
      return;
    }
    const retryMs = outcome.kind === 'held' ? HELD_RETRY_MS : WAITING_RETRY_MS;
    record.creation = {
      state: 'held',
      retryAtMs: this.#options.clock.nowMs() + retryMs,
      fingerprint: podFingerprint(pod),
    };
    this.#options.logger.warn('pod is not created', {
      pod: podName(record),
      reason: outcome.reason,
      message: describeOutcome(outcome),
    });
    this.#emit(record, outcome.notes);
    await this.#options.statusWriter.writeNow(record, heldStatus(pod, outcome, this.#options.clock.nowMs()));
    this.#again(record, retryMs);
  }

  async #createFailed(record: PodRecord, pod: Pod, error: unknown): Promise<void> {
    const failure = this.#options.provider.classify(error);
    const failures = (this.#failures.get(record.uid) ?? 0) + 1;
    this.#failures.set(record.uid, failures);
    const plan = planRetry({
      class: failure.class,
      failures,
      retryAfterMs: failure.retryAfterMs,
      random: this.#options.random(),
    });
    const nowMs = this.#options.clock.nowMs();
    const givesUp = plan.newAttempt && this.#options.provider.failsFast(pod);
    if (givesUp) {
      record.creation = { state: 'held', retryAtMs: Number.MAX_SAFE_INTEGER, fingerprint: podFingerprint(pod) };
    } else if (plan.newAttempt) {
      record.attempt += 1;
      record.creation = { state: 'held', retryAtMs: nowMs + plan.delayMs, fingerprint: podFingerprint(pod) };
    } else {
      record.creation = { state: 'uncertain', retryAtMs: nowMs + plan.delayMs };
    }
    this.#options.logger.warn('create failed', {
      pod: podName(record),
      code: failure.code,
      class: failure.class,
      requestId: failure.requestId,
      message: failure.message,
    });
    const requestId = failure.requestId === undefined ? '' : ` (request id ${failure.requestId})`;
    const message = `${failure.code}: ${failure.message}${requestId}`;
    this.#emit(record, [{ type: 'Warning', reason: 'ProviderCreateFailed', message }]);
    await this.#options.statusWriter.writeNow(
      record,
      createFailedStatus(pod, { class: failure.class, code: failure.code, message, final: givesUp }, nowMs),
    );
    if (!givesUp) this.#options.queue.add(record.uid, { priority: PRIORITY.create, delayMs: plan.delayMs });
  }

  async #mirror(record: PodRecord): Promise<void> {
    const { provider, clock, statusWriter } = this.#options;
    const instance = provider.get(record.uid);
    if (record.pod === undefined || instance === undefined) return;
    if (record.creation.state !== 'created') {
      const adopted = record.creation.state;
      record.creation = { state: 'created', instanceId: instance.instanceId };
      this.#failures.delete(record.uid);
      const why = adopted === 'uncertain' ? 'after an answer was lost' : 'after a restart';
      this.#emit(record, [
        {
          type: 'Normal',
          reason: 'ProviderAdopted',
          message: `took over container group ${instance.instanceId} ${why}`,
        },
      ]);
    }
    if (record.writeBack === undefined) {
      const annotations = provider.missingAnnotations(record.pod, instance);
      if (annotations !== undefined) record.writeBack = { annotations, conditions: [] };
    }
    const waitMs = await statusWriter.write(record, provider.status(record.pod, instance, clock.nowMs()));
    if (waitMs !== undefined) this.#again(record, waitMs);
  }

  async #replaceInstance(record: PodRecord): Promise<void> {
    const { provider, clock, random } = this.#options;
    const instance = provider.get(record.uid);
    if (record.pod === undefined || instance === undefined) return;
    await provider.delete(record.uid, { force: false });
    record.replacedInstanceId = instance.instanceId;
    record.writeBack = undefined;
    record.attempt += 1;
    const failures = (this.#failures.get(record.uid) ?? 0) + 1;
    this.#failures.set(record.uid, failures);
    const { delayMs } = planRetry({ class: 'capacity', failures, retryAfterMs: undefined, random: random() });
    record.creation = {
      state: 'held',
      retryAtMs: clock.nowMs() + delayMs,
      fingerprint: podFingerprint(record.pod),
    };
    const message = `ECI could not place container group ${instance.instanceId}; it is deleted and created again`;
    this.#emit(record, [{ type: 'Warning', reason: 'ProviderCreateFailed', message }]);
    this.#again(record, delayMs);
  }

  async #deleteInstance(record: PodRecord, force: boolean): Promise<void> {
    const first = record.deletion === undefined;
    try {
      await this.#options.provider.delete(record.uid, { force });
    } catch (error) {
      const failure = this.#options.provider.classify(error);
      const message = `${failure.code}: ${failure.message}`;
      this.#options.logger.warn('delete failed', {
        pod: podName(record),
        code: failure.code,
        message: failure.message,
      });
      this.#emit(record, [{ type: 'Warning', reason: 'ProviderDeleteFailed', message }]);
      this.#options.queue.addWithBackoff(record.uid, { priority: PRIORITY.delete });
      return;
    }
    record.deletion = { atMs: this.#options.clock.nowMs(), forced: force || record.deletion?.forced === true };
    if (first && record.creation.state === 'created') {
      const message = `ECI accepted the deletion of container group ${record.creation.instanceId}`;
      this.#emit(record, [{ type: 'Normal', reason: 'ProviderDeleteSuccess', message }]);
    }
    this.#options.queue.add(record.uid, { priority: PRIORITY.status });
  }

  async #finish(record: PodRecord): Promise<void> {
    const { client, clock, provider, statusWriter } = this.#options;
    const { pod } = record;
    if (pod === undefined) return;
    const instance = provider.get(record.uid);
    const ended = instance?.phase === 'terminal' ? provider.status(pod, instance, clock.nowMs()) : pod.status;
    const status = terminalStatus(
      { ...pod, ...(ended === undefined ? {} : { status: ended }) },
      DELETED,
      clock.nowMs(),
    );
    await statusWriter.writeNow(record, status);
    // An instance that ended by itself is still listed: it goes with its Pod.
    if (instance !== undefined && record.deletion === undefined) await this.#deleteInstance(record, false);
    try {
      await client.delete(`/api/v1/namespaces/${record.namespace}/pods/${record.name}`, {
        uid: record.uid,
        gracePeriodSeconds: 0,
      });
    } catch (error) {
      // 409: the name belongs to another Pod already, ours is gone.
      if (!isConflict(error) && !isNotFound(error)) throw error;
    }
  }

  async #failLost(record: PodRecord): Promise<void> {
    const { pod } = record;
    if (pod === undefined) return;
    const instanceId = record.creation.state === 'created' ? record.creation.instanceId : 'unknown';
    const message = `container group ${instanceId} no longer exists at ECI`;
    this.#emit(record, [{ type: 'Warning', reason: 'InstanceLost', message }]);
    await this.#options.statusWriter.writeNow(
      record,
      terminalStatus(pod, { reason: 'NotFound', message }, this.#options.clock.nowMs()),
    );
  }

  async #persistAttempt(record: PodRecord): Promise<void> {
    const annotations = { [ATTEMPT_ANNOTATION]: String(record.attempt) };
    if (record.pod?.metadata?.annotations?.[ATTEMPT_ANNOTATION] === annotations[ATTEMPT_ANNOTATION]) return;
    await this.#options.statusWriter.annotate(record, annotations);
  }

  #again(record: PodRecord, delayMs: number): void {
    this.#options.queue.add(record.uid, { priority: PRIORITY.status, delayMs });
  }

  #emit(record: PodRecord, notes: readonly Note[]): void {
    const target = {
      apiVersion: 'v1',
      kind: 'Pod',
      namespace: record.namespace,
      name: record.name,
      uid: record.uid,
    };
    for (const note of notes) this.#options.events.emit(target, note.type, note.reason, note.message);
  }
}

const DELETED = { reason: 'Deleted', message: 'the Pod was deleted; how this container ended is not known' };

function podName(record: PodRecord): string {
  return `${record.namespace}/${record.name}`;
}
