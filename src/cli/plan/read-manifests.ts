import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseManifest } from './parse-manifest.ts';
import type { ParsedManifest } from './parse-manifest.ts';

/** What kubectl takes for manifests in a folder. */
const manifestName = /\.(ya?ml|json)$/i;

/** What people mean by the errors of a file system. */
const readErrors: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'it may not be read',
};

/**
 * Reads manifests from files, folders and standard input (`-`), in the order given; folders alphabetically.
 * A path that cannot be read is a problem among the others.
 * @returns one element for each file.
 */
export async function readManifests(
  paths: readonly string[],
  options: { recursive: boolean; stdin: AsyncIterable<string | Uint8Array> },
): Promise<ParsedManifest[]> {
  const all: ParsedManifest[] = [];
  for (const path of paths) {
    try {
      for (const file of path === '-' ? ['-'] : await filesOf(path, options.recursive)) {
        const text = file === '-' ? await readAll(options.stdin) : await readFile(file, 'utf8');
        all.push(parseManifest(file, text));
      }
    } catch (error) {
      const message = readErrors[(error as NodeJS.ErrnoException).code ?? ''] ?? `it cannot be read: ${String(error)}`;
      all.push({ objects: [], problems: [{ file: path, document: 0, key: '', message }] });
    }
  }
  return all;
}

async function filesOf(path: string, recursive: boolean): Promise<string[]> {
  if (!(await stat(path)).isDirectory()) return [path];
  const names = await readdir(path, { recursive });
  return names
    .filter((name) => manifestName.test(name))
    .sort()
    .map((name) => join(path, name));
}

async function readAll(stream: AsyncIterable<string | Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of stream) text += typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
  return text + decoder.decode();
}
