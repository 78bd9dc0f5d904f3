import { execFileSync } from 'node:child_process';
import { findTools } from '../../simulator/eci/process/tools.ts';

/** Skips a suite, with one clear line, where containers cannot be run. */
export function skipUnlessContainersRun(context: Mocha.Context): void {
  const title = context.test?.parent?.title ?? 'containers';
  try {
    const { ip } = findTools();
    const name = `ecisim-test-${process.pid}`;
    execFileSync(ip, ['netns', 'add', name], { stdio: 'pipe' });
    execFileSync(ip, ['netns', 'delete', name], { stdio: 'pipe' });
  } catch (error) {
    const problem = error instanceof Error ? error.message.split('\n')[0] : String(error);
    process.stdout.write(`    skipped: ${title}: ${problem}\n`);
    context.skip();
  }
}
