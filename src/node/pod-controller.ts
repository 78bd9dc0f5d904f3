import { isLeadershipLost } from '../kube/leader-election.ts';
import type { Pod, PodStatus } from '../kube/types.ts';
import type { ReflectorEvent } from '../kube/reflector.ts';
import { APPLIED_SPEC_ANNOTATION, specOf } from './applied-spec.ts';
import { decidePod, isTerminal } from './decide.ts';
import type { Decision } from './decide.ts';
import { hasGivenUp } from './create-status.ts';
import { lateEdits } from './live-edits.ts';
import { afterOf, attemptOf, PodCreator } from './pod-creator.ts';
import { createPodRecord } from './pod-record.ts';
import type { InstanceEvent, PodInstance } from './pod-provider.ts';
import type { PodRecord } from './pod-record.ts';
import { PodRemover } from './pod-remover.ts';
import { PodUpdater } from './pod-updater.ts';
import { podName, podPriority, PodWorkbench } from './pod-workbench.ts';
import type { PodWorkbenchOptions } from './pod-workbench.ts';
import { resizeCondition } from './resize-condition.ts';

export interface PodControllerOptions extends PodWorkbenchOptions {
  /** Pods that are bound to another node are none of ours. */
  nodeName: string;
  /** Pods worked on at the same time. */
  workers: number;
  /** How long the instance of a finished Pod is kept while the Pod exists. */
  finishedRetentionMs: number;
  /** See {@link ./decide.ts}. */
  forceRemoveAfterMs?: number;
  lostBarePods?: 'fail' | 'recreate';
}

/**
 * Makes instances of the Pods bound to our node and mirrors their state. All knowledge is per UID; what to do is
 * {@link decidePod}, this class sees that it is done. Work on one UID is never concurrent (the queue sees to it).
 */
export class PodController {
  readonly #options: PodControllerOptions;
  readonly #bench: PodWorkbench;
  readonly #creator: PodCreator;
  readonly #remover: PodRemover;
  readonly #updater: PodUpdater;
  readonly #records = new Map<string, PodRecord>();
  /** Pods whose status differs from what was written, and is written later. */
  readonly #putOff = new Set<string>();

  constructor(options: PodControllerOptions) {
    this.#options = options;
    this.#bench = new PodWorkbench(options);
    this.#creator = new PodCreator(this.#bench);
    this.#remover = new PodRemover(this.#bench);
    this.#updater = new PodUpdater(this.#bench);
    options.provider.onChange((uid) => {
      if (this.#records.has(uid)) options.queue.add(uid, { priority: podPriority.status });
    });
    options.provider.onInstanceEvent((event) => this.#mirrorEvent(event));
    options.missing.onAppeared((uid) => this.#retryNow(this.#records.get(uid)));
  }

  /** Takes an event of the Pod reflector. */
  handle(event: ReflectorEvent<Pod>): void {
    const pod = event.object;
    const uid = pod.metadata?.uid ?? '';
    if (pod.metadata?.annotations?.['kubernetes.io/config.mirror'] !== undefined) return;
    if (pod.spec?.nodeName !== undefined && pod.spec.nodeName !== this.#options.nodeName) return;
    const record = this.#records.get(uid);
    if (event.type === 'deleted') {
      if (record === undefined) return;
      if (event.unseen === true && isAlive(pod)) {
        // Not to be listed is no proof. Its instance is an orphan from here on, for which absence and numbers are checked first.
        this.#options.logger.warn('a Pod that was not being deleted is not listed any more', { pod: podName(record) });
        this.#forget(uid);
        return;
      }
      record.pod = undefined;
      this.#options.queue.add(uid, { priority: podPriority.delete });
      return;
    }
    if (record === undefined) this.#records.set(uid, this.#newRecord(pod));
    else {
      if (record.creation.state === 'created' && event.previous !== undefined) {
        const { provider } = this.#options;
        this.#bench.emit(record, ...lateEdits(event.previous, pod, provider.readAtCreation.bind(provider)));
      }
      record.pod = pod;
    }
    const terminating = pod.metadata?.deletionTimestamp !== undefined;
    this.#options.queue.add(uid, { priority: terminating ? podPriority.delete : podPriority.create });
  }

  /** Works the queue until `signal` fires; calls in flight are allowed to finish. */
  async run(signal: AbortSignal): Promise<void> {
    const { queue, workers } = this.#options;
    await queue.run({ workers, handler: (uid) => this.#sync(uid), signal });
    if (!isLeadershipLost(signal.reason)) await this.#flushStatuses();
  }

  /** Looks at every Pod again, for example once the first listing of instances is complete. */
  resync(): void {
    for (const { uid } of this.#records.values()) this.#options.queue.add(uid, { priority: podPriority.create });
  }

  /** Tries every Pod at once that is held or waiting: configuration or credentials changed. */
  retryHeld(): void {
    for (const record of this.#records.values()) this.#retryNow(record);
  }

  /** True while a Pod with this UID is known. */
  knows(uid: string): boolean {
    return this.#records.has(uid);
  }

  #retryNow(record: PodRecord | undefined): void {
    if (record === undefined) return;
    const { creation, failedUpdate } = record;
    // A Pod that gave up at once, as it asked to, is left alone.
    const held = creation.state === 'held' && creation.retryAtMs !== Number.MAX_SAFE_INTEGER;
    if (held) record.creation = { ...creation, retryAtMs: 0 };
    if (failedUpdate !== undefined) record.failedUpdate = { ...failedUpdate, retryAtMs: 0 };
    if (held || failedUpdate !== undefined) this.#options.queue.add(record.uid, { priority: podPriority.create });
  }

  #mirrorEvent(event: InstanceEvent): void {
    const record = this.#records.get(event.uid);
    if (record !== undefined) this.#bench.emit(record, event);
  }

  #newRecord(pod: Pod): PodRecord {
    const { clock, provider } = this.#options;
    return createPodRecord(pod, {
      attempt: attemptOf(pod),
      after: afterOf(pod),
      givenUp: hasGivenUp(pod) && provider.failsFast(pod),
      instanceId: provider.createdInstanceId(pod),
      nowMs: clock.nowMs(),
    });
  }

  async #sync(uid: string): Promise<void> {
    const record = this.#records.get(uid);
    if (record === undefined) return;
    const { provider, clock, finishedRetentionMs, forceRemoveAfterMs, lostBarePods, logger } = this.#options;
    if (record.pod !== undefined && isTerminal(record.pod)) record.overSinceMs ??= clock.nowMs();
    const decision = decidePod({
      record,
      instance: provider.get(uid),
      synced: provider.hasSynced(),
      verifiedAbsent: provider.isVerifiedAbsent(uid),
      finishedRetentionMs,
      ...(forceRemoveAfterMs === undefined ? {} : { forceRemoveAfterMs }),
      ...(lostBarePods === undefined ? {} : { lostBarePods }),
      nowMs: clock.nowMs(),
    });
    if (logger.isDebugEnabled()) {
      logger.debug('pod decision', { pod: podName(record), do: decision.do, why: decision.why });
    }
    await this.#carryOut(record, decision);
  }

  async #carryOut(record: PodRecord, decision: Decision): Promise<void> {
    if ('againInMs' in decision && decision.againInMs !== undefined) this.#bench.again(record, decision.againInMs);
    switch (decision.do) {
      case 'nothing':
        return;
      case 'create':
        if (await this.#creator.create(record)) await this.#mirror(record);
        return;
      case 'mirror-status':
        return await this.#mirror(record);
      case 'update-instance':
        await this.#updater.update(record);
        return await this.#mirror(record);
      case 'recreate':
        if (await this.#creator.recreate(record)) await this.#mirror(record);
        return;
      case 'replace-instance':
        return await this.#creator.replace(record);
      case 'delete-instance':
        return await this.#remover.deleteInstance(record, { force: decision.force, overdue: decision.overdue });
      case 'finish':
        return await this.#remover.finish(record, { abandon: decision.abandon });
      case 'fail-deadline':
        return await this.#remover.failDeadline(record);
      case 'fail-lost':
        return await this.#remover.failLost(record);
      case 'forget':
        return this.#forget(record.uid);
      default:
        decision satisfies never;
    }
  }

  #forget(uid: string): void {
    this.#records.delete(uid);
    this.#putOff.delete(uid);
    this.#creator.forget(uid);
  }

  /** Statuses that were put off to be merged with later ones: nobody comes after us for some time. */
  async #flushStatuses(): Promise<void> {
    const { provider, statusWriter, logger, workers } = this.#options;
    const waiting = this.#putOff.values();
    const worker = async (): Promise<void> => {
      for (const uid of waiting) {
        const record = this.#records.get(uid);
        const instance = provider.get(uid);
        if (record?.pod === undefined || instance === undefined) continue;
        try {
          await statusWriter.writeNow(record, this.#desiredStatus(record, record.pod, instance));
        } catch (error) {
          // The next process writes it anew, from what the cloud says then.
          logger.warn('a last status could not be written', { pod: podName(record), error });
        }
      }
    };
    await Promise.all(Array.from({ length: Math.min(workers, this.#putOff.size) }, worker));
  }

  async #mirror(record: PodRecord): Promise<void> {
    const { provider, clock, logger, metrics, statusWriter } = this.#options;
    const instance = provider.get(record.uid);
    if (record.pod === undefined || instance === undefined) return;
    record.instanceSeen = true;
    if (record.creation.state !== 'created') {
      const why = record.creation.state === 'uncertain' ? 'after an answer was lost' : 'after a restart';
      record.creation = { state: 'created', instanceId: instance.instanceId };
      this.#creator.forget(record.uid);
      const message = `took over container group ${instance.instanceId} ${why}`;
      this.#bench.emit(record, { type: 'Normal', reason: 'ProviderAdopted', message });
    }
    this.#completeWriteBack(record, record.pod, instance);
    const before = record.pod.status?.phase;
    const waitMs = await statusWriter.write(record, this.#desiredStatus(record, record.pod, instance));
    if (waitMs === undefined) this.#putOff.delete(record.uid);
    else {
      this.#putOff.add(record.uid);
      this.#bench.again(record, waitMs);
    }
    const phase = record.pod?.status?.phase;
    if (phase === before || phase === undefined) return;
    logger.info('pod phase', { pod: podName(record), phase, containerGroupId: instance.instanceId });
    if (phase === 'Running') {
      metrics.observe('eci_kubelet_pod_running_seconds', (clock.nowMs() - record.firstSeenAtMs) / 1000);
    }
  }

  /** What the Pod should carry and does not. Of an instance that an earlier version made, the Pod as it is now is taken for granted. */
  #completeWriteBack(record: PodRecord, pod: Pod, instance: PodInstance): void {
    if (record.writeBack !== undefined) return;
    const missing = this.#options.provider.missingAnnotations(pod, instance);
    record.applied ??= specOf(pod);
    const noted = pod.metadata?.annotations?.[APPLIED_SPEC_ANNOTATION] !== undefined;
    if (missing === undefined && noted) return;
    const applied = noted ? {} : { [APPLIED_SPEC_ANNOTATION]: JSON.stringify(record.applied) };
    record.writeBack = { annotations: { ...missing, ...applied }, conditions: [] };
  }

  #desiredStatus(record: PodRecord, pod: Pod, instance: PodInstance): PodStatus {
    const { provider, clock } = this.#options;
    const status = provider.status(pod, instance, clock.nowMs());
    const resize = resizeCondition(pod, record.applied, clock.nowMs());
    if (resize === undefined) return status;
    const others = (status.conditions ?? []).filter(({ type }) => type !== resize.type);
    return { ...status, conditions: [...others, resize] };
  }
}

/** Neither over nor on its way out. */
function isAlive(pod: Pod): boolean {
  return pod.metadata?.deletionTimestamp === undefined && !isTerminal(pod);
}
