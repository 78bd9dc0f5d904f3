import { spawn } from 'node:child_process';
import type { Tools } from './tools.ts';

/**
 * Waits for its standard input to end, which the kernel sees to whatever ends the simulator, and then ends everything in the
 * simulator's network namespaces. Twice, for what was about to enter one.
 */
const WATCH = [
  '/bin/cat > /dev/null',
  'for round in 1 2; do',
  '  for namespace in /run/netns/"$1"*; do',
  '    for pid in $("$2" netns pids "${namespace##*/}" 2> /dev/null); do kill -9 "$pid"; done',
  '  done',
  '  /bin/sleep 0.5',
  'done',
].join('\n');

/**
 * Makes sure that containers end with this process even if it is killed. `--die-with-parent` of bwrap does not see to that for a
 * container that runs as a user of its own, nor for one that is being started at that moment.
 * @returns a function that calls the guard off.
 */
export function startGuard(namespacePrefix: string, { sh, ip }: Pick<Tools, 'sh' | 'ip'>): () => void {
  const guard = spawn(sh, ['-c', WATCH, 'sh', namespacePrefix, ip], {
    stdio: ['pipe', 'ignore', 'ignore'],
    // Ctrl-C in a terminal is for the simulator, which then cleans up by itself.
    detached: true,
  });
  // Without a guard containers are still ended by the next start.
  guard.on('error', () => undefined);
  guard.stdin.on('error', () => undefined);
  guard.unref();
  if ('unref' in guard.stdin && typeof guard.stdin.unref === 'function') {
    guard.stdin.unref();
  }
  return () => {
    guard.kill('SIGKILL');
    // What it waits with ends by this.
    guard.stdin.destroy();
  };
}
