import { ConfigError } from '../config/config-error.ts';
import { loadConfig } from '../config/load-config.ts';
import type { Sources } from '../config/settings.ts';
import type { CommandIo } from './command-io.ts';
import { exitCode } from './exit-code.ts';
import type { ExitCode } from './exit-code.ts';
import { planAssumptions } from './plan/plan-options.ts';

/**
 * Deletes the Node object of a virtual node that is no longer wanted. Nothing else ever deletes it: a program that stops leaves
 * its Node and its container groups to its successor.
 * @returns `problems` when it is refused.
 * @throws ConfigError without a node name; and what reaching the cluster throws.
 */
export async function deregister(io: CommandIo, flags: Sources['flags']): Promise<ExitCode> {
  const { force, ...configFlags } = flags;
  // The default name would be a guess, and this is no command for guesses.
  if (typeof flags['nodeName'] !== 'string')
    throw new ConfigError(['--node-name is required; give the name of the node']);
  // It calls no cloud, so what is configured of that does not matter.
  const { config } = await loadConfig({ flags: configFlags, environment: io.environment, assumed: planAssumptions });
  const { deregisterNode } = await import('../app/deregister-node.ts');
  const outcome = await deregisterNode({ config, env: io.environment, force: force === true });
  const name = config.nodeName;
  if (outcome.do === 'refuse') {
    for (const reason of outcome.reasons) io.stderr.write(`${name} is kept: ${reason}\n`);
    return exitCode.problems;
  }
  if (outcome.do === 'nothing') io.stdout.write(`${name}: ${outcome.why}\n`);
  else {
    for (const warning of outcome.warnings) io.stderr.write(`warning: ${warning}\n`);
    io.stdout.write(`${name} is deleted\n`);
  }
  return exitCode.ok;
}
