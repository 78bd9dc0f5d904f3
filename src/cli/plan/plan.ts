import { effectiveConfig } from '../../config/effective-config.ts';
import { loadConfig } from '../../config/load-config.ts';
import type { Sources } from '../../config/settings.ts';
import type { CommandIo } from '../command-io.ts';
import { exitCode } from '../exit-code.ts';
import type { ExitCode } from '../exit-code.ts';
import { formatProblem } from './manifest.ts';
import type { ManifestProblem } from './manifest.ts';
import type { ObjectPlan } from './object-plan.ts';
import { planAssumptions, planOutputs } from './plan-options.ts';
import { planWorkload } from './plan-workload.ts';
import { readManifests } from './read-manifests.ts';
import { render } from './render.ts';
import { extractWorkload } from './workload.ts';

/**
 * Prints what would be done for the objects in manifests: plans to stdout, remarks and problems to stderr. Calls nothing and
 * nobody, so it can run where there is neither a cluster nor an account.
 * @returns `problems` when any object could not be served as it stands.
 * @throws ConfigError for options that cannot be used.
 */
export async function plan(io: CommandIo, flags: Sources['flags']): Promise<ExitCode> {
  const { filename, recursive, output, ...configFlags } = flags;
  const loaded = await loadConfig({ flags: configFlags, environment: io.environment, assumed: planAssumptions });
  const paths = Array.isArray(filename) ? filename.map(String) : [];
  const manifests = await readManifests(paths, { recursive: recursive === true, stdin: io.stdin });

  const problems: ManifestProblem[] = [...manifests.problems];
  const warnings: ManifestProblem[] = [];
  const objects: ObjectPlan[] = [];
  for (const source of manifests.objects) {
    const extracted = extractWorkload(source);
    problems.push(...extracted.problems);
    warnings.push(...extracted.warnings);
    if (extracted.workload === undefined) continue;
    const planned = planWorkload(extracted.workload, loaded.config);
    problems.push(...planned.problems);
    warnings.push(...planned.warnings);
    if (planned.plan !== undefined) objects.push(planned.plan);
  }

  const effective = effectiveConfig(loaded.config);
  const assumed = Object.fromEntries(loaded.assumed.map((key) => [key, effective[key]]));
  const format = planOutputs.find((candidate) => candidate === output) ?? 'table';
  if (objects.length > 0 || format !== 'table') io.stdout.write(render({ assumed, objects }, format));
  for (const [key, value] of Object.entries(assumed)) io.stderr.write(`assumed ${key}: ${JSON.stringify(value)}\n`);
  for (const warning of warnings) io.stderr.write(`warning: ${formatProblem(warning)}\n`);
  for (const problem of problems) io.stderr.write(`${formatProblem(problem)}\n`);
  if (objects.length === 0 && problems.length === 0) {
    io.stderr.write('No Pod, Pod template or ImageCache in these manifests.\n');
  }
  return problems.length > 0 ? exitCode.problems : exitCode.ok;
}
