import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { KubeObject } from '../../src/kube/types.ts';

const folder = join(import.meta.dirname, '..', 'unit', 'eci', 'request', 'golden');

/** What a cluster decides, by the name that stands in double braces. `{{base64:NAME}}` is a value as file content. */
export type GoldenValues = Readonly<Record<string, string>>;

/** The Pod that uses every supported field, last, and before it what it refers to. */
export function goldenManifests(values: GoldenValues): KubeObject[] {
  const text = readFileSync(join(folder, 'every-field.yaml'), 'utf8');
  return parseAllDocuments(fill(text, values)).map((document) => document.toJS() as KubeObject);
}

/** The parameters with which that Pod arrives at ECI. */
export function goldenRequest(values: GoldenValues): Record<string, string> {
  const text = readFileSync(join(folder, 'every-field.request.json'), 'utf8');
  const parameters = JSON.parse(text) as Record<string, string>;
  return Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, fill(value, values)]));
}

/** @throws Error when a value is missing: a golden file with holes proves nothing. */
function fill(text: string, values: GoldenValues): string {
  return text.replaceAll(/\{\{(base64:)?([A-Z_]+)\}\}/g, (_, encoded: string | undefined, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`the golden file needs a value of ${name}`);
    return encoded === undefined ? value : Buffer.from(value).toString('base64');
  });
}
