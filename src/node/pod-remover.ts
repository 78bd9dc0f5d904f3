import { isConflict, isNotFound } from '../kube/errors.ts';
import type { PodRecord } from './pod-record.ts';
import { podName, podPriority } from './pod-workbench.ts';
import type { PodWorkbench } from './pod-workbench.ts';
import { terminalStatus } from './terminal-status.ts';

/** How containers ended that nobody can ask any more. */
const DELETED = { reason: 'Deleted', message: 'the Pod was deleted; how this container ended is not known' };

/** How soon an instance is looked at whose Pod was removed before it. */
const ABANDONED_AGAIN_MS = 1_000;

/** Deletes instances, and ends Pods whose instance is gone. */
export class PodRemover {
  readonly #bench: PodWorkbench;

  constructor(bench: PodWorkbench) {
    this.#bench = bench;
  }

  /** Asks for the deletion of the instance. A failure is reported and repeated with back-off, never thrown. */
  async deleteInstance(record: PodRecord, options: { force: boolean; overdue: boolean }): Promise<void> {
    const { provider, clock, logger, queue } = this.#bench;
    const { force, overdue } = options;
    const first = record.deletion === undefined;
    let accepted: boolean;
    try {
      accepted = await provider.delete(record.uid, { force });
    } catch (error) {
      const { code, message } = provider.classify(error);
      logger.warn('delete failed', { pod: podName(record), code, message });
      this.#bench.emit(record, { type: 'Warning', reason: 'ProviderDeleteFailed', message: `${code}: ${message}` });
      queue.addWithBackoff(record.uid, { priority: podPriority.delete });
      return;
    }
    record.deletion = { atMs: clock.nowMs(), forced: force || record.deletion?.forced === true };
    if (accepted && record.creation.state === 'created') {
      const { instanceId } = record.creation;
      if (first) {
        const message = `ECI accepted the deletion of container group ${instanceId}`;
        this.#bench.emit(record, { type: 'Normal', reason: 'ProviderDeleteSuccess', message });
      } else if (force && overdue) {
        const message = `container group ${instanceId} outlived its grace period and was deleted by force`;
        this.#bench.emit(record, { type: 'Warning', reason: 'ProviderDeleteForced', message });
      }
    }
    queue.add(record.uid, { priority: podPriority.status });
  }

  /**
   * Writes a final status, so that people and Jobs see how it ended, and then removes the API object.
   * @param options.abandon the instance may still run: its deletion goes on without the Pod.
   */
  async finish(record: PodRecord, { abandon }: { abandon: boolean }): Promise<void> {
    const { client, clock, provider, statusWriter } = this.#bench;
    const { pod } = record;
    if (pod === undefined) return;
    const instance = provider.get(record.uid);
    const ended = instance?.phase === 'terminal' ? provider.status(pod, instance, clock.nowMs()) : pod.status;
    const last = { ...pod, ...(ended === undefined ? {} : { status: ended }) };
    await statusWriter.writeNow(record, terminalStatus(last, DELETED, clock.nowMs()));
    if (abandon) {
      const message = `container group ${instance?.instanceId ?? 'unknown'} has not ended; the Pod is removed, its deletion goes on`;
      this.#bench.emit(record, { type: 'Warning', reason: 'PodRemovedEarly', message });
    }
    // An instance that ended by itself is still listed: it goes with its Pod.
    if (instance !== undefined && record.deletion === undefined) {
      await this.deleteInstance(record, { force: false, overdue: false });
    }
    try {
      await client.delete(`/api/v1/namespaces/${record.namespace}/pods/${record.name}`, {
        uid: record.uid,
        gracePeriodSeconds: 0,
      });
    } catch (error) {
      // 409: the name belongs to another Pod already, ours is gone.
      if (!isConflict(error) && !isNotFound(error)) throw error;
    }
    record.removalRequested = true;
    // Whether the object goes or finalizers keep it: the deletion of the instance is seen to.
    if (abandon) this.#bench.again(record, ABANDONED_AGAIN_MS);
  }

  /** Fails a Pod that was active for longer than it may be, and stops its instance. */
  async failDeadline(record: PodRecord): Promise<void> {
    const { clock, provider, statusWriter } = this.#bench;
    const { pod } = record;
    if (pod === undefined) return;
    const message = `the Pod was active for longer than ${pod.spec?.activeDeadlineSeconds ?? 0} s, its activeDeadlineSeconds`;
    const cause = { reason: 'DeadlineExceeded', message };
    const status = terminalStatus(pod, cause, clock.nowMs());
    this.#bench.emit(record, { type: 'Normal', ...cause, reason: 'DeadlineExceeded' });
    await statusWriter.writeNow(record, { ...status, phase: 'Failed', ...cause });
    if (provider.get(record.uid) !== undefined) await this.deleteInstance(record, { force: false, overdue: false });
  }

  /** Fails a Pod whose instance is proven to be gone, as a disruption that a Job need not count. */
  async failLost(record: PodRecord): Promise<void> {
    const { clock, statusWriter } = this.#bench;
    const { pod } = record;
    if (pod === undefined) return;
    const instanceId = record.creation.state === 'created' ? record.creation.instanceId : 'unknown';
    const gone = `container group ${instanceId} no longer exists at ECI`;
    const message = record.instanceSeen
      ? gone
      : `${gone} and ended while eci-kubelet did not run: with what exit codes is not known any more`;
    this.#bench.emit(record, { type: 'Warning', reason: 'InstanceLost', message });
    const status = terminalStatus(pod, { reason: 'NotFound', message }, clock.nowMs());
    const lastTransitionTime = status.conditions?.[0]?.lastTransitionTime;
    await statusWriter.writeNow(record, {
      ...status,
      conditions: [
        ...(status.conditions ?? []),
        {
          type: 'DisruptionTarget',
          status: 'True',
          reason: 'TerminationByKubelet',
          message,
          ...(lastTransitionTime === undefined ? {} : { lastTransitionTime }),
        },
      ],
    });
  }
}
