import { didYouMean } from '../../../config/nearest.ts';
import type { Finding } from '../model.ts';
import { describePlace } from './place.ts';
import { finding } from './reading.ts';
import type { YamlValue } from './yaml-value.ts';

/** The known fields of a mapping by name, and warnings about the others, which are told by place: they may be anything. */
export function pickFields<Name extends string>(
  map: Extract<YamlValue, { kind: 'map' }>,
  known: readonly Name[],
  key: string,
): { fields: Partial<Record<Name, YamlValue>>; findings: Finding[] } {
  const fields: Partial<Record<Name, YamlValue>> = {};
  const findings: Finding[] = [];
  for (const { name, at, value } of map.fields) {
    const match = known.find((candidate) => candidate === name);
    if (match !== undefined) fields[match] = value;
    else {
      const text = `the field at ${describePlace(at)} is not known${didYouMean(name, known)} and has no effect; known are ${known.join(', ')}`;
      findings.push(finding('ConfigWarning', key, text));
    }
  }
  return { fields, findings };
}
