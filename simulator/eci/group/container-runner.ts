import type { SimClock } from '../../types.ts';
import type { FixtureImage } from '../../fixtures/fixture.ts';
import { ContainerLog } from '../log/container-log.ts';
import { readImageReference } from '../pull/image-reference.ts';
import type { PullOutcome, Puller } from '../pull/puller.ts';
import { recordEvent } from '../service-event.ts';
import type { ContainerGroup, ContainerState, GroupContainer } from './container-group.ts';
import { exitPlan } from './exit-plan.ts';
import { backOffMs, isRestarted } from './restart-decision.ts';
import type { Timings } from './timings.ts';

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
  readonly images: ReadonlyMap<string, FixtureImage>;
}

/** Pulls the images of containers, starts, ends and restarts them. No process runs. */
export class ContainerRunner {
  readonly #parts: RunnerParts;

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

  /** Ends a running container from outside. */
  stop(container: GroupContainer, nowMs: number): void {
    if (container.current.state === 'Running') {
      container.current = ended(container.current.startedAtMs, nowMs, 137);
    }
    container.ready = false;
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
    const startedAtMs = this.#parts.clock.nowMs();
    container.current = { state: 'Running', startedAtMs };
    container.started = true;
    container.ready = !container.isInit;
    this.#beginLog(container, startedAtMs);
    this.#event(group, 'Started', `Started container ${container.name}`);
    listener.onChange();
    const plan = exitPlan(container, { images: this.#parts.images, initMs: this.#parts.timings.startingMs });
    if (plan !== undefined) {
      this.#after(group, plan.afterMs, () =>
        this.#end(group, container, { listener, exitCode: plan.code, startedAtMs }),
      );
    }
  }

  #end(
    group: ContainerGroup,
    container: GroupContainer,
    { listener, exitCode, startedAtMs }: { listener: ContainerListener; exitCode: number; startedAtMs: number },
  ): void {
    const last = ended(startedAtMs, this.#parts.clock.nowMs(), exitCode);
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

  #beginLog(container: GroupContainer, nowMs: number): void {
    const { Image: image } = container.requested;
    const lines = this.#parts.images.get(readImageReference(image)?.normalised ?? '')?.log;
    if (container.log !== undefined) {
      container.previousLog = container.log;
    }
    container.log = new ContainerLog();
    for (const line of lines ?? [`${container.name} started from ${image}`]) {
      container.log.append(line, nowMs);
    }
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

function ended(startedAtMs: number, finishedAtMs: number, exitCode: number): ContainerState {
  return { state: 'Terminated', reason: exitCode === 0 ? 'Completed' : 'Error', exitCode, startedAtMs, finishedAtMs };
}
