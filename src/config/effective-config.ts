import { formatDuration } from './duration.ts';
import type { Option, Plain } from './option.ts';
import { fileKeyOf } from './option-names.ts';
import { optionRows } from './options.ts';
import type { Config } from './options.ts';
import type { Taint } from './taint.ts';

/**
 * Writes a configuration as one would in a file, for the one log line at start and for commands that explain themselves: durations
 * with units, secrets as `[redacted]`, options without a value left out. Pure.
 */
export function effectiveConfig(config: Config): Readonly<Record<string, Plain>> {
  return Object.fromEntries(
    optionRows.flatMap(([key, option]) => {
      const value = config[key];
      return value === undefined ? [] : [[fileKeyOf(option), plainOf(option, value)]];
    }),
  );
}

function plainOf(option: Option<unknown>, value: NonNullable<Config[keyof Config]>): Plain {
  if (option.secret) return '[redacted]';
  if (option.type === 'duration' && typeof value === 'number') return formatDuration(value);
  if (option.type === 'list of taints') {
    return (value as readonly Taint[]).map((taint) => `${taint.key}=${taint.value}:${taint.effect}`);
  }
  return value as Plain;
}
