import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import type { Benchmark } from './benchmark.ts';
import { bundlePath, distPath, sourcePath } from './build-product.ts';
import { quantile } from './quantile.ts';
import type { Report } from './report.ts';

const rounds = 15;

const sample = join(import.meta.dirname, '..', 'samples', '04-cross-account-custom-domain.yaml');

const commands: readonly (readonly string[])[] = [['--help'], ['version'], ['plan', '-f', sample]];

const forms = [
  { form: 'bundle', script: bundlePath },
  { form: 'dist', script: distPath },
  { form: 'sources', script: sourcePath },
];

/** How long commands take that people wait for. */
export const startup: Benchmark = {
  name: 'startup',
  about: 'wall time of --help, version and plan, from bundle, dist and sources',
  run: async (report) => measure(report),
};

function measure(report: Report): void {
  report.heading(`startup: median of ${rounds} runs, and times as long as node -e 0`);
  const baseMs = medianMs(['-e', '0']);
  report.figure('node -e 0', `${baseMs.toFixed(0)} ms`);
  for (const { form, script } of forms) {
    for (const command of commands) {
      const ms = medianMs([script, ...command]);
      report.figure(`eci-kubelet ${command[0]}, ${form}`, `${ms.toFixed(0)} ms (${(ms / baseMs).toFixed(1)} x)`);
    }
  }
}

/** @throws when the command fails: the time of a failure is no figure. */
function medianMs(args: readonly string[]): number {
  const once = (): number => {
    const startedMs = performance.now();
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}: ${stderr}`);
    return performance.now() - startedMs;
  };
  // The first run fills the compile cache and the page cache.
  once();
  return quantile(Array.from({ length: rounds }, once), 0.5);
}
