import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';

/** Waits for its standard input to close, which the kernel sees to when our process ends, whatever ends it. */
const guardScript = 'read -r _; kill -9 "-$1"';

/**
 * Makes sure that a child and the processes that it starts do not outlive this process, even if this one is ended by SIGKILL, nor
 * their own parent. Costs one sleeping shell for as long as the child runs.
 * @param child spawned with `detached`, so that it leads a group of processes.
 */
export function guardProcess(child: ChildProcess): void {
  const { pid } = child;
  if (pid === undefined) return;
  const guard = spawn('sh', ['-c', guardScript, 'sh', String(pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  const killGroup = (): void => {
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // Nobody of the group is left, as it should be.
    }
  };
  process.once('exit', killGroup);
  child.once('exit', () => {
    process.removeListener('exit', killGroup);
    // Once the child is gone, its number may become somebody else's.
    guard.kill('SIGKILL');
    killGroup();
  });
  unrefGuard(guard);
}

/** Lets this process end although a guard still waits for exactly that. */
export function unrefGuard(guard: ChildProcess): void {
  guard.unref();
  // A pipe is a socket here, and only sockets know `unref`.
  if (guard.stdin !== null && 'unref' in guard.stdin && typeof guard.stdin.unref === 'function') guard.stdin.unref();
}
