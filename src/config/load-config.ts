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
import type { Sources } from './settings.ts';

/**
 * Loads the configuration: flag over environment over file over `eci-profile` over default.
 * @param sources.flags as commander leaves them.
 * @param sources.environment the process environment; read here and nowhere else.
 * @throws ConfigError with every problem found, when a file cannot be read as well.
 */
export async function loadConfig(sources: Pick<Sources, 'flags' | 'environment' | 'assumed'>): Promise<LoadedConfig> {
  const path = bootstrapSetting(bootstrapOptions.config.name, sources);
  const profilePath = bootstrapSetting(bootstrapOptions.profileDirectory.name, sources);
  return buildConfig({
    ...sources,
    ...(path === undefined ? {} : { file: { path, content: await readConfigFile(path) } }),
    ...(profilePath === undefined ? {} : { profile: { path: profilePath, values: await readProfile(profilePath) } }),
  });
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

/** A mounted ConfigMap is a folder with a file per key. A key that is missing is not set; the ConfigMap is optional. */
async function readProfile(path: string): Promise<Record<string, string>> {
  const values: Record<string, string> = {};
  for (const key of profileKeys(optionRows.map(([, option]) => option))) {
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
