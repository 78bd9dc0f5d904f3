import type { ConfigFileToPath } from '../../alibaba/eci-requests.ts';
import type { Pod, Volume } from '../../kube/types.ts';
import { mapText } from '../../secret.ts';
import type { Text } from '../../secret.ts';
import { resolveFieldReference } from '../downward-api/field-reference.ts';
import type { FieldContext } from '../downward-api/field-reference.ts';
import { resolveResourceField } from '../downward-api/resource-field.ts';
import type { GroupCapacity } from '../downward-api/resource-field.ts';
import { findData } from '../references/find-data.ts';
import type { DataSource } from '../references/find-data.ts';
import type { Findings } from '../references/findings.ts';
import { tokenKey } from '../references/references.ts';
import type { References } from '../references/references.ts';
import { octalDigits } from './file-mode.ts';

/** Everything that the files of a volume are a function of, besides the volume. */
export interface FileContext {
  pod: Pod;
  references: References;
  fields: FieldContext;
  capacity: GroupCapacity;
  findings: Findings;
}

/** The files of a volume, and their mode unless they have one of their own. */
export interface ConfigFiles {
  files: ConfigFileToPath[];
  defaultMode: number | undefined;
}

type Item = { key: string; path: string; mode?: number };
type DownwardItem = NonNullable<NonNullable<Volume['downwardAPI']>['items']>[number];

/**
 * Puts together the files of a `configMap`, `secret`, `downwardAPI` or `projected` volume. Without `items` every key is a file;
 * with them only these, where they say. In a projected volume a later source wins on an equal path.
 * @returns undefined for a volume of any other type.
 */
export function configFiles(volume: Volume, path: string, context: FileContext): ConfigFiles | undefined {
  const namespace = context.pod.metadata?.namespace ?? '';
  const { configMap, secret, downwardAPI, projected } = volume;
  if (configMap !== undefined) {
    const source = {
      kind: 'ConfigMap',
      namespace,
      name: configMap.name ?? '',
      optional: configMap.optional === true,
    } as const;
    return { files: dataFiles(source, configMap.items, context), defaultMode: configMap.defaultMode };
  }
  if (secret !== undefined) {
    const source = {
      kind: 'Secret',
      namespace,
      name: secret.secretName ?? '',
      optional: secret.optional === true,
    } as const;
    return { files: dataFiles(source, secret.items, context), defaultMode: secret.defaultMode };
  }
  if (downwardAPI !== undefined) {
    const files = downwardFiles(downwardAPI.items ?? [], `${path}.downwardAPI`, context);
    return { files, defaultMode: downwardAPI.defaultMode };
  }
  if (projected === undefined) return undefined;
  const byPath = new Map<string, ConfigFileToPath>();
  for (const [index, source] of (projected.sources ?? []).entries()) {
    const where = `${path}.projected.sources[${index}]`;
    for (const file of projectedFiles(source, { volume: volume.name, path: where }, context))
      byPath.set(file.path, file);
  }
  return { files: [...byPath.values()], defaultMode: projected.defaultMode };
}

function projectedFiles(
  source: NonNullable<NonNullable<Volume['projected']>['sources']>[number],
  at: { volume: string; path: string },
  context: FileContext,
): ConfigFileToPath[] {
  const namespace = context.pod.metadata?.namespace ?? '';
  const { configMap, secret, downwardAPI, serviceAccountToken } = source;
  if (configMap !== undefined) {
    const { name = '', optional = false, items } = configMap;
    return dataFiles({ kind: 'ConfigMap', namespace, name, optional }, items, context);
  }
  if (secret !== undefined) {
    const { name = '', optional = false, items } = secret;
    return dataFiles({ kind: 'Secret', namespace, name, optional }, items, context);
  }
  if (downwardAPI !== undefined) return downwardFiles(downwardAPI.items ?? [], `${at.path}.downwardAPI`, context);
  if (serviceAccountToken === undefined) return [];
  // Tokens come last of all, so that none is made for a Pod that waits for something else.
  const issued = context.references.tokens.get(tokenKey(at.volume, serviceAccountToken.path));
  return issued === undefined ? [] : [file(serviceAccountToken.path, base64(issued.token), undefined)];
}

function dataFiles(source: DataSource, items: readonly Item[] | undefined, context: FileContext): ConfigFileToPath[] {
  const { kind, namespace, name, optional } = source;
  const entries = findData(context.references, source, context.findings);
  if (entries === undefined) return [];
  if (items === undefined || items.length === 0) {
    const sorted = [...entries].sort(([a], [b]) => (a < b ? -1 : 1));
    return sorted.map(([key, { content }]) => file(key, content, undefined));
  }
  return items.flatMap((item) => {
    const entry = entries.get(item.key);
    if (entry !== undefined) return [file(item.path, entry.content, item.mode)];
    context.findings.absent({ reference: { kind, namespace, name, key: item.key }, optional });
    return [];
  });
}

function downwardFiles(items: readonly DownwardItem[], path: string, context: FileContext): ConfigFileToPath[] {
  return items.flatMap((item, index) => {
    const text = downwardText(item, context);
    if (text !== undefined) return [file(item.path, base64(text), item.mode)];
    context.findings.problem({
      key: `${path}.items[${index}]`,
      value: item.fieldRef?.fieldPath ?? item.resourceFieldRef?.resource ?? item.path,
      message: 'is no field of the Pod that a file can show; correct the path, or the name of the container',
    });
    return [];
  });
}

function downwardText({ fieldRef, resourceFieldRef }: DownwardItem, context: FileContext): string | undefined {
  const { pod, fields, capacity } = context;
  if (resourceFieldRef !== undefined) return resolveResourceField(pod, resourceFieldRef, { capacity });
  const field = resolveFieldReference(pod, fieldRef?.fieldPath ?? '', fields);
  return field.kind === 'value' ? field.value : undefined;
}

function file(path: string, content: Text, mode: number | undefined): ConfigFileToPath {
  return { path, content, ...(mode === undefined ? {} : { mode: octalDigits(mode) }) };
}

function base64(text: Text): Text {
  return mapText(text, (value) => Buffer.from(value, 'utf8').toString('base64'));
}
