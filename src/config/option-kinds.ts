/** One builder per kind of option. A builder says how a value is read, checked and printed; the tables say which options exist. */
import { Secret } from '../secret.ts';
import { formatDuration, parseDuration } from './duration.ts';
import type { AbsentOf, Option, OptionDetails, Plain } from './option.ts';
import { parseTaint, taintEffects, taintPattern } from './taint.ts';
import type { Taint } from './taint.ts';

interface Grammar {
  /** Regular expression of a value. */
  pattern: string;
  /** The same in words that complete "give …". */
  accepts: string;
}

const scalar = { secret: false, repeatable: false, fromText: (text: string): Plain => text };

/** Text that matches a grammar. */
export function text<const D extends OptionDetails & Grammar>(details: D): Option<string | AbsentOf<D>> {
  return { ...scalar, ...details, type: 'text', schema: { type: 'string', pattern: details.pattern }, toValue: String };
}

/** Text that is never printed and never a flag. */
export function secret<const D extends OptionDetails>(details: D): Option<Secret | AbsentOf<D>> {
  return {
    ...scalar,
    ...details,
    type: 'secret',
    accepts: 'a text that is not empty',
    noFlag: true,
    secret: true,
    schema: { type: 'string', minLength: 1 },
    toValue: (plain) => new Secret(textOf(plain)),
  };
}

/** One of a few words. @param reading.ignoreCase takes a flag or variable in any case. */
export function choice<const V extends string, const D extends OptionDetails>(
  values: readonly V[],
  details: D,
  reading: { ignoreCase?: true } = {},
): Option<V | AbsentOf<D>> {
  const inAnyCase = (value: string): string =>
    values.find((word) => word.toLowerCase() === value.trim().toLowerCase()) ?? value;
  return {
    ...scalar,
    ...details,
    ...(reading.ignoreCase === true ? { fromText: inAnyCase } : {}),
    type: values.join(' or '),
    accepts: `one of ${values.join(', ')}`,
    schema: { enum: values },
    toValue: (plain) => plain as V,
  };
}

/** A whole number. */
export function integer<const D extends OptionDetails & { min: number; max: number }>(
  details: D,
): Option<number | AbsentOf<D>> {
  return {
    ...scalar,
    ...details,
    type: 'integer',
    accepts: `a whole number from ${details.min} to ${details.max}`,
    schema: { type: 'integer', minimum: details.min, maximum: details.max },
    fromText: (value) => (/^-?\d+$/.test(value) ? Number(value) : value),
    toValue: Number,
  };
}

/** On or off. The flag alone means on, `--no-<name>` off. */
export function toggle<const D extends OptionDetails>(details: D): Option<boolean | AbsentOf<D>> {
  return {
    ...scalar,
    ...details,
    type: 'boolean',
    accepts: 'true or false',
    schema: { type: 'boolean' },
    fromText: (value) => (value === 'true' ? true : value === 'false' ? false : value),
    toValue: (plain) => plain === true,
  };
}

/** A span of time, written with its unit. The value is in milliseconds. */
export function duration<const D extends OptionDetails & { min: string; max: string }>(
  details: D,
): Option<number | AbsentOf<D>> {
  const range = [parseDuration(details.min) ?? 0, parseDuration(details.max) ?? Number.MAX_SAFE_INTEGER];
  return {
    ...scalar,
    ...details,
    type: 'duration',
    accepts: `a duration with its unit from ${details.min} to ${details.max}, such as ${formatDuration(range[0] || 30_000)}`,
    schema: { type: 'string', durationMs: range },
    toValue: (plain) => parseDuration(textOf(plain)) ?? 0,
  };
}

/** Several texts; separated by commas where there is only one line to write on. */
export function list<const D extends OptionDetails & Grammar & { minItems?: number; maxItems?: number }>(
  details: D,
): Option<readonly string[] | AbsentOf<D>> {
  return {
    ...scalar,
    ...details,
    type: 'list of text',
    repeatable: true,
    schema: {
      type: 'array',
      items: { type: 'string', pattern: details.pattern },
      minItems: details.minItems ?? 0,
      maxItems: details.maxItems ?? 1000,
      uniqueItems: true,
    },
    fromText: splitList,
    toValue: (plain) => (Array.isArray(plain) ? plain.map(String) : []),
  };
}

/** Taints of the node, `key=value:Effect`. */
export function taints<const D extends OptionDetails>(details: D): Option<readonly Taint[] | AbsentOf<D>> {
  return {
    ...list({
      ...details,
      pattern: taintPattern,
      accepts: `taints of the form key=value:Effect with an effect of ${taintEffects.join(', ')}`,
    }),
    type: 'list of taints',
    toValue: (plain) => (Array.isArray(plain) ? plain.map((item) => parseTaint(String(item))) : []),
  };
}

/** Texts under keys, `key=value` where there is only one line to write on. */
export function map<const D extends OptionDetails & Grammar & { keyPattern: string }>(
  details: D,
): Option<Readonly<Record<string, string>> | AbsentOf<D>> {
  return {
    ...scalar,
    ...details,
    type: 'map of text',
    repeatable: true,
    schema: {
      type: 'object',
      propertyNames: { pattern: details.keyPattern },
      additionalProperties: { type: 'string', pattern: details.pattern },
    },
    fromText: splitMap,
    toValue: (plain) =>
      Object.fromEntries(Object.entries(plain ?? {}).map(([key, item]) => [key, textOf(item as Plain)])),
  };
}

/** One of a few words under each of some known keys. */
export function choiceMap<const V extends string, const D extends OptionDetails & { keys: readonly string[] }>(
  values: readonly V[],
  details: D,
): Option<Readonly<Record<string, V>> | AbsentOf<D>> {
  return {
    ...scalar,
    ...details,
    type: 'map of words',
    accepts: `names from the reference page, each with ${values.join(', ')}`,
    repeatable: true,
    schema: {
      type: 'object',
      properties: Object.fromEntries(details.keys.map((key) => [key, { enum: values }])),
      additionalProperties: false,
    },
    fromText: splitMap,
    toValue: (plain) => ({ ...(plain as Readonly<Record<string, V>>) }),
  };
}

/** Whole numbers under keys. */
export function numberMap<const D extends OptionDetails & { keyPattern: string; min: number; max: number }>(
  details: D,
): Option<Readonly<Record<string, number>> | AbsentOf<D>> {
  return {
    ...scalar,
    ...details,
    type: 'map of integers',
    accepts: `names with whole numbers from ${details.min} to ${details.max}`,
    repeatable: true,
    schema: {
      type: 'object',
      propertyNames: { pattern: details.keyPattern },
      additionalProperties: { type: 'integer', minimum: details.min, maximum: details.max },
    },
    fromText: (line) => {
      const entries = splitMap(line);
      if (typeof entries === 'string') return entries;
      return Object.fromEntries(
        Object.entries(entries).map(([key, item]) => [key, /^\d+$/.test(item) ? Number(item) : item]),
      );
    },
    toValue: (plain) => Object.fromEntries(Object.entries(plain ?? {}).map(([key, item]) => [key, Number(item)])),
  };
}

/** The schema has made sure that this is text; numbers that YAML read are written out. */
function textOf(plain: Plain): string {
  return typeof plain === 'string' ? plain : JSON.stringify(plain);
}

function splitList(line: string): string[] {
  return line
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

/** @returns the line itself when an item has no `=`, so that the schema refuses it. */
function splitMap(line: string): Record<string, string> | string {
  const entries = splitList(line).map((item) => [item.slice(0, item.indexOf('=')), item.slice(item.indexOf('=') + 1)]);
  return splitList(line).every((item) => item.includes('='))
    ? (Object.fromEntries(entries) as Record<string, string>)
    : line;
}
