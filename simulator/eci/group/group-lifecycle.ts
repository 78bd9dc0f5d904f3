import type { SimClock } from '../../types.ts';
import { recordEvent } from '../service-event.ts';
import type { ContainerGroup, GroupContainer, GroupStatus } from './container-group.ts';
import type { ContainerRunner } from './container-runner.ts';
import { statusOf } from './restart-decision.ts';
import type { Timings } from './timings.ts';

/** Source: ECI API reference, MaxPendingMinute and TerminationGracePeriodSeconds. */
const DEFAULT_MAX_PENDING_MINUTES = 240;
const DEFAULT_GRACE_SECONDS = 30;

/** What the life cycle works with. */
export interface LifecycleParts {
  readonly clock: Pick<SimClock, 'nowMs' | 'at'>;
  readonly timings: Timings;
  readonly runner: ContainerRunner;
  /** Called once when nothing of a group will run again. */
  onFinished(group: ContainerGroup): void;
  /** Called once when a deleted group is gone. */
  onGone(group: ContainerGroup): void;
}

/** Moves container groups through their states by the clock. */
export class GroupLifecycle {
  readonly #parts: LifecycleParts;

  constructor(parts: LifecycleParts) {
    this.#parts = parts;
  }

  /** Starts the life of a group that is in `Scheduling`. */
  begin(group: ContainerGroup): void {
    this.#event(group, 'Creating', `Start creating container group ${group.id}.`);
    this.#after(group, this.#parts.timings.schedulingMs, () => {
      this.#setStatus(group, 'Pending');
      this.#event(group, 'SuccessfulMountVolume', 'Instance is scheduled and its network is attached.');
      this.#limitLife(group);
      this.#startContainers(group);
    });
  }

  /** Stops all containers and starts them anew. @param status what the group shows until it runs again. */
  restart(group: ContainerGroup, status: 'Restarting' | 'Updating'): void {
    group.generation += 1;
    this.#setStatus(group, status);
    const nowMs = this.#parts.clock.nowMs();
    for (const container of [...group.initContainers, ...group.containers]) {
      this.#parts.runner.reset(container, nowMs);
    }
    this.#limitLife(group);
    this.#startContainers(group);
  }

  /** Lets preStop handlers run unless `force`; then the group is gone. Does nothing the second time, except force it. */
  delete(group: ContainerGroup, { force }: { force: boolean }): void {
    if (group.deleting && !force) {
      return;
    }
    group.deleting = true;
    group.generation += 1;
    const { preStopMs, deletingMs } = this.#parts.timings;
    const graceMs = (group.request.TerminationGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS) * 1000;
    const waits = !force && group.containers.some(hasPreStop) && group.status === 'Running';
    if (waits) {
      this.#setStatus(group, 'Terminating');
    }
    this.#after(group, waits ? Math.min(preStopMs, graceMs) : deletingMs, () => this.#parts.onGone(group));
  }

  #startContainers(group: ContainerGroup): void {
    const [next, ...rest] = group.initContainers.filter(({ current }) => current.state !== 'Terminated');
    if (next === undefined) {
      for (const container of group.containers) {
        this.#run(group, container);
      }
      return;
    }
    for (const waiting of [...rest, ...group.containers]) {
      waiting.current = { state: 'Waiting', reason: 'PodInitializing', message: '' };
    }
    this.#run(group, next);
  }

  #run(group: ContainerGroup, container: GroupContainer): void {
    this.#parts.runner.run(group, container, {
      onChange: () => this.#settle(group),
      onEnded: (exitCode) => {
        if (container.isInit && exitCode === 0) {
          this.#startContainers(group);
        } else if (container.isInit) {
          this.#finish(group, 'Failed');
        } else {
          this.#settle(group);
        }
      },
    });
  }

  #settle(group: ContainerGroup): void {
    group.changedAtMs = this.#parts.clock.nowMs();
    const status = statusOf(group.containers);
    if (status === 'Succeeded' || status === 'Failed') {
      this.#finish(group, status);
    } else if (status !== undefined && group.status !== status) {
      this.#setStatus(group, status);
    } else if (this.#isPendingTooLong(group)) {
      this.#fail(group, 'PendingTimeout', 'The instance did not get ready within its maximum pending time.');
    }
  }

  /** Checked at each change instead of by a timer: pulls that fail report back at least every five minutes. */
  #isPendingTooLong(group: ContainerGroup): boolean {
    const limitMs = (group.request.MaxPendingMinute ?? DEFAULT_MAX_PENDING_MINUTES) * 60_000;
    const initRuns = group.initContainers.some(({ current }) => current.state === 'Running');
    return group.status === 'Pending' && !initRuns && this.#parts.clock.nowMs() - group.createdAtMs > limitMs;
  }

  #limitLife(group: ContainerGroup): void {
    const { ActiveDeadlineSeconds } = group.request;
    if (ActiveDeadlineSeconds !== undefined) {
      this.#after(group, ActiveDeadlineSeconds * 1000, () =>
        this.#fail(group, 'DeadlineExceeded', 'Instance was active longer than its deadline.'),
      );
    }
  }

  #fail(group: ContainerGroup, reason: string, message: string): void {
    recordEvent(group, { type: 'Warning', reason, message, source: 'EciService' }, this.#parts.clock.nowMs());
    this.#finish(group, 'Failed');
  }

  #finish(group: ContainerGroup, status: 'Succeeded' | 'Failed'): void {
    group.generation += 1;
    this.#setStatus(group, status);
    const nowMs = this.#parts.clock.nowMs();
    group.finishedAtMs = nowMs;
    for (const container of group.containers) {
      this.#parts.runner.stop(container, nowMs);
    }
    this.#parts.onFinished(group);
  }

  #setStatus(group: ContainerGroup, status: GroupStatus): void {
    group.status = status;
    group.changedAtMs = this.#parts.clock.nowMs();
  }

  #event(group: ContainerGroup, reason: string, message: string): void {
    recordEvent(group, { type: 'Normal', reason, message, source: 'EciService' }, this.#parts.clock.nowMs());
  }

  #after(group: ContainerGroup, ms: number, callback: () => void): void {
    const { generation } = group;
    const { clock } = this.#parts;
    clock.at(clock.nowMs() + ms, () => {
      if (group.generation === generation) {
        callback();
      }
    });
  }
}

function hasPreStop({ requested }: GroupContainer): boolean {
  return (
    requested.LifecyclePreStopHandlerExec !== undefined ||
    requested.LifecyclePreStopHandlerHttpGetPort !== undefined ||
    requested.LifecyclePreStopHandlerTcpSocketPort !== undefined
  );
}
