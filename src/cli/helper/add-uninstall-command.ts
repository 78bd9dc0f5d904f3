import { Option } from 'commander';
import type { Command } from 'commander';
import type { CommandIo } from '../command-io.ts';
import { addConfigFlags } from '../config-flags.ts';
import type { ExitCode } from '../exit-code.ts';
import { credentialHelperAssumptions } from '../credential-helper-options.ts';

/** Flags that the helper has as well are taken for the helper's, wherever they stand. */
function flagsOf(command: Command): Record<string, string | boolean | string[]> {
  const own = new Set(command.options.map((option) => option.attributeName()));
  const given = Object.entries(command.optsWithGlobals<Record<string, string | boolean | string[]>>());
  return Object.fromEntries(given.filter(([name]) => own.has(name)));
}

/** Adds `uninstall` to the command of the credential helper. */
export function addUninstallCommand(helper: Command, io: CommandIo, finish: (code: ExitCode) => void): void {
  const { leaderElectLease, leaderElectNamespace } = credentialHelperAssumptions;
  const uninstall = helper
    .command('uninstall')
    .description(
      'Detach the ServiceAccounts, and delete the Secrets and the webhook, that the credential helper has made.',
    )
    .option('--dry-run', 'Change nothing, and say what would be changed.', false)
    .option('--force', 'Also while a credential helper runs, which would put everything back.', false)
    .addOption(new Option('--leader-elect-lease <name>', `Lease of the helper (default ${leaderElectLease}).`))
    .addOption(
      new Option('--leader-elect-namespace <name>', `Namespace of that Lease (default ${leaderElectNamespace}).`),
    )
    .addHelpText(
      'after',
      `
It has the rights of whoever calls it. They take what deploy/credential-helper/rbac.yaml gives to the helper, webhook included.
What is of somebody else is left, and named.`,
    )
    .action(async () => {
      const { uninstallCredentialHelper } = await import('../credential-helper-uninstall.ts');
      finish(await uninstallCredentialHelper(io, flagsOf(uninstall)));
    });
  addConfigFlags(uninstall, ['kubeconfig']);
}
