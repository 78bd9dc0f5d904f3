import type { SimClock } from '../../types.ts';
import { recordEvent } from '../service-event.ts';
import type { ContainerGroup, GroupContainer, GroupStatus } from './container-group.ts';
import type { ContainerRunner } from './container-runner.ts';
import type { ContainerRuntime } from './container-runtime.ts';
import { statusOf } from './restart-decision.ts';
import type { Timings } from './timings.ts';
import { whenDone } from './when-done.ts';

/** Source: ECI API reference, MaxPendingMinute and TerminationGracePeriodSeconds. */
const DEFAULT_MAX_PENDING_MINUTES = 240;
const DEFAULT_GRACE_SECONDS = 30;
/** Between the announcement of a reclaim and the reclaim. Source: ECI help centre, preemptible instances. */
const SPOT_NOTICE_MS = 180_000;
/** Source: ECI help centre, life cycle of ECI instances: groups without a place are removed within a day. */
const UNPLACED_KEPT_MS = 24 * 60 * 60_000;

/** What the life cycle works with. */
export interface LifecycleParts {
  readonly clock: Pick<SimClock, 'nowMs' | 'at'>;
  readonly timings: Timings;
  readonly runner: ContainerRunner;
  readonly runtime: Pick<ContainerRuntime, 'prepare' | 'release'>;
  /** Called once when a group turned out to have no place. */
  onUnplaced(group: ContainerGroup): void;
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
  begin(group: ContainerGroup, stock: { fails: boolean; scarce: boolean } = { fails: false, scarce: false }): void {
    this.#event(group, 'Creating', `Start creating container group ${group.id}.`);
    if (stock.scarce || stock.fails) {
      this.#warn(group, 'StockExhaust', `The stock of the zone ${group.network.zoneId} is about to run out.`);
    }
    this.#after(group, this.#parts.timings.schedulingMs, () => {
      if (stock.fails) {
        this.#notPlaced(group);
        return;
      }
      this.#setStatus(group, 'Pending');
      this.#prepare(group);
    });
  }

  /** Announces that a spot instance will be taken back, and takes it back three minutes later. */
  reclaim(group: ContainerGroup): void {
    const message = 'The preemptible instance will be released in about three minutes.';
    this.#warn(group, 'SpotToBeReleased', message);
    group.notice = { reason: 'SpotToBeReleased', message };
    const { clock } = this.#parts;
    group.changedAtMs = clock.nowMs();
    // Of no generation: restarts and updates do not call a reclaim off.
    clock.at(clock.nowMs() + SPOT_NOTICE_MS, () => {
      if (group.finishedAtMs === undefined && !group.deleting) {
        this.#finish(group, 'Expired');
      }
    });
  }

  /** Removes a group at once and without a trace, as a deletion in the console looks to a client. */
  remove(group: ContainerGroup): void {
    group.deleting = true;
    group.generation += 1;
    this.#release(group, { graceMs: 0 }, () => undefined);
    this.#parts.onGone(group);
  }

  /** Ends containers that an update stopped and that their restart policy does not start again. */
  end(group: ContainerGroup): void {
    this.#finish(group, 'Failed');
  }

  /** Stops all containers and starts them anew. @param status what the group shows until it runs again. */
  restart(group: ContainerGroup, status: 'Restarting' | 'Updating'): void {
    group.generation += 1;
    const { generation } = group;
    this.#setStatus(group, status);
    whenDone(this.#stopAll(group, graceMsOf(group)), () => {
      if (group.generation !== generation) {
        return;
      }
      const nowMs = this.#parts.clock.nowMs();
      for (const container of [...group.initContainers, ...group.containers]) {
        this.#parts.runner.reset(container, nowMs);
      }
      this.#limitLife(group);
      this.#startContainers(group);
    });
  }

  /** Lets preStop handlers run unless `force`; then the group is gone. Does nothing the second time, except force it. */
  delete(group: ContainerGroup, { force }: { force: boolean }): void {
    if (group.deleting && !force) {
      return;
    }
    group.deleting = true;
    group.generation += 1;
    const { preStopMs, deletingMs } = this.#parts.timings;
    const graceMs = graceMsOf(group);
    const waits = !force && group.containers.some(hasPreStop) && group.status === 'Running';
    if (waits) {
      this.#setStatus(group, 'Terminating');
    }
    const { generation } = group;
    const stopping = this.#stopAll(group, force ? 0 : graceMs);
    whenDone(stopping, () => {
      if (group.generation !== generation) {
        return;
      }
      // Where processes run, their handlers have taken their time already.
      const handlersMs = stopping === undefined ? Math.min(preStopMs, graceMs) : 0;
      this.#after(group, waits ? handlersMs : deletingMs, () =>
        this.#release(group, { graceMs: 0 }, () => this.#parts.onGone(group)),
      );
    });
  }

  #prepare(group: ContainerGroup): void {
    const { generation } = group;
    whenDone(
      this.#parts.runtime.prepare(group),
      () => {
        if (group.generation !== generation) {
          return;
        }
        this.#event(group, 'SuccessfulMountVolume', 'Instance is scheduled and its network is attached.');
        this.#limitLife(group);
        this.#startContainers(group);
      },
      (error) => {
        if (group.generation === generation) {
          const problem = error instanceof Error ? error.message : String(error);
          this.#fail(group, 'FailedCreatePodSandBox', `Failed to create the instance: ${problem}`);
        }
      },
    );
  }

  #stopAll(group: ContainerGroup, graceMs: number): Promise<unknown> | undefined {
    const onEnded = (): void => {
      group.changedAtMs = this.#parts.clock.nowMs();
    };
    return this.#parts.runner.stopAll(group, { graceMs, onEnded });
  }

  /** Ends what still runs, and then removes what the group had. */
  #release(group: ContainerGroup, { graceMs }: { graceMs: number }, then: () => void): void {
    whenDone(this.#stopAll(group, graceMs), () => whenDone(this.#parts.runtime.release(group), then));
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
    } else if (isHeldUpByPull(group)) {
      this.#setStatus(group, 'Pending');
    } else if (this.#isPendingTooLong(group)) {
      this.#fail(group, 'PendingTimeout', 'The instance did not get ready within its maximum pending time.');
    }
  }

  /** Checked at each change instead of by a timer: pulls that fail report back at least every five minutes. */
  #isPendingTooLong(group: ContainerGroup): boolean {
    const limitMs = (group.request.MaxPendingMinute ?? DEFAULT_MAX_PENDING_MINUTES) * 60_000;
    const initRuns = group.initContainers.some(({ current }) => current.state === 'Running');
    const neverRan = group.containers.every(({ restartCount }) => restartCount === 0);
    return (
      group.status === 'Pending' && neverRan && !initRuns && this.#parts.clock.nowMs() - group.createdAtMs > limitMs
    );
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
    this.#warn(group, reason, message);
    this.#finish(group, 'Failed');
  }

  #notPlaced(group: ContainerGroup): void {
    const message = `The resource is out of stock in the zone ${group.network.zoneId}.`;
    this.#warn(group, 'NoStock', message);
    group.notice = { reason: 'NoStock', message };
    this.#setStatus(group, 'ScheduleFailed');
    group.finishedAtMs = this.#parts.clock.nowMs();
    this.#parts.onUnplaced(group);
    this.#after(group, UNPLACED_KEPT_MS, () => this.#parts.onGone(group));
  }

  #finish(group: ContainerGroup, status: 'Succeeded' | 'Failed' | 'Expired'): void {
    group.generation += 1;
    this.#setStatus(group, status);
    const nowMs = this.#parts.clock.nowMs();
    group.finishedAtMs = nowMs;
    for (const container of group.containers) {
      this.#parts.runner.stop(container, nowMs);
    }
    // A deletion that comes meanwhile waits for the same end; the address is free after it.
    this.#release(group, { graceMs: graceMsOf(group) }, () => this.#parts.onFinished(group));
  }

  #setStatus(group: ContainerGroup, status: GroupStatus): void {
    group.status = status;
    group.changedAtMs = this.#parts.clock.nowMs();
  }

  #event(group: ContainerGroup, reason: string, message: string): void {
    recordEvent(group, { type: 'Normal', reason, message, source: 'EciService' }, this.#parts.clock.nowMs());
  }

  #warn(group: ContainerGroup, reason: string, message: string): void {
    recordEvent(group, { type: 'Warning', reason, message, source: 'EciService' }, this.#parts.clock.nowMs());
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

/** A restart or an update is over once an image cannot be pulled: from then on the group waits like a new one. */
function isHeldUpByPull({ status, initContainers, containers }: ContainerGroup): boolean {
  const isUnderWay = status === 'Restarting' || status === 'Updating';
  return isUnderWay && [...initContainers, ...containers].some(({ failedPulls }) => failedPulls > 0);
}

function graceMsOf({ request }: ContainerGroup): number {
  return (request.TerminationGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS) * 1000;
}

function hasPreStop({ requested }: GroupContainer): boolean {
  return (
    requested.LifecyclePreStopHandlerExec !== undefined ||
    requested.LifecyclePreStopHandlerHttpGetPort !== undefined ||
    requested.LifecyclePreStopHandlerTcpSocketPort !== undefined
  );
}
