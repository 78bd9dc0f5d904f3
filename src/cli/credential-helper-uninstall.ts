import { scrub } from '../alibaba/scrub.ts';
import { loadConfig } from '../config/load-config.ts';
import type { Sources } from '../config/settings.ts';
import type { UninstallSummary } from '../credential-helper/namespaces/uninstall.ts';
import { EciKubeletError } from '../errors.ts';
import type { CommandIo } from './command-io.ts';
import { credentialHelperAssumptions } from './credential-helper-options.ts';
import { exitCode } from './exit-code.ts';
import type { ExitCode } from './exit-code.ts';

/**
 * Takes away what the credential helper has left in a cluster.
 * @returns `problems` when it is refused, or something could not be done.
 * @throws ConfigError; and what reaching the cluster throws.
 */
export async function uninstallCredentialHelper(io: CommandIo, flags: Sources['flags']): Promise<ExitCode> {
  const { force, dryRun, ...configFlags } = flags;
  const { config } = await loadConfig({
    flags: configFlags,
    environment: io.environment,
    assumed: credentialHelperAssumptions,
  });
  const { openClient } = await import('../app/open-client.ts');
  const { systemClock } = await import('../clock.ts');
  const { uninstall } = await import('../credential-helper/namespaces/uninstall.ts');
  const client = await openClient({ config, env: io.environment });
  try {
    const namespace = config.leaderElectNamespace ?? credentialHelperAssumptions.leaderElectNamespace;
    const summary = await uninstall({
      client,
      clock: systemClock,
      lease: { namespace, name: config.leaderElectLease },
      force: force === true,
      dryRun: dryRun === true,
    });
    const { stdout, stderr } = tellUninstall(summary, { dryRun: dryRun === true });
    io.stdout.write(stdout);
    io.stderr.write(stderr);
    return summary.refusedFor === undefined && summary.failures.length === 0 ? exitCode.ok : exitCode.problems;
  } finally {
    await client.close();
  }
}

/** Says what was done, a line per object. */
export function tellUninstall(
  summary: UninstallSummary,
  { dryRun }: { dryRun: boolean },
): { stdout: string; stderr: string } {
  if (summary.refusedFor !== undefined) {
    const stderr = `nothing was changed: ${summary.refusedFor} runs the credential helper and would put everything back. Delete its Deployment first, or force it with --force\n`;
    return { stdout: '', stderr };
  }
  const done = (what: string): string => (dryRun ? `would be ${what}` : what);
  const webhook = {
    absent: [],
    removed: [`MutatingWebhookConfiguration: ${done('deleted')}`],
    foreign: ['MutatingWebhookConfiguration: left, it has not our label'],
  }[summary.webhook];
  const lines = [
    ...webhook,
    ...summary.detached.map((name) => `ServiceAccount ${name}: ${done('detached')}`),
    ...summary.deleted.map((namespace) => `Secret of ${namespace}: ${done('deleted')}`),
    ...summary.foreign.map((namespace) => `Secret of ${namespace}: left, it has not our label`),
    ...summary.left.map((name) => `ServiceAccount ${name}: left, no Secret of ours says that it was attached by us`),
  ];
  const failures = summary.failures.map(({ what, error }) => `${what}: ${sentence(error)}\n`);
  const stdout =
    lines.length === 0 && failures.length === 0 ? 'nothing to do\n' : lines.map((line) => `${line}\n`).join('');
  return { stdout, stderr: failures.join('') };
}

function sentence(error: unknown): string {
  return error instanceof EciKubeletError ? scrub(error.message) : 'it failed for an unknown reason';
}
