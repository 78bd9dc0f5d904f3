import { readFileSync } from 'node:fs';

/** Position of the start time among the fields of `/proc/<pid>/stat` that follow the name. Source: proc(5). */
const START_TIME = 19;

/**
 * Tells one process from a later one with the same number.
 * @returns when it started, in ticks since the boot; undefined when it does not exist.
 */
export function startTimeOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name may hold blanks and parentheses; the last one ends it.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[START_TIME];
  } catch {
    return undefined;
  }
}

/** Source: signal(7). */
const SIGTERM_BIT = 1n << 14n;

/** Tells whether a process handles SIGTERM by now. The first process of a container is not ended by it otherwise. */
export function handlesSigterm(pid: number): boolean {
  try {
    const caught = /^SigCgt:\s+([0-9a-f]+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '0';
    return (BigInt(`0x${caught}`) & SIGTERM_BIT) !== 0n;
  } catch {
    // It has ended.
    return true;
  }
}

/** Sends a signal. A process that has ended needs none. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended.
  }
}
