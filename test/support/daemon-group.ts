import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unrefGuard } from './process-guard.ts';

/** Kills every process whose id is on file as soon as its standard input closes, which the kernel does for us. */
const guardScript =
  'read -r _; for file in "$1"/*.pid; do [ -e "$file" ] && kill -9 "$(cat "$file")"; done; rm -rf "$1"';

/** Long-running processes that belong together and die with the test process, even if that is killed with SIGKILL. */
export class DaemonGroup {
  readonly #dir: string;
  readonly #commands = new Map<string, { program: string; args: readonly string[] }>();
  readonly #running = new Map<string, ChildProcess>();
  #guard: ChildProcess | undefined;

  /** @param dir where logs and process ids are kept; removed if the test process dies. */
  constructor(dir: string) {
    this.#dir = dir;
  }

  define(name: string, program: string, args: readonly string[]): void {
    this.#commands.set(name, { program, args });
  }

  start(name: string): void {
    const command = this.#commands.get(name);
    if (command === undefined) throw new Error(`there is no ${name} in this control plane`);
    if (this.#running.has(name)) throw new Error(`${name} runs already`);
    this.#startGuard();
    const log = openSync(this.#file(name, 'log'), 'a');
    // A group of its own: Ctrl-C in the terminal must not take the cluster from under those who still clean up in it.
    const child = spawn(command.program, command.args, { stdio: ['ignore', log, log], detached: true });
    closeSync(log);
    writeFileSync(this.#file(name, 'pid'), String(child.pid));
    this.#running.set(name, child);
    // The test run may end while daemons run; the guard sees to them.
    child.unref();
    child.once('exit', () => {
      if (this.#running.get(name) === child) this.#forget(name);
    });
  }

  /** @throws with the end of its log when the process has ended. */
  assertRunning(name: string): void {
    if (this.#running.has(name)) return;
    const log = readFileSync(this.#file(name, 'log'), 'utf8');
    throw new Error(`${name} has ended:\n${log.slice(-2000)}`);
  }

  async kill(name: string, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#running.get(name);
    if (child === undefined) return;
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.ref();
    child.kill(signal);
    await ended;
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#running.keys()].map((name) => this.kill(name)));
    this.#guard?.kill('SIGKILL');
    this.#guard = undefined;
  }

  #startGuard(): void {
    if (this.#guard !== undefined) return;
    const guard = spawn('sh', ['-c', guardScript, 'sh', this.#dir], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    });
    unrefGuard(guard);
    this.#guard = guard;
  }

  #forget(name: string): void {
    this.#running.delete(name);
    rmSync(this.#file(name, 'pid'), { force: true });
  }

  #file(name: string, extension: 'log' | 'pid'): string {
    return join(this.#dir, `${name}.${extension}`);
  }
}
