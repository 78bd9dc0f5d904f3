import { ConfigError } from './config-error.ts';
import { crossCheck } from './cross-check.ts';
import { fileKeyOf } from './option-names.ts';
import { optionRows } from './options.ts';
import type { Config } from './options.ts';
import { assumedOrigin, collectSettings } from './settings.ts';
import type { Sources } from './settings.ts';
import { validateSettings } from './validate.ts';

/** The configuration, and what in it was made up. */
export interface LoadedConfig {
  config: Config;
  /** File keys of the options whose value is a stand-in. */
  assumed: readonly string[];
}

/**
 * Merges, checks and types what the sources say. Pure.
 * @throws ConfigError with every problem found.
 */
export function buildConfig(sources: Sources): LoadedConfig {
  const { settings, problems } = collectSettings(sources);
  const invalid = validateSettings(settings);
  if (invalid.length > 0) throw new ConfigError([...problems, ...invalid]);

  const merged = optionRows.map(([key, option]) => ({
    key,
    option,
    plain: settings.get(key)?.value ?? option.default,
  }));
  const config = Object.fromEntries(
    merged.map(({ key, option, plain }) => [key, plain === undefined ? undefined : option.toValue(plain)]),
  ) as unknown as Config;
  problems.push(...crossCheck(config));
  if (problems.length > 0) throw new ConfigError(problems);

  const assumed = optionRows.flatMap(([key, option]) =>
    settings.get(key)?.origin === assumedOrigin ? [fileKeyOf(option)] : [],
  );
  return { config, assumed };
}
