import { Option as Flag } from 'commander';
import type { Command } from 'commander';
import { bootstrapOptions } from '../config/bootstrap-options.ts';
import type { Option, Plain } from '../config/option.ts';
import { environmentOf, fileKeyOf, flagOf } from '../config/option-names.ts';
import { options } from '../config/options.ts';
import type { Config } from '../config/options.ts';

/**
 * Adds flags for options of the table, with help text from it. Values stay text: the configuration loader checks them together
 * with environment and file, so that there is one place that judges and one wording.
 * @param defaults what the command assumes in place of the defaults of the table, by file key, as help should say it.
 */
export function addConfigFlags(
  command: Command,
  keys: readonly (keyof Config)[],
  defaults: Readonly<Record<string, Plain>> = {},
): Command {
  for (const option of Object.values(bootstrapOptions)) {
    command.addOption(
      new Flag(`--${option.name} <path>`, `${option.help} (${environmentOf(option)})`).helpGroup('Sources:'),
    );
  }
  for (const key of keys) {
    const option = options[key];
    if (option.noFlag === true) continue;
    for (const flag of flagsOf(option, defaults[fileKeyOf(option)])) command.addOption(flag);
  }
  return command;
}

function flagsOf(option: Option<unknown>, assumed: Plain | undefined): Flag[] {
  const name = flagOf(option);
  const help = `${option.help} (${[environmentOf(option), defaultOf(option, assumed)].filter((part) => part !== '').join(', ')})`;
  const group = `${option.group}:`;
  const off = new Flag(`--no-${option.name}`, `${name} is empty or off.`).helpGroup(group).hideHelp();
  if (option.type === 'boolean') return [new Flag(`${name} [boolean]`, help).preset('true').helpGroup(group), off];
  if (!option.repeatable) return [new Flag(`${name} <${placeholder(option)}>`, help).helpGroup(group)];
  const collect = (value: string, before: unknown): string[] => [...(Array.isArray(before) ? before : []), value];
  return [new Flag(`${name} <${placeholder(option)}>`, help).argParser(collect).helpGroup(group), off];
}

function placeholder(option: Option<unknown>): string {
  if (option.repeatable) return option.type.startsWith('map') ? 'key=value,…' : 'value,…';
  return option.type.includes(' ') ? 'word' : option.type;
}

function defaultOf(option: Option<unknown>, assumed: Plain | undefined): string {
  if (assumed !== undefined) return `default ${show(assumed)}`;
  if (option.required === true) return 'required';
  return option.default === undefined ? '' : `default ${show(option.default)}`;
}

function show(plain: Plain): string {
  if (Array.isArray(plain)) return plain.length === 0 ? 'none' : plain.map((item) => show(item as Plain)).join(',');
  if (typeof plain === 'object' && plain !== null) return 'none';
  return String(plain);
}
