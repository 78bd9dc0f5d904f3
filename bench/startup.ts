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

/** Rounds of all commands in turn, so that whatever else the machine does meets all of them alike. */
function measure(report: Report): void {
  const subjects = forms.flatMap(({ form, script }) =>
    commands.map((command) => ({ name: `eci-kubelet ${command[0]}, ${form}`, args: [script, ...command] })),
  );
  const baseMs: number[] = [];
  const timesMs = subjects.map((): number[] => []);
  // The first round fills the compile cache and the page cache.
  for (let round = 0; round <= rounds; round += 1) {
    const measured = [['-e', '0'], ...subjects.map(({ args }) => args)].map(wallMs);
    if (round === 0) continue;
    baseMs.push(measured[0] ?? NaN);
    timesMs.forEach((times, index) => times.push(measured[index + 1] ?? NaN));
  }
  const base = quantile(baseMs, 0.5);
  report.heading(`startup: median of ${rounds} runs, and times as long as node -e 0`);
  report.figure('node -e 0', `${base.toFixed(0)} ms`);
  subjects.forEach(({ name }, index) => {
    const ms = quantile(timesMs[index] ?? [], 0.5);
    report.figure(name, `${ms.toFixed(0)} ms (${(ms / base).toFixed(1)} x)`);
  });
}

/** @throws when the command fails: the time of a failure is no figure. */
function wallMs(args: readonly string[]): number {
  const startedMs = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}: ${stderr}`);
  return performance.now() - startedMs;
}
