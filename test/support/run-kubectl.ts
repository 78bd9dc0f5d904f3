import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { findControlPlane } from './control-plane.ts';
import type { Platform } from './platform.ts';
import { guardProcess } from './process-guard.ts';

/** How kubectl ended, with everything it printed. */
export interface KubectlRun {
  exitCode: number | null;
  stdout: Buffer;
  stderr: string;
}

/** Starts kubectl as administrator in the sandbox's namespace, with streams of its own; for what runs until it is stopped. */
export function startKubectl(platform: Platform, args: readonly string[]): ChildProcessWithoutNullStreams {
  const program = findControlPlane()?.kubectl ?? 'kubectl';
  const where = ['--kubeconfig', platform.plane.kubeconfigPath, '--namespace', platform.sandbox.namespace];
  const child = spawn(program, [...where, ...args], { detached: true });
  guardProcess(child);
  return child;
}

/**
 * Runs kubectl to its end in a terminal of its own. What it says on either output comes together, as on a screen.
 * @param options.script for a shell in that terminal; `"$@"` in it runs kubectl with `args`.
 */
export async function runInTerminal(
  platform: Platform,
  { script, args }: { script: string; args: readonly string[] },
): Promise<KubectlRun> {
  const program = findControlPlane()?.kubectl ?? 'kubectl';
  const where = ['--kubeconfig', platform.plane.kubeconfigPath, '--namespace', platform.sandbox.namespace];
  const words = ['sh', '-c', script, 'sh', program, ...where, ...args];
  const command = words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
  const child = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], { detached: true });
  guardProcess(child);
  return await runToEnd(child);
}

/** Runs kubectl to its end, whatever its exit code. @param input what it reads; nothing when absent. */
export async function runKubectl(platform: Platform, args: readonly string[], input?: Buffer): Promise<KubectlRun> {
  const child = startKubectl(platform, args);
  // A command may end without reading everything.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  return await runToEnd(child);
}

async function runToEnd(child: ChildProcessWithoutNullStreams): Promise<KubectlRun> {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  const exitCode = await new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  return { exitCode, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString('utf8') };
}
