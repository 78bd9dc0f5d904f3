import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { bootstrapOptions } from './bootstrap-options.ts';
import { buildConfig } from './build-config.ts';
import type { LoadedConfig } from './build-config.ts';
import { ConfigError } from './config-error.ts';
import type { Option, Plain } from './option.ts';
import { environmentOf } from './option-names.ts';
import { optionRows } from './options.ts';
import type { Config } from './options.ts';
import type { Sources } from './settings.ts';

/** A configuration of which `eci-profile` is a part that may change. */
export interface LoadedWithProfile extends LoadedConfig {
  /**
   * Builds the configuration anew over other values of `eci-profile`.
   * @param origin where they are from, for messages.
   * @throws ConfigError with every problem.
   */
  withProfile(values: Readonly<Record<string, string>>, origin: string): Config;
  /** Folder that the values were read from; absent when they are in the API server, if anywhere. */
  profileDirectory?: string;
}

/** The key of `eci-profile` that is no option. */
const SELECTORS_KEY = 'selectors';

/** In the place of what is required and may stand in `eci-profile`. Never used for anything. */
const profileStandIns = { vswitchIds: ['vsw-unset'], securityGroupId: 'sg-unset' };

/**
 * Loads the configuration: flag over environment over file over `eci-profile` over default.
 * @param sources.flags as commander leaves them.
 * @param sources.environment the process environment; read here and nowhere else.
 * @throws ConfigError with every problem found, when a file cannot be read as well.
 */
export async function loadConfig(
  sources: Pick<Sources, 'flags' | 'environment' | 'assumed'>,
): Promise<LoadedWithProfile> {
  const path = bootstrapSetting(bootstrapOptions.config.name, sources);
  const profilePath = bootstrapSetting(bootstrapOptions.profileDirectory.name, sources);
  const own: Sources = {
    ...sources,
    ...(path === undefined ? {} : { file: { path, content: await readConfigFile(path) } }),
  };
  const withProfile: LoadedWithProfile['withProfile'] = (values, origin) =>
    buildConfig({ ...own, profile: { path: origin, values } }).config;
  if (profilePath === undefined) return { ...buildWithoutProfile(own), withProfile };
  const values = await readProfileDirectory(profilePath);
  const loaded = buildConfig({ ...own, profile: { path: profilePath, values } });
  return { ...loaded, withProfile, profileDirectory: profilePath };
}

/** What the ConfigMap `eci-profile` may say, only the API server knows: until it was asked, stand-ins take the place. */
function buildWithoutProfile(own: Sources): LoadedConfig {
  try {
    return buildConfig(own);
  } catch (error) {
    try {
      const loaded = buildConfig({ ...own, assumed: { ...profileStandIns, ...own.assumed } });
      if (loaded.config.profileConfigMap !== 'none') return loaded;
    } catch {
      // More is wrong than that: all of it is told at once.
    }
    throw error;
  }
}

function bootstrapSetting(name: string, sources: Pick<Sources, 'flags' | 'environment'>): string | undefined {
  const key = name === bootstrapOptions.config.name ? 'config' : 'profileDirectory';
  const flag = sources.flags[key];
  return typeof flag === 'string' ? flag : sources.environment[environmentOf({ name })] || undefined;
}

async function readConfigFile(path: string): Promise<Plain> {
  try {
    return parse(await readFile(path, 'utf8')) as Plain;
  } catch (error) {
    // The YAML library quotes the offending line, which may hold a secret: only the first line of its message goes on.
    const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'unknown error';
    throw new ConfigError([`${path}: the file cannot be read: ${reason}`]);
  }
}

/**
 * Reads a mounted ConfigMap, which is a folder with a file per key. A key that is missing is not set; the ConfigMap is optional.
 * @throws ConfigError when a file cannot be read.
 */
export async function readProfileDirectory(path: string): Promise<Record<string, string>> {
  const values: Record<string, string> = {};
  for (const key of [...profileKeys(optionRows.map(([, option]) => option)), SELECTORS_KEY]) {
    try {
      values[key] = await readFile(join(path, key), 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') continue;
      throw new ConfigError([`${join(path, key)}: the file cannot be read: ${(error as Error).message}`]);
    }
  }
  return values;
}

function profileKeys(rows: readonly Option<unknown>[]): string[] {
  return rows.flatMap((option) => (option.profileKey === undefined ? [] : [option.profileKey]));
}
