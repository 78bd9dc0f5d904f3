import { effectiveConfig } from '../../config/effective-config.ts';
import { loadConfig } from '../../config/load-config.ts';
import { fileKeyOf, flagOf } from '../../config/option-names.ts';
import { optionRows } from '../../config/options.ts';
import type { Config } from '../../config/options.ts';
import type { Sources } from '../../config/settings.ts';
import type { CommandIo } from '../command-io.ts';
import { exitCode } from '../exit-code.ts';
import type { ExitCode } from '../exit-code.ts';
import { formatProblem, inReadingOrder } from './manifest.ts';
import type { ManifestProblem } from './manifest.ts';
import type { ObjectPlan } from './object-plan.ts';
import type { ParsedManifest } from './parse-manifest.ts';
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

  const planned = manifests.map((manifest) => planManifest(manifest, loaded.config));
  const objects = planned.flatMap((plans) => plans.objects);
  const warnings = planned.flatMap((plans) => inReadingOrder(plans.warnings));
  const problems = planned.flatMap((plans) => inReadingOrder(plans.problems));

  const effective = effectiveConfig(loaded.config);
  const assumed = Object.fromEntries(loaded.assumed.map((key) => [key, effective[key]]));
  const format = planOutputs.find((candidate) => candidate === output) ?? 'table';
  if (objects.length > 0 || format !== 'table') io.stdout.write(render({ assumed, objects }, format));
  if (loaded.assumed.length > 0) io.stderr.write(`assumed, because nothing was configured: ${asFlags(assumed)}\n`);
  for (const warning of warnings) io.stderr.write(`warning: ${formatProblem(warning)}\n`);
  for (const problem of problems) io.stderr.write(`${formatProblem(problem)}\n`);
  if (objects.length === 0 && problems.length === 0) {
    io.stderr.write('No Pod, Pod template or ImageCache in these manifests.\n');
  }
  return problems.length > 0 ? exitCode.problems : exitCode.ok;
}

interface ManifestPlans {
  objects: ObjectPlan[];
  problems: ManifestProblem[];
  warnings: ManifestProblem[];
}

/** Plans every object of one file that concerns us. Pure. */
function planManifest(manifest: ParsedManifest, config: Config): ManifestPlans {
  const plans: ManifestPlans = { objects: [], problems: [...manifest.problems], warnings: [] };
  for (const source of manifest.objects) {
    const { workload, problems, warnings } = extractWorkload(source);
    plans.problems.push(...problems);
    plans.warnings.push(...warnings);
    if (workload === undefined) continue;
    const planned = planWorkload(workload, config);
    plans.problems.push(...planned.problems);
    plans.warnings.push(...planned.warnings);
    if (planned.plan !== undefined) plans.objects.push(planned.plan);
  }
  return plans;
}

/** Writes settings as the flags that would replace them. */
function asFlags(settings: Readonly<Record<string, unknown>>): string {
  return optionRows
    .filter(([, option]) => fileKeyOf(option) in settings)
    .map(([, option]) => `${flagOf(option)} ${String(settings[fileKeyOf(option)])}`)
    .join(', ');
}
