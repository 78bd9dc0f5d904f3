import type { ContainerEnd, ContainerInstance, InstanceListener } from '../group/container-runtime.ts';
import type { ContainerGroup, GroupContainer } from '../group/container-group.ts';
import type { ContainerLog } from '../log/container-log.ts';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { SimClock } from '../../types.ts';
import { runToEnd } from '../exec/run-to-end.ts';
import type { Cgroup } from './cgroups.ts';
import { exitCodeOf } from './exit-code.ts';
import { runHealthCheck } from './health-check.ts';
import type { CheckCommand, HealthCheck } from './health-check.ts';
import { readMessage } from './instance-files.ts';
import type { Launched } from './launch.ts';
import { createLineSplitter } from './line-splitter.ts';
import { watchMemory } from './memory-watch.ts';
import { runInContainer } from './process-exec.ts';
import type { EnterableContainer } from './process-exec.ts';
import type { Pipes } from './pipes.ts';
import { startProbing } from './prober.ts';
import { handlesSigterm, sendSignal } from './process-table.ts';
import { postStartCheck, preStopCheck, probeCheck } from './requested-checks.ts';
import { terminationMessage } from './termination-message.ts';
import type { Tools } from './tools.ts';

/** Longer than any handler should take; the grace period ends those before the end. */
const HANDLER_TIMEOUT_MS = 600_000;

/** How long after its start a program may take to handle SIGTERM. */
const SETTLING_MS = 1000;
const SETTLING_PAUSE_MS = 20;

/** An instance that could not be started ends with this code. Source: containerd, StartError. */
const START_FAILED = 128;

/** What an instance works with. */
export interface InstanceParts {
  readonly clock: Pick<SimClock, 'nowMs' | 'at'>;
  readonly tools: Tools;
  readonly group: ContainerGroup;
  readonly container: GroupContainer;
  readonly log: ContainerLog;
  readonly listener: InstanceListener;
  readonly cgroup: Cgroup | undefined;
  /** Makes files and mounts and starts the process. Rejects with a message for people. */
  readonly begin: () => Promise<{
    launched: Launched;
    pipes: Pipes;
    messageFile: string;
    enterable: Omit<EnterableContainer, 'firstPid'>;
  }>;
}

/** One instance of a container that is a process. */
export class ProcessInstance implements ContainerInstance {
  readonly #parts: InstanceParts;
  readonly #ended: Promise<ContainerEnd>;
  readonly #cleanUp: (() => void)[] = [];
  #enterable: EnterableContainer | undefined;
  /** Called when the grace period is to end now. */
  readonly #killNow = Promise.withResolvers<void>();
  #begunAtMs = 0;
  #terminating: Promise<void> | undefined;
  #killTimer: { atMs: number; timer: NodeJS.Timeout } | undefined;
  #wasKilledForMemory = false;
  #hasEnded = false;
  /** The runner that stops an instance waits for the result of `stop` and wants to hear nothing else. */
  #isStopped = false;

  constructor(parts: InstanceParts) {
    this.#parts = parts;
    this.#ended = this.#live().then((end) => {
      this.#hasEnded = true;
      clearTimeout(this.#killTimer?.timer);
      for (const cleanUp of this.#cleanUp) cleanUp();
      void parts.cgroup?.remove();
      if (!this.#isStopped) {
        parts.listener.onEnded(end);
      }
      return end;
    });
  }

  /** @returns undefined before the instance runs and after it has ended. */
  get enterable(): EnterableContainer | undefined {
    return this.#hasEnded ? undefined : this.#enterable;
  }

  /** Settles with the end; never rejects. */
  get ended(): Promise<ContainerEnd> {
    return this.#ended;
  }

  stop(graceMs: number): Promise<ContainerEnd> {
    this.#isStopped = true;
    this.#terminate(graceMs);
    return this.#ended;
  }

  async #live(): Promise<ContainerEnd> {
    const { container, log, clock, cgroup, listener } = this.#parts;
    let begun: Awaited<ReturnType<InstanceParts['begin']>>;
    try {
      begun = await this.#parts.begin();
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      listener.onEvent({ type: 'Warning', reason: 'Failed', message: `Error: ${message}` });
      return { exitCode: START_FAILED, reason: 'StartError', message };
    }
    const { launched, pipes, messageFile, enterable } = begun;
    const { child } = launched;
    const closed = new Promise<number>((resolve) => {
      child.once('error', () => resolve(START_FAILED));
      child.once('close', (code, signal) => resolve(exitCodeOf(code, signal)));
    }).finally(() => pipes.release());
    const outputs = [launched.problems, pipes.stdout, pipes.stderr].map(async (output) => {
      const splitter = createLineSplitter((line) => log.append(line, clock.nowMs()));
      output.on('data', (chunk: Buffer) => splitter.write(chunk));
      await once(output, 'close');
      splitter.end();
    });
    const firstPid = await launched.firstPid;
    if (firstPid !== undefined) {
      this.#enterable = { ...enterable, firstPid };
      this.#begunAtMs = Date.now();
      if (this.#terminating === undefined) {
        this.#limitMemory(firstPid);
        void this.#started();
      } else {
        // It was stopped before it was there.
        this.#kill();
      }
    }
    const exitCode = await closed;
    // All of it belongs to the log, and to the message at the end.
    await Promise.allSettled(outputs);
    const wasKilled = exitCode !== 0 && (this.#wasKilledForMemory || cgroup?.hasKilled() === true);
    if (wasKilled) {
      const message = `Container ${container.name} ran out of memory`;
      listener.onEvent({ type: 'Warning', reason: 'OOMKilled', message });
    }
    const policy = container.requested.TerminationMessagePolicy;
    const message = terminationMessage(await readMessage(messageFile), { policy, exitCode, lines: log.lines });
    return { exitCode, message, ...(wasKilled ? { reason: 'OOMKilled' } : {}) };
  }

  #limitMemory(firstPid: number): void {
    const { container, cgroup } = this.#parts;
    const { Memory: gibibytes = 0 } = container.requested;
    if (cgroup === undefined && gibibytes > 0) {
      const stopWatch = watchMemory({ firstPid, limitBytes: gibibytes * 2 ** 30 }, () => {
        this.#wasKilledForMemory = true;
        this.#kill();
      });
      this.#cleanUp.push(stopWatch);
    }
  }

  async #started(): Promise<void> {
    const { container, group, listener } = this.#parts;
    const postStart = postStartCheck(container.requested, group.network.intranetIp);
    const problem = postStart === undefined ? undefined : await this.#check(postStart, HANDLER_TIMEOUT_MS);
    if (this.#hasEnded || this.#terminating !== undefined) {
      return;
    }
    if (problem !== undefined) {
      listener.onEvent({ type: 'Warning', reason: 'FailedPostStartHook', message: `PostStartHook failed: ${problem}` });
      this.#terminate(this.#graceMs());
      return;
    }
    listener.onStarted();
    const { LivenessProbe, ReadinessProbe } = container.requested;
    const probesReadiness = this.#probe('Readiness', ReadinessProbe, (verdict) =>
      listener.onReady(verdict === 'passing'),
    );
    if (!probesReadiness) {
      listener.onReady(true);
    }
    this.#probe('Liveness', LivenessProbe, (verdict) => {
      if (verdict === 'failing' && this.#terminating === undefined) {
        const message = `Container ${container.name} failed liveness probe, will be restarted`;
        listener.onEvent({ type: 'Normal', reason: 'Killing', message });
        this.#terminate(this.#graceMs());
      }
    });
  }

  /** @returns false when there is nothing to probe. */
  #probe(
    kind: 'Liveness' | 'Readiness',
    probe: GroupContainer['requested']['LivenessProbe'],
    onVerdict: (verdict: 'passing' | 'failing') => void,
  ): boolean {
    const { group, listener, clock } = this.#parts;
    const check = probe === undefined ? undefined : probeCheck(probe, group.network.intranetIp);
    if (probe === undefined || check === undefined) {
      return false;
    }
    const stop = startProbing(
      {
        probe,
        check: (timeoutMs) => this.#check(check, timeoutMs),
        onResult: ({ verdict }, problem) => {
          if (problem !== undefined) {
            listener.onEvent({ type: 'Warning', reason: 'Unhealthy', message: `${kind} probe failed: ${problem}` });
          }
          if (verdict !== undefined && !this.#hasEnded && !this.#isStopped) {
            onVerdict(verdict);
          }
        },
      },
      clock,
    );
    this.#cleanUp.push(stop);
    return true;
  }

  async #check(check: HealthCheck, timeoutMs: number): Promise<string | undefined> {
    const runCommand: CheckCommand = async (command, signal) => {
      const enterable = this.enterable;
      if (enterable === undefined) {
        return { exitCode: START_FAILED, output: 'the container does not run' };
      }
      const process = runInContainer(enterable, { command, tty: false, stdin: false }, this.#parts.tools);
      signal.addEventListener('abort', () => process.kill(), { once: true });
      const output = await runToEnd(process, this.#parts.clock);
      const end = await process.ended;
      return 'failure' in end ? { exitCode: START_FAILED, output: end.failure } : { exitCode: end.exitCode, output };
    };
    return runHealthCheck(check, { timeoutMs, runCommand });
  }

  /** Handlers, SIGTERM, and after the grace period SIGKILL; a shorter period of a later call counts. */
  #terminate(graceMs: number): void {
    const atMs = Date.now() + graceMs;
    if (this.#killTimer === undefined || atMs < this.#killTimer.atMs) {
      clearTimeout(this.#killTimer?.timer);
      this.#killTimer = { atMs, timer: setTimeout(() => this.#kill(), graceMs) };
    }
    this.#terminating ??= this.#askToEnd(graceMs);
  }

  async #askToEnd(graceMs: number): Promise<void> {
    const { container, group, listener } = this.#parts;
    const preStop = preStopCheck(container.requested, group.network.intranetIp);
    if (preStop !== undefined && this.#enterable !== undefined && graceMs > 0) {
      const problem = await Promise.race([this.#check(preStop, graceMs), this.#killNow.promise]);
      if (problem !== undefined && !this.#hasEnded) {
        listener.onEvent({ type: 'Warning', reason: 'FailedPreStopHook', message: `PreStopHook failed: ${problem}` });
      }
    }
    await this.#settled();
    this.#signal('SIGTERM');
  }

  /** A program that has only just been started is given a moment to handle SIGTERM, which would pass it by before. */
  async #settled(): Promise<void> {
    const isHandled = (): boolean => this.#enterable === undefined || handlesSigterm(this.#enterable.firstPid);
    while (!this.#hasEnded && Date.now() - this.#begunAtMs < SETTLING_MS && !isHandled()) {
      await Promise.race([delay(SETTLING_PAUSE_MS), this.#killNow.promise]);
    }
  }

  #kill(): void {
    this.#killNow.resolve();
    this.#signal('SIGKILL');
  }

  #signal(signal: NodeJS.Signals): void {
    if (this.#enterable !== undefined && !this.#hasEnded) {
      sendSignal(this.#enterable.firstPid, signal);
    }
  }

  #graceMs(): number {
    return (this.#parts.group.request.TerminationGracePeriodSeconds ?? 30) * 1000;
  }
}
