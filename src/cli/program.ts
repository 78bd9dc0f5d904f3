import { Command, CommanderError, Option } from 'commander';
import { optionRows } from '../config/options.ts';
import type { CommandIo } from './command-io.ts';
import { addConfigFlags } from './config-flags.ts';
import { credentialHelperConfigKeys, credentialHelperShownDefaults } from './credential-helper-options.ts';
import { deregisterConfigKeys } from './deregister-options.ts';
import { describeError } from './describe-error.ts';
import { exitCode } from './exit-code.ts';
import { addHelperCommands } from './helper/add-helper-commands.ts';
import { addUninstallCommand } from './helper/add-uninstall-command.ts';
import type { ExitCode } from './exit-code.ts';
import { planConfigKeys, planOutputs } from './plan/plan-options.ts';

/**
 * Runs the command that the arguments name. Commands are imported when they are called, so that `--help` and `version` load
 * neither a cloud SDK nor a Kubernetes client.
 * @returns the exit code; errors have been written to stderr.
 */
export async function runProgram(io: CommandIo): Promise<ExitCode> {
  let code: ExitCode = exitCode.ok;
  const program = createProgram(io, (result) => {
    code = result;
  });
  try {
    await program.parseAsync([...io.argv], { from: 'user' });
    return code;
  } catch (error) {
    // commander has already written its message, with the nearest flag or command.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.ok : exitCode.usage;
    const verbose = program.opts<{ verbose?: boolean }>().verbose === true;
    io.stderr.write(describeError(error, { verbose }));
    const { ConfigError } = await import('../config/config-error.ts');
    return error instanceof ConfigError ? exitCode.usage : exitCode.problems;
  }
}

function createProgram(io: CommandIo, finish: (code: ExitCode) => void): Command {
  const program = new Command('eci-kubelet')
    .description('Runs Pods on Alibaba Cloud ECI as a virtual node, with password-free pulls from Container Registry.')
    .option('--verbose', 'Print the stack of errors.')
    .configureOutput({ writeOut: (text) => io.stdout.write(text), writeErr: (text) => io.stderr.write(text) })
    // Ranges and defaults are in the descriptions, from the option table.
    .configureHelp({ optionDescription: (option) => option.description })
    .showSuggestionAfterError()
    .exitOverride()
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 problems found or failed, 2 called or configured wrongly, 3 another replica leads.',
    );

  const run = program
    .command('run')
    .description('Register the virtual node and serve its Pods and the ImageCaches, until SIGTERM.')
    .addHelpText(
      'after',
      '\nLists and maps can be emptied, and booleans turned off, with --no-<name>. Credentials are never flags: see docs/identities.md.',
    )
    .action(async (flags: Record<string, string | boolean | string[]>) => {
      const { run } = await import('./run.ts');
      finish(await run(io, flags));
    });
  addConfigFlags(
    run,
    optionRows.flatMap(([key, option]) => (option.group === 'Credential helper' ? [] : [key])),
  );

  const helper = program
    .command('credential-helper')
    .description(
      'Keep a pull Secret for Container Registry in every watched namespace, attached to its ServiceAccounts, until SIGTERM.',
    )
    .addHelpText(
      'after',
      '\nWhat it serves is said by the ConfigMap kube-system/acr-configuration: docs/acr-configuration.md.',
    )
    .action(async (flags: Record<string, string | boolean | string[]>) => {
      const { credentialHelper } = await import('./credential-helper.ts');
      finish(await credentialHelper(io, flags));
    });
  addConfigFlags(helper, credentialHelperConfigKeys, credentialHelperShownDefaults);
  addUninstallCommand(helper, io, finish);

  const plan = program
    .command('plan')
    .description('Show what would be done for Pods, Pod templates and ImageCaches, without calling anything.')
    .requiredOption('-f, --filename <path>', 'Manifest file, folder, or - for standard input; repeatable.', collect)
    .option('-R, --recursive', 'Descend into folders.', false)
    .addOption(
      new Option('-o, --output <format>', `How the plan is printed: ${planOutputs.join(', ')} (default table).`)
        .choices(planOutputs)
        .default('table'),
    )
    .action(async (flags: Record<string, string | boolean | string[]>) => {
      const { plan } = await import('./plan/plan.ts');
      finish(await plan(io, flags));
    });
  addConfigFlags(plan, planConfigKeys);

  const deregister = program
    .command('deregister')
    .description(
      'Delete the Node object of a virtual node that is no longer served. Refused while Pods of it have not ended.',
    )
    .option('--force', 'Delete it all the same. Its Pods are then deleted by Kubernetes.', false)
    .action(async (flags: Record<string, string | boolean | string[]>) => {
      const { deregister } = await import('./deregister.ts');
      finish(await deregister(io, flags));
    });
  addConfigFlags(deregister, deregisterConfigKeys);

  addHelperCommands(program, io, finish);

  program
    .command('version')
    .description('Print the version.')
    .action(async () => {
      const { productVersion } = await import('../config/product-version.ts');
      io.stdout.write(`eci-kubelet ${productVersion}\n`);
    });
  return program;
}

function collect(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), value];
}
