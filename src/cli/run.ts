import { effectiveConfig } from '../config/effective-config.ts';
import { loadConfig } from '../config/load-config.ts';
import type { Sources } from '../config/settings.ts';
import type { CommandIo } from './command-io.ts';
import { describeError } from './describe-error.ts';
import { exitCode } from './exit-code.ts';
import type { ExitCode } from './exit-code.ts';
import { limitGarbage } from './limit-garbage.ts';

/**
 * Runs the virtual node until SIGTERM or SIGINT.
 * @throws ConfigError before anything was contacted, unless only what `eci-profile` may say is missing: then once it was read.
 */
export async function run(io: CommandIo, flags: Sources['flags']): Promise<ExitCode> {
  const { config, assumed, ...profile } = await loadConfig({ flags, environment: io.environment });
  const effective = Object.fromEntries(
    Object.entries(effectiveConfig(config)).filter(([key]) => !assumed.includes(key)),
  );
  limitGarbage();
  // The SDKs come in with the application: a wrong option is reported without waiting for them.
  const { runApp } = await import('../app.ts');
  try {
    await runApp({ config, effective, signal: io.untilSignalled(), env: io.environment, profile });
    return exitCode.ok;
  } catch (error) {
    const { isLeadershipLost } = await import('../kube/leader-election.ts');
    if (!isLeadershipLost(error)) throw error;
    io.stderr.write(describeError(error, { verbose: false }));
    return exitCode.lostLeadership;
  }
}
