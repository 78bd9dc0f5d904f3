import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';

/** Where the scenarios of the credential helper are. */
export const helperSamples = join(import.meta.dirname, '..', '..', 'samples', 'credential-helper');

/** What a scenario has in common with the others. */
export interface HelperSample {
  name: string;
  folder: string;
  namespace: string;
  /** Text of each key; absent where the configuration is a file of the managed form. */
  data?: Readonly<Record<string, string>>;
  /** Text of `managed.json`. */
  managed?: string;
  image: string;
  objects: readonly SampleObject[];
}

export interface SampleObject {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string };
  data?: Readonly<Record<string, string>>;
  spec?: { serviceAccountName?: string; imagePullSecrets?: unknown; containers?: { image: string }[] };
}

/** Reads every scenario, sorted by name. */
export async function readHelperSamples(): Promise<HelperSample[]> {
  const names = (await readdir(helperSamples)).sort();
  return await Promise.all(names.map(readHelperSample));
}

/** Reads one scenario. @throws when a file that every scenario has is missing. */
export async function readHelperSample(name: string): Promise<HelperSample> {
  const folder = join(helperSamples, name);
  const files = (await readdir(folder)).filter((file) => file.endsWith('.yaml')).sort();
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  const objects = texts.flatMap((text) => parseAllDocuments(text).map((document) => document.toJS() as SampleObject));
  const data = objects.find(({ kind }) => kind === 'ConfigMap')?.data;
  const managedFile = join(folder, 'managed.json');
  const managed = existsSync(managedFile) ? await readFile(managedFile, 'utf8') : undefined;
  const pod = objects.find(({ kind }) => kind === 'Pod');
  return {
    name,
    folder,
    namespace: pod?.metadata.namespace ?? '',
    image: pod?.spec?.containers?.[0]?.image ?? '',
    objects,
    ...(data === undefined ? {} : { data }),
    ...(managed === undefined ? {} : { managed }),
  };
}
