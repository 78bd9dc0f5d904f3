import { bootstrapOptions } from './bootstrap-options.ts';
import { didYouMean } from './nearest.ts';
import type { Option, Plain } from './option.ts';
import { environmentOf, fileKeyOf, flagOf, isOwnVariable } from './option-names.ts';
import { optionRows } from './options.ts';
import type { Config } from './options.ts';

/** Everything that may say something, highest precedence first. */
export interface Sources {
  /** Under their file keys, as commander leaves them: text, lists of text, booleans. */
  flags: Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
  environment: Readonly<Record<string, string | undefined>>;
  file?: { path: string; content: Plain };
  /** Keys of the `eci-profile` ConfigMap. */
  profile?: { path: string; values: Readonly<Record<string, string>> };
  /** Stand-ins by file key for commands that only show what would be; the lowest precedence before defaults. */
  assumed?: Readonly<Record<string, Plain>>;
}

/** One value with the name under which the user wrote it. */
export interface Setting {
  value: Plain;
  /** `--pod-workers`, `ECI_KUBELET_POD_WORKERS`, `podWorkers in config.yaml`. */
  origin: string;
}

/** The origin of values out of {@link Sources.assumed}. */
export const assumedOrigin = 'assumed';

/** What was said, by option; options that nobody mentioned are absent. */
export type Settings = ReadonlyMap<keyof Config, Setting>;

/**
 * Picks for every option the setting of highest precedence: flag, environment, file, profile. Pure.
 * @returns the settings, and a problem for every name that is no option.
 */
export function collectSettings(sources: Sources): { settings: Settings; problems: string[] } {
  const settings = new Map<keyof Config, Setting>();
  for (const [key, option] of optionRows) {
    const setting =
      fromFlag(option, sources.flags) ??
      fromEnvironment(option, sources.environment) ??
      fromFile(option, sources.file) ??
      fromProfile(option, sources.profile) ??
      fromAssumed(option, sources.assumed);
    if (setting !== undefined) settings.set(key, setting);
  }
  return { settings, problems: [...unknownVariables(sources.environment), ...unknownFileKeys(sources.file)] };
}

function fromFlag(option: Option<unknown>, flags: Sources['flags']): Setting | undefined {
  const given = flags[fileKeyOf(option)];
  if (given === undefined) return undefined;
  const origin = flagOf(option);
  if (option.repeatable && given === false) return { value: option.type.startsWith('map') ? {} : [], origin };
  if (typeof given === 'boolean') return { value: given, origin };
  return { value: option.fromText(typeof given === 'string' ? given : given.join(',')), origin };
}

/** An empty variable counts as unset: that is what a manifest with an empty value means. */
function fromEnvironment(option: Option<unknown>, environment: Sources['environment']): Setting | undefined {
  const read = (name: string) => environment[name] || undefined;
  const own = environmentOf(option);
  const also = option.alsoEnvironment ?? [];
  if (option.joinEnvironment !== undefined && read(own) === undefined) {
    const set = also.filter((name) => read(name) !== undefined);
    if (set.length === 0) return undefined;
    return { value: option.fromText(option.joinEnvironment(also.map(read))), origin: set.join(', ') };
  }
  const name = [own, ...also].find((candidate) => read(candidate) !== undefined);
  return name === undefined ? undefined : { value: option.fromText(read(name) ?? ''), origin: name };
}

function fromFile(option: Option<unknown>, file: Sources['file']): Setting | undefined {
  if (file === undefined || !isRecord(file.content)) return undefined;
  const value = file.content[fileKeyOf(option)];
  return value === undefined ? undefined : { value, origin: `${fileKeyOf(option)} in ${file.path}` };
}

function fromProfile(option: Option<unknown>, profile: Sources['profile']): Setting | undefined {
  const text = option.profileKey === undefined ? undefined : profile?.values[option.profileKey];
  if (profile === undefined || !text) return undefined;
  return { value: option.fromText(text.trim()), origin: `${option.profileKey} in ${profile.path}` };
}

function fromAssumed(option: Option<unknown>, assumed: Sources['assumed']): Setting | undefined {
  const value = assumed?.[fileKeyOf(option)];
  return value === undefined ? undefined : { value, origin: assumedOrigin };
}

function unknownVariables(environment: Sources['environment']): string[] {
  const known = new Set(
    [...optionRows.map(([, option]) => option), ...Object.values(bootstrapOptions)].map(environmentOf),
  );
  return Object.keys(environment)
    .filter((name) => isOwnVariable(name) && !known.has(name))
    .map((name) => `${name}: there is no such option${didYouMean(name, known)}`);
}

function unknownFileKeys(file: Sources['file']): string[] {
  if (file === undefined || file.content === null) return [];
  if (!isRecord(file.content)) return [`${file.path}: the file must be a mapping of option names to values`];
  const known = new Set(optionRows.map(([, option]) => fileKeyOf(option)));
  return Object.keys(file.content)
    .filter((key) => !known.has(key))
    .map((key) => `${key} in ${file.path}: there is no such option${didYouMean(key, known)}`);
}

function isRecord(value: Plain): value is Readonly<Record<string, Plain>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
