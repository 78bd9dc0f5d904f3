import { pickFields } from './fields.ts';
import { describePlace } from './place.ts';
import { textOf, unusable, type Reading } from './reading.ts';
import { isBlank, type YamlValue } from './yaml-value.ts';

/** Reads `rrsa`. Missing means off; anything else than true and false cannot be used, because off is another identity. */
export function readRrsa(value: YamlValue | undefined, key: string): Reading<boolean> {
  if (value === undefined || isBlank(value)) return { value: false, findings: [] };
  if (value.kind !== 'map')
    return unusable(key, `${describePlace(value.at)}: is not a mapping; write "enable: true" or "enable: false"`);
  const { fields, findings } = pickFields(value, ['enable'], key);
  const enabled = readSwitch(fields.enable);
  if (enabled === undefined)
    return unusable(key, `${describePlace(fields.enable?.at ?? value.at)}: enable is neither true nor false`);
  return { value: enabled, findings };
}

/** Reads a boolean, in quotes or not. @returns false when it is missing, undefined when it is something else. */
export function readSwitch(value: YamlValue | undefined): boolean | undefined {
  if (isBlank(value)) return false;
  const text = textOf(value);
  if (text === undefined || !/^(?:true|True|TRUE|false|False|FALSE)$/.test(text)) return undefined;
  return text.toLowerCase() === 'true';
}
