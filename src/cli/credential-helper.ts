import { effectiveConfig } from '../config/effective-config.ts';
import { loadConfig } from '../config/load-config.ts';
import { fileKeyOf } from '../config/option-names.ts';
import { options } from '../config/options.ts';
import type { Sources } from '../config/settings.ts';
import type { CommandIo } from './command-io.ts';
import { credentialHelperAssumptions, credentialHelperConfigKeys } from './credential-helper-options.ts';
import { exitCode } from './exit-code.ts';
import type { ExitCode } from './exit-code.ts';
import { limitGarbage } from './limit-garbage.ts';

/**
 * Keeps pull Secrets in the watched namespaces until SIGTERM or SIGINT.
 * @throws ConfigError before anything was contacted.
 */
export async function credentialHelper(io: CommandIo, flags: Sources['flags']): Promise<ExitCode> {
  const { config, assumed } = await loadConfig({
    flags,
    environment: io.environment,
    assumed: credentialHelperAssumptions,
  });
  const shown = new Set(credentialHelperConfigKeys.map((key) => fileKeyOf(options[key])));
  const isRegionKnown = !assumed.includes(fileKeyOf(options.regionId));
  const effective = Object.fromEntries(
    Object.entries(effectiveConfig(config)).filter(([key]) => shown.has(key) && (key !== 'regionId' || isRegionKnown)),
  );
  limitGarbage();
  const { runCredentialHelper } = await import('../app/credential-helper.ts');
  await runCredentialHelper({ config, isRegionKnown, effective, signal: io.untilSignalled(), env: io.environment });
  return exitCode.ok;
}
