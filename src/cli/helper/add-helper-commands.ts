import { Option } from 'commander';
import type { Command } from 'commander';
import type { CommandIo } from '../command-io.ts';
import { addConfigFlags } from '../config-flags.ts';
import type { ExitCode } from '../exit-code.ts';
import { credentialHelperAssumptions } from '../credential-helper-options.ts';
import { checkPodConfigKeys, helperConfigKeys, helperOutputs } from './helper-options.ts';

type Flags = Record<string, string | boolean | string[]>;

const rights = `
It has the rights of whoever calls it, and says what these do not let it see. To see everything, it takes get on pods/proxy in
the helper's namespace, and get on the Secrets and ServiceAccounts concerned. No password is ever printed.`;

/** Adds the commands that look at the credential helper from outside. Their code is imported when they are called. */
export function addHelperCommands(program: Command, io: CommandIo, finish: (code: ExitCode) => void): void {
  const status = program
    .command('status')
    .description('Show what the credential helper does: entries, hosts, until when passwords serve, and what fails.')
    .option('--from <address>', 'Ask this admin address, such as http://127.0.0.1:10255, in place of the leader.')
    .addOption(outputOption())
    .addHelpText(
      'after',
      `
The leader is found by its Lease, and asked through the API server. Where no helper answers, what the API server holds is shown
(the configuration, Secrets and events), with exit code 1.${rights}`,
    )
    .action(async (flags: Flags) => {
      const { status } = await import('../status/status.ts');
      finish(await status(io, flags));
    });
  addConfigFlags(addLeaseFlags(status), helperConfigKeys);

  const check = program
    .command('check')
    .description(
      'Say whether a Pod can pull an image, by which entry and until when; and if not, why, and what to do.',
    );
  const image = check
    .command('image')
    .description('Say it for a Pod that does not exist yet.')
    .argument('<image>', 'Image, as a Pod would name it.')
    .option('-n, --namespace <name>', 'Namespace of the Pod (default default).', 'default')
    .option('--service-account <name>', 'ServiceAccount of the Pod (default default).', 'default')
    .action(async (reference: string, flags: Flags) => {
      const { checkImage } = await import('../check/check.ts');
      finish(await checkImage(io, reference, flags));
    });
  addConfigFlags(addLeaseFlags(common(image)), helperConfigKeys);
  const pod = check
    .command('pod')
    .description('Say it for every image of a Pod that exists, on an ordinary node or on a virtual one.')
    .argument('<namespace/name>', 'The Pod.')
    .action(async (name: string, flags: Flags) => {
      const { checkPod } = await import('../check/check.ts');
      finish(await checkPod(io, name, flags));
    });
  addConfigFlags(addLeaseFlags(common(pod)), checkPodConfigKeys);
}

/** Options of the table in other words: here they say where somebody else's Lease and cluster are. */
function addLeaseFlags(command: Command): Command {
  const { leaderElectLease, leaderElectNamespace } = credentialHelperAssumptions;
  const group = 'Credential helper:';
  const flag = (flags: string, help: string): Option => new Option(flags, help).helpGroup(group);
  return command
    .addOption(flag('--leader-elect-lease <name>', `Lease of the helper (default ${leaderElectLease}).`))
    .addOption(
      flag(
        '--leader-elect-namespace <name>',
        `Namespace of that Lease and of its Pods (default ${leaderElectNamespace}).`,
      ),
    )
    .addOption(
      flag(
        '--region-id <region>',
        'Region of the cluster. Only used where no helper answers, for entries that name no region.',
      ),
    );
}

function common(command: Command): Command {
  return command
    .option('--from <address>', 'Ask the helper at this admin address in place of the leader.')
    .addOption(outputOption())
    .addHelpText(
      'after',
      `
Every cause is in docs/reference/pull-causes.md. Exit codes: 0 it can be pulled, or needs no credentials; 1 it cannot, or too much
could not be seen; 2 called wrongly.${rights}`,
    );
}

function outputOption(): Option {
  return new Option('-o, --output <format>', `How it is printed: ${helperOutputs.join(', ')} (default table).`)
    .choices(helperOutputs)
    .default('table');
}
