import { Ajv } from 'ajv';
import type { ErrorObject } from 'ajv';
import { parseDuration } from './duration.ts';
import { didYouMean } from './nearest.ts';
import type { Option, Plain } from './option.ts';
import { environmentOf, fileKeyOf, flagOf } from './option-names.ts';
import { options } from './options.ts';
import type { Config } from './options.ts';
import { configSchema } from './schema.ts';
import type { Setting, Settings } from './settings.ts';

/** Longer values would bury the message. */
const MAX_VALUE_LENGTH = 128;

/**
 * Checks settings against the option table.
 * @returns one sentence per problem, each with the name the user used and the accepted values; empty when all is well.
 */
export function validateSettings(settings: Settings): string[] {
  const ajv = new Ajv({ allErrors: true, strict: true, allowUnionTypes: true });
  ajv.addKeyword({
    keyword: 'durationMs',
    type: 'string',
    schemaType: 'array',
    validate: ([min = 0, max = 0]: number[], text: string) => {
      const ms = parseDuration(text);
      return ms !== undefined && ms >= min && ms <= max;
    },
  });
  const values = Object.fromEntries([...settings].map(([key, setting]) => [key, setting.value]));
  const validate = ajv.compile(configSchema((key) => settings.has(key)));
  if (validate(values)) return [];
  return [...new Set((validate.errors ?? []).map((error) => describe(error, settings)))];
}

/** One sentence per option and value, whatever ajv has to say about the detail: the accepted values say it better. */
function describe(error: ErrorObject, settings: Settings): string {
  const path = error.instancePath.split('/').slice(1);
  const key = (path[0] ?? error.params['missingProperty']) as keyof Config;
  const option = options[key];
  const setting = settings.get(key);
  if (setting === undefined) {
    return `${nameOf(option)} is required; give ${option.accepts}`;
  }
  if (option.fields !== undefined && path.length > 1)
    return describeField(error, setting, { path, fields: option.fields });
  const unknownKey: unknown = error.params['additionalProperty'] ?? error.params['propertyName'];
  if (typeof unknownKey === 'string') {
    const known = Object.keys(option.schema['properties'] ?? {});
    return `${setting.origin}: the key ${quote(unknownKey)} is not accepted${didYouMean(unknownKey, known) || `; give ${option.accepts}`}`;
  }
  const shown = option.secret ? '' : `${quote(at(setting.value, path.slice(1)))} is not accepted; `;
  return `${setting.origin}: ${shown}give ${option.accepts}`;
}

/** The same for a member of an item in a list: which item, which member, what it accepts. */
function describeField(
  error: ErrorObject,
  setting: Setting,
  { path, fields }: { path: readonly string[]; fields: Readonly<Record<string, string>> },
): string {
  const [, item, member] = path;
  const where = `${setting.origin}, entry ${Number(item) + 1}`;
  const missing: unknown = error.params['missingProperty'];
  if (typeof missing === 'string') return `${where}: ${missing} is required; give ${fields[missing] ?? ''}`;
  const unknownKey: unknown = member === undefined ? error.params['additionalProperty'] : undefined;
  if (typeof unknownKey === 'string') {
    const known = Object.keys(fields);
    const hint = didYouMean(unknownKey, known) || `; give any of ${known.join(', ')}`;
    return `${where}: the key ${quote(unknownKey)} is not accepted${hint}`;
  }
  if (member === undefined)
    return `${where}: ${quote(at(setting.value, path.slice(1)))} is not accepted; give a mapping with a name`;
  const badKey: unknown = error.params['propertyName'] ?? error.propertyName;
  const value = typeof badKey === 'string' ? badKey : at(setting.value, path.slice(1));
  return `${where}: ${member} ${quote(value)} is not accepted; give ${fields[member] ?? ''}`;
}

/** All ways to set an option: `--region-id (ECI_KUBELET_REGION_ID, regionId)`. */
function nameOf(option: Option<unknown>): string {
  const rest = `${environmentOf(option)}, ${fileKeyOf(option)}`;
  return option.noFlag === true ? rest : `${flagOf(option)} (${rest})`;
}

/** Follows a JSON pointer; an item that is not there is the whole value. */
function at(value: Plain, path: readonly string[]): Plain {
  let current = value;
  for (const segment of path) {
    if (typeof current !== 'object' || current === null) return current;
    current = (current as Readonly<Record<string, Plain>>)[segment.replaceAll('~1', '/').replaceAll('~0', '~')] ?? null;
  }
  return current;
}

function quote(value: Plain): string {
  const text = JSON.stringify(value);
  return text.length > MAX_VALUE_LENGTH ? `${text.slice(0, MAX_VALUE_LENGTH)}…` : text;
}
