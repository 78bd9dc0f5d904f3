import type { Pod } from '../kube/types.ts';
import type { ReflectorEvent } from '../kube/reflector.ts';
import { decidePod } from './decide.ts';
import type { Decision } from './decide.ts';
import { hasGivenUp } from './create-status.ts';
import { afterOf, attemptOf, PodCreator } from './pod-creator.ts';
import { createPodRecord } from './pod-record.ts';
import type { PodRecord } from './pod-record.ts';
import { PodRemover } from './pod-remover.ts';
import { podName, podPriority, PodWorkbench } from './pod-workbench.ts';
import type { PodWorkbenchOptions } from './pod-workbench.ts';
import { ignoredEdits } from './ignored-edits.ts';

export interface PodControllerOptions extends PodWorkbenchOptions {
  /** Pods worked on at the same time. */
  workers: number;
  /** How long the instance of a finished Pod is kept while the Pod exists. */
  finishedRetentionMs: number;
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
  readonly #records = new Map<string, PodRecord>();

  constructor(options: PodControllerOptions) {
    this.#options = options;
    this.#bench = new PodWorkbench(options);
    this.#creator = new PodCreator(this.#bench);
    this.#remover = new PodRemover(this.#bench);
    options.provider.onChange((uid) => {
      if (this.#records.has(uid)) options.queue.add(uid, { priority: podPriority.status });
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
      this.#options.queue.add(uid, { priority: podPriority.delete });
      return;
    }
    if (record === undefined) this.#records.set(uid, this.#newRecord(pod));
    else {
      if (record.creation.state === 'created' && event.previous !== undefined) {
        this.#bench.emit(record, ...ignoredEdits(event.previous, pod));
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
  }

  /** Looks at every Pod again, for example once the first listing of instances is complete. */
  resync(): void {
    for (const { uid } of this.#records.values()) this.#options.queue.add(uid, { priority: podPriority.create });
  }

  /** True while a Pod with this UID is known. */
  knows(uid: string): boolean {
    return this.#records.has(uid);
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
    const { provider, clock, finishedRetentionMs, logger } = this.#options;
    const decision = decidePod({
      record,
      instance: provider.get(uid),
      synced: provider.hasSynced(),
      verifiedAbsent: provider.isVerifiedAbsent(uid),
      finishedRetentionMs,
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
      case 'replace-instance':
        return await this.#creator.replace(record);
      case 'delete-instance':
        return await this.#remover.deleteInstance(record, { force: decision.force, overdue: decision.overdue });
      case 'finish':
        return await this.#remover.finish(record);
      case 'fail-lost':
        return await this.#remover.failLost(record);
      case 'forget':
        this.#records.delete(record.uid);
        this.#creator.forget(record.uid);
        return;
      default:
        decision satisfies never;
    }
  }

  async #mirror(record: PodRecord): Promise<void> {
    const { provider, clock, logger, metrics, statusWriter } = this.#options;
    const instance = provider.get(record.uid);
    if (record.pod === undefined || instance === undefined) return;
    if (record.creation.state !== 'created') {
      const why = record.creation.state === 'uncertain' ? 'after an answer was lost' : 'after a restart';
      record.creation = { state: 'created', instanceId: instance.instanceId };
      this.#creator.forget(record.uid);
      const message = `took over container group ${instance.instanceId} ${why}`;
      this.#bench.emit(record, { type: 'Normal', reason: 'ProviderAdopted', message });
    }
    if (record.writeBack === undefined) {
      const annotations = provider.missingAnnotations(record.pod, instance);
      if (annotations !== undefined) record.writeBack = { annotations, conditions: [] };
    }
    const before = record.pod.status?.phase;
    const waitMs = await statusWriter.write(record, provider.status(record.pod, instance, clock.nowMs()));
    if (waitMs !== undefined) this.#bench.again(record, waitMs);
    const phase = record.pod?.status?.phase;
    if (phase === before || phase === undefined) return;
    logger.info('pod phase', { pod: podName(record), phase, containerGroupId: instance.instanceId });
    if (phase === 'Running') {
      metrics.observe('eci_kubelet_pod_running_seconds', (clock.nowMs() - record.firstSeenAtMs) / 1000);
    }
  }
}
