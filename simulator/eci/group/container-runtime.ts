import type { ExecProcess, ExecRequest } from '../exec/exec-process.ts';
import type { ContainerLog } from '../log/container-log.ts';
import type { ContainerGroup, GroupContainer } from './container-group.ts';

/** How an instance of a container ended. */
export interface ContainerEnd {
  readonly exitCode: number;
  /** `Completed` or `Error` by the code when absent. */
  readonly reason?: string;
  /** What the container left as its termination message. */
  readonly message?: string;
}

/** Where an instance of a container reports to. Nothing is reported after its end. */
export interface InstanceListener {
  /** Once, when it runs. */
  onStarted(): void;
  /** When it becomes ready, or is no longer. */
  onReady(isReady: boolean): void;
  onEnded(end: ContainerEnd): void;
  onEvent(event: { type: 'Normal' | 'Warning'; reason: string; message: string }): void;
}

/** An instance of a container, from its start to its end. */
export interface ContainerInstance {
  /**
   * Ends it: handlers of the end, SIGTERM, and SIGKILL after the grace period. A later call can shorten that. The listener hears
   * no more.
   * @param graceMs 0 for SIGKILL at once.
   * @returns how it ended, or undefined when it has ended without any waiting.
   */
  stop(graceMs: number): Promise<ContainerEnd> | undefined;
}

/** What makes containers run: a script that only tells states, or real processes. */
export interface ContainerRuntime {
  /**
   * Makes what the containers of a group share, before the first of them starts.
   * @returns undefined when there is nothing to wait for.
   * It rejects when the group cannot run, with a message for people.
   */
  prepare(group: ContainerGroup): Promise<void> | undefined;
  start(
    container: { group: ContainerGroup; container: GroupContainer; log: ContainerLog },
    listener: InstanceListener,
  ): ContainerInstance;
  /** Runs a command in a container that runs. */
  exec(target: { group: ContainerGroup; container: GroupContainer; request: ExecRequest }): ExecProcess;
  /** Takes over configuration files that an update has changed while containers run. */
  filesChanged(group: ContainerGroup): void;
  /** Removes what {@link ContainerRuntime.prepare} made, once no container runs. @returns undefined when there is nothing to wait for. */
  release(group: ContainerGroup): Promise<void> | undefined;
}
