import { isMap, isNode, isSeq, LineCounter, parseAllDocuments } from 'yaml';
import type { Document, Node } from 'yaml';
import { formatPath } from './manifest.ts';
import type { ManifestObject, ManifestProblem } from './manifest.ts';

/** More expansions than any honest manifest has; a document that unfolds without end is refused. */
const MAX_ALIASES = 100;

export interface ParsedManifest {
  objects: ManifestObject[];
  problems: ManifestProblem[];
}

/**
 * Reads a manifest of one or more YAML or JSON documents. Lists (`kind: List`, `kind: PodList`) are taken apart; empty
 * documents are skipped, as kubectl does. Pure.
 * @param file what problems call it.
 */
export function parseManifest(file: string, text: string): ParsedManifest {
  const lines = new LineCounter();
  const parsed: ParsedManifest = { objects: [], problems: [] };
  for (const [index, document] of parseAllDocuments(text, { lineCounter: lines }).entries()) {
    const place = { file, document: index + 1 };
    for (const error of document.errors) {
      // The message goes on to quote the file; its first line says what is wrong.
      const message = (error.message.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:?$/, '');
      parsed.problems.push({ ...place, key: '', message, line: lines.linePos(error.pos[0]).line });
    }
    if (document.errors.length === 0) readDocument(parsed, { ...place, source: document, lines });
  }
  return parsed;
}

function readDocument(
  parsed: ParsedManifest,
  from: { file: string; document: number; source: Document; lines: LineCounter },
): void {
  const { file, document, source, lines } = from;
  let value: unknown;
  try {
    value = source.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (error) {
    parsed.problems.push({
      file,
      document,
      key: '',
      message: error instanceof Error ? error.message : 'cannot be read',
    });
    return;
  }
  if (value === null || value === undefined) return;
  const lineOf = (path: readonly (string | number)[]): number | undefined => {
    const start = deepestNode(source, path)?.range?.[0];
    return start === undefined ? undefined : lines.linePos(start).line;
  };
  const add = (item: unknown, prefix: readonly (string | number)[]): void => {
    if (isObject(item)) {
      parsed.objects.push({ file, document, at: prefix, value: item, lineOf: (path) => lineOf([...prefix, ...path]) });
      return;
    }
    const line = lineOf(prefix);
    const message = 'this is no Kubernetes object; write a mapping with apiVersion, kind and metadata';
    const key = formatPath(prefix);
    parsed.problems.push({ file, document, key, message, ...(line === undefined ? {} : { line }) });
  };
  if (
    isObject(value) &&
    typeof value['kind'] === 'string' &&
    value['kind'].endsWith('List') &&
    Array.isArray(value['items'])
  ) {
    value['items'].forEach((item: unknown, index) => {
      add(item, ['items', index]);
    });
  } else {
    add(value, []);
  }
}

/** Follows a path as far as the document goes. For a pair the key's line is meant, because values may start below it. */
function deepestNode(source: Document, path: readonly (string | number)[]): Node | undefined {
  let container: unknown = source.contents;
  let found = isNode(container) ? container : undefined;
  for (const segment of path) {
    let next: unknown;
    if (isMap(container)) {
      const pair = container.items.find((item) => isNode(item.key) && item.key.toJSON() === segment);
      found = isNode(pair?.key) ? pair.key : found;
      next = pair?.value;
    } else if (isSeq(container) && typeof segment === 'number') {
      next = container.items[segment];
      found = isNode(next) ? next : found;
    }
    if (next === undefined) return found;
    container = next;
  }
  return found;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
