import { readFile } from 'node:fs/promises';

const NAMESPACE_FILE = '/var/run/secrets/kubernetes.io/serviceaccount/namespace';

/** Reads the namespace of the own Pod. @returns undefined outside a cluster. */
export async function readOwnNamespace(path = NAMESPACE_FILE): Promise<string | undefined> {
  try {
    return (await readFile(path, 'utf8')).trim() || undefined;
  } catch {
    return undefined;
  }
}
