import type { Findings } from './findings.ts';
import { objectKey } from './references.ts';
import type { DataEntries, DataEntry, References } from './references.ts';

/** A ConfigMap or a Secret as a Pod refers to it. */
export interface DataSource {
  kind: 'ConfigMap' | 'Secret';
  namespace: string;
  name: string;
  optional: boolean;
}

/** Looks up what was read of a ConfigMap or Secret. @returns undefined when there is none, which `findings` is told. */
export function findData(references: References, source: DataSource, findings: Findings): DataEntries | undefined {
  const { kind, namespace, name, optional } = source;
  const objects = kind === 'ConfigMap' ? references.configMaps : references.secrets;
  const read = objects.get(objectKey(namespace, name)) ?? { kind: 'missing' };
  const need = { reference: { kind, namespace, name }, optional };
  if (read.kind === 'found') return read.value;
  if (read.kind === 'refused') findings.refused(need, read.message);
  else findings.absent(need);
  return undefined;
}

/** The same for one key, where `accepts` may see a value as if it were not there. */
export function findKey(
  references: References,
  source: DataSource & { key: string },
  options: { findings: Findings; accepts?: (entry: DataEntry) => boolean },
): DataEntry | undefined {
  const { kind, namespace, name, key, optional } = source;
  const entries = findData(references, source, options.findings);
  if (entries === undefined) return undefined;
  const entry = entries.get(key);
  if (entry !== undefined && (options.accepts?.(entry) ?? true)) return entry;
  options.findings.absent({ reference: { kind, namespace, name, key }, optional });
  return undefined;
}
