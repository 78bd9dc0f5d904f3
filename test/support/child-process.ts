import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createServer } from 'node:net';
import { guardProcess } from './process-guard.ts';

/** A program under test in a process of its own, with everything it printed. */
export interface RunningProgram {
  readonly pid: number;
  /** Everything printed so far, both streams. */
  output(): string;
  /** Resolves with the first match in the output. @throws when the program ends first or after `timeoutMs`. */
  waitForOutput(pattern: RegExp, timeoutMs?: number): Promise<RegExpMatchArray>;
  hasEnded(): boolean;
  /** Sends a signal and resolves with the exit code (or null) once the process has ended. */
  kill(signal: NodeJS.Signals): Promise<number | null>;
}

/**
 * Starts a script with this Node.js. The child dies with this process; Ctrl-C in the terminal reaches it only through us.
 */
export function startProgram(
  args: readonly string[],
  options: { env?: Readonly<Record<string, string>>; cwd?: string } = {},
): RunningProgram {
  const child = spawn(process.execPath, [...args], {
    env: { ...process.env, ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  guardProcess(child);
  let text = '';
  const waiting = new Set<() => void>();
  const collect = (chunk: Buffer): void => {
    text += chunk.toString('utf8');
    for (const look of waiting) look();
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  const ended = new Promise<number | null>((resolve) => {
    child.once('exit', (code) => resolve(code));
  });
  return {
    pid: child.pid ?? 0,
    output: () => text,
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    waitForOutput: (pattern, timeoutMs = 20_000) => waitFor({ child, pattern, timeoutMs, waiting, read: () => text }),
    kill: async (signal) => {
      child.kill(signal);
      return await ended;
    },
  };
}

async function waitFor(options: {
  child: ChildProcess;
  pattern: RegExp;
  timeoutMs: number;
  waiting: Set<() => void>;
  read: () => string;
}): Promise<RegExpMatchArray> {
  const { child, pattern, timeoutMs, waiting, read } = options;
  return await new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      waiting.delete(look);
      child.removeListener('exit', gone);
    };
    const look = (): void => {
      const match = read().match(pattern);
      if (match === null) return;
      stop();
      resolve(match);
    };
    const gone = (): void => {
      stop();
      reject(new Error(`the program ended before it printed ${pattern}:\n${read().slice(-4000)}`));
    };
    const timer = setTimeout(() => {
      stop();
      reject(new Error(`no ${pattern} within ${timeoutMs} ms:\n${read().slice(-4000)}`));
    }, timeoutMs);
    waiting.add(look);
    child.once('exit', gone);
    look();
  });
}

/** Finds a port of the loopback interface that nobody uses at the moment. */
export async function freePort(): Promise<number> {
  return await new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
