import type { SimClock } from '../../types.ts';
import { ContainerLog } from '../log/container-log.ts';
import { readImageReference } from '../pull/image-reference.ts';
import type { PullOutcome, Puller } from '../pull/puller.ts';
import { recordEvent } from '../service-event.ts';
import type { ContainerGroup, ContainerState, GroupContainer } from './container-group.ts';
import type { ContainerEnd, ContainerInstance, ContainerRuntime } from './container-runtime.ts';
import { backOffMs, isRestarted } from './restart-decision.ts';
import type { Timings } from './timings.ts';

/** 128 and the number of SIGKILL. */
const KILLED = 137;

/** Where a container reports to. */
export interface ContainerListener {
  /** After each change of state that is not an end for good. */
  onChange(): void;
  /** When it will not run again. */
  onEnded(exitCode: number): void;
}

/** What the runner works with. */
export interface RunnerParts {
  readonly clock: Pick<SimClock, 'nowMs' | 'at'>;
  readonly timings: Timings;
  readonly puller: Pick<Puller, 'pull'>;
  readonly runtime: ContainerRuntime;
}

/** Pulls the images of containers, starts, ends and restarts them. How they run is the runtime's business. */
export class ContainerRunner {
  readonly #parts: RunnerParts;
  /** The instances that have not ended, by group: an update replaces containers while their instances run. */
  readonly #instances = new Map<ContainerGroup, Map<GroupContainer, ContainerInstance>>();

  constructor(parts: RunnerParts) {
    this.#parts = parts;
  }

  /** Takes a container from pull to running, and on by its restart policy. */
  run(group: ContainerGroup, container: GroupContainer, listener: ContainerListener): void {
    const { generation } = group;
    container.current = { state: 'Waiting', reason: 'ContainerCreating', message: '' };
    listener.onChange();
    void this.#obtainImage(group, container).then((outcome) => {
      if (group.generation !== generation) {
        return;
      }
      container.credentialPath = outcome.path;
      if (outcome.warning !== undefined) {
        group.warnings.add(outcome.warning);
      }
      if (outcome.error === undefined) {
        container.failedPulls = 0;
        container.imageDigest = outcome.digest ?? '';
        this.#event(group, 'Created', `Created container ${container.name}`);
        this.#after(group, this.#parts.timings.startingMs, () => this.#start(group, container, listener));
      } else {
        this.#pullFailed(group, container, { listener, error: outcome.error });
      }
    });
  }

  /** Puts a container back to where it was before its first start, keeping the last state for `previous`. */
  reset(container: GroupContainer, nowMs: number): void {
    this.stop(container, nowMs);
    if (container.current.state === 'Terminated') {
      container.previous = container.current;
    }
    if (container.started && !container.isInit) {
      container.restartCount += 1;
    }
    container.started = false;
    container.ready = false;
    container.failedPulls = 0;
    container.current = { state: 'Waiting', reason: 'ContainerCreating', message: '' };
  }

  /** Takes down that a container was ended from outside. */
  stop(container: GroupContainer, nowMs: number, end: ContainerEnd = { exitCode: KILLED }): void {
    if (container.current.state === 'Running') {
      container.current = ended(container.current.startedAtMs, nowMs, end);
    }
    container.ready = false;
  }

  /**
   * Ends the instances of a group, each at its own pace.
   * @param graceMs 0 for SIGKILL at once; also shortens an earlier call.
   * @param onEnded told of each container that took its time.
   * @returns undefined when all have ended without any waiting.
   */
  stopAll(
    group: ContainerGroup,
    { graceMs, onEnded }: { graceMs: number; onEnded: () => void },
  ): Promise<unknown> | undefined {
    const instances = [...(this.#instances.get(group) ?? [])];
    const waiting = instances.flatMap(([container, instance]) => {
      const stopping = instance.stop(graceMs);
      if (stopping === undefined) {
        this.#forget(group, container, instance);
        return [];
      }
      return [
        stopping.then((end) => {
          this.#forget(group, container, instance);
          this.stop(container, this.#parts.clock.nowMs(), end);
          onEnded();
        }),
      ];
    });
    return waiting.length === 0 ? undefined : Promise.all(waiting);
  }

  async #obtainImage(group: ContainerGroup, container: GroupContainer): Promise<PullOutcome> {
    const { Image: image, ImagePullPolicy: policy } = container.requested;
    const isCached = group.cachedImages.has(readImageReference(image)?.normalised ?? image);
    const isPresent = isCached || container.imageDigest !== undefined;
    if (policy !== 'Always' && isPresent) {
      this.#event(group, 'Pulled', `Container image "${image}" already present on machine`);
      const path = isCached ? 'cache' : (container.credentialPath ?? 'anonymous');
      return { path, digest: container.imageDigest ?? '' };
    }
    if (policy === 'Never') {
      return { path: 'anonymous', error: `Container image "${image}" is not present with pull policy of Never` };
    }
    this.#event(group, 'Pulling', `Pulling image "${image}"`);
    const outcome = await this.#parts.puller.pull(image, group, group.credentials);
    if (outcome.error === undefined) {
      this.#event(group, 'Pulled', `Successfully pulled image "${image}"`);
    }
    return outcome;
  }

  #pullFailed(
    group: ContainerGroup,
    container: GroupContainer,
    { listener, error }: { listener: ContainerListener; error: string },
  ): void {
    const { Image: image, ImagePullPolicy: policy } = container.requested;
    container.failedPulls += 1;
    const reason = policy === 'Never' ? 'ErrImageNeverPull' : 'ErrImagePull';
    container.current = { state: 'Waiting', reason, message: error };
    this.#event(group, 'Failed', `Failed to pull image "${image}": ${error}`, 'Warning');
    this.#event(group, 'Failed', `Error: ${reason}`, 'Warning');
    listener.onChange();
    const delayMs = backOffMs(container.failedPulls);
    this.#after(group, delayMs / 2, () => {
      const message = `Back-off pulling image "${image}"`;
      container.current = { state: 'Waiting', reason: 'ImagePullBackOff', message };
      this.#event(group, 'BackOff', message);
      this.#event(group, 'Failed', 'Error: ImagePullBackOff', 'Warning');
      listener.onChange();
    });
    this.#after(group, delayMs, () => this.run(group, container, listener));
  }

  #start(group: ContainerGroup, container: GroupContainer, listener: ContainerListener): void {
    const { generation } = group;
    const isCurrent = (): boolean => group.generation === generation;
    if (container.log !== undefined) {
      container.previousLog = container.log;
    }
    container.log = new ContainerLog();
    let startedAtMs = this.#parts.clock.nowMs();
    let hasEnded = false;
    const instance = this.#parts.runtime.start(
      { group, container, log: container.log },
      {
        onStarted: () => {
          if (!isCurrent()) return;
          startedAtMs = this.#parts.clock.nowMs();
          container.current = { state: 'Running', startedAtMs };
          container.started = true;
          this.#event(group, 'Started', `Started container ${container.name}`);
          listener.onChange();
        },
        onReady: (isReady) => {
          if (!isCurrent() || container.isInit || container.ready === isReady) return;
          container.ready = isReady;
          listener.onChange();
        },
        onEnded: (end) => {
          hasEnded = true;
          this.#instances.get(group)?.delete(container);
          if (!isCurrent()) return;
          container.started = true;
          this.#end(group, container, { listener, end, startedAtMs });
        },
        onEvent: ({ reason, message, type }) => this.#event(group, reason, message, type),
      },
    );
    if (!hasEnded) {
      const instances = this.#instances.get(group) ?? new Map<GroupContainer, ContainerInstance>();
      this.#instances.set(group, instances.set(container, instance));
    }
  }

  #forget(group: ContainerGroup, container: GroupContainer, instance: ContainerInstance): void {
    const instances = this.#instances.get(group);
    if (instances?.get(container) === instance) {
      instances.delete(container);
    }
    if (instances?.size === 0) {
      this.#instances.delete(group);
    }
  }

  #end(
    group: ContainerGroup,
    container: GroupContainer,
    { listener, end, startedAtMs }: { listener: ContainerListener; end: ContainerEnd; startedAtMs: number },
  ): void {
    const { exitCode } = end;
    const last = ended(startedAtMs, this.#parts.clock.nowMs(), end);
    container.ready = container.isInit && exitCode === 0;
    if (!isRestarted(group.restartPolicy, { isInit: container.isInit, exitCode })) {
      container.current = last;
      listener.onEnded(exitCode);
      return;
    }
    container.previous = last;
    const message = `Back-off restarting failed container ${container.name}`;
    container.current = { state: 'Waiting', reason: 'CrashLoopBackOff', message };
    this.#event(group, 'BackOff', message, 'Warning');
    container.restartCount += 1;
    listener.onChange();
    this.#after(group, backOffMs(container.restartCount), () => this.run(group, container, listener));
  }

  #event(group: ContainerGroup, reason: string, message: string, type: 'Normal' | 'Warning' = 'Normal'): void {
    recordEvent(group, { type, reason, message }, this.#parts.clock.nowMs());
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

function ended(startedAtMs: number, finishedAtMs: number, end: ContainerEnd): ContainerState {
  const { exitCode, reason = exitCode === 0 ? 'Completed' : 'Error', message } = end;
  return {
    state: 'Terminated',
    reason,
    exitCode,
    ...(message === undefined || message === '' ? {} : { message }),
    startedAtMs,
    finishedAtMs,
  };
}
