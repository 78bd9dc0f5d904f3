import { nearest } from '../../../config/nearest.ts';
import type { Finding } from '../model.ts';
import { listSome } from './list-some.ts';
import { describePlace } from './place.ts';
import { finding } from './reading.ts';
import type { YamlValue } from './yaml-value.ts';

/** Nothing longer is close to a known name. */
const LONGEST_NAME = 64;

/** The known fields of a mapping by name, and a warning about the others, which are told by place: they may be anything. */
export function pickFields<Name extends string>(
  map: Extract<YamlValue, { kind: 'map' }>,
  known: readonly Name[],
  key: string,
): { fields: Partial<Record<Name, YamlValue>>; findings: Finding[] } {
  const fields: Partial<Record<Name, YamlValue>> = {};
  const unknown: string[] = [];
  for (const { name, at, value } of map.fields) {
    const match = known.find((candidate) => candidate === name);
    if (match === undefined) unknown.push(`${describePlace(at)}${suggest(name, known)}`);
    else fields[match] = value;
  }
  if (unknown.length === 0) return { fields, findings: [] };
  const text = `not known and without effect: the field at ${listSome(unknown)}; known are ${known.join(', ')}`;
  return { fields, findings: [finding('ConfigWarning', key, text)] };
}

/** Suggests a known name for an unknown one, which is not repeated. */
export function suggest(name: string, known: readonly string[]): string {
  const meant = name.length > LONGEST_NAME ? undefined : nearest(name, known);
  return meant === undefined ? '' : ` (did you mean ${meant}?)`;
}
