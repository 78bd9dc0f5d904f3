/** One object out of a manifest file, with the way back to the line it came from. */
export interface ManifestObject {
  /** File as the user named it; `-` for standard input. */
  file: string;
  /** Number of the document in its file, from 1. */
  document: number;
  /** Where the object is in its document, when it is an item of a list. */
  at: readonly (string | number)[];
  value: Readonly<Record<string, unknown>>;
  /**
   * Finds the line of a field.
   * @param path from the root of this object: keys and list positions.
   * @returns the line from 1 of the deepest part of the path that exists; absent when nothing of it is in the file.
   */
  lineOf(path: readonly (string | number)[]): number | undefined;
}

/** Something wrong with a manifest, in the place where the user can repair it. */
export interface ManifestProblem {
  file: string;
  /** From 1; 0 when the whole file is meant. */
  document: number;
  /** Field path or annotation; empty when the whole document is meant. */
  key: string;
  message: string;
  line?: number;
}

/** Formats a problem as compilers do: `web.yaml:1:spec.containers: list at least one (line 7)`. */
export function formatProblem({ file, document, key, message, line }: ManifestProblem): string {
  const place = [file, ...(document === 0 ? [] : [document]), ...(key === '' ? [] : [key])].join(':');
  return `${place}: ${message}${line === undefined ? '' : ` (line ${line})`}`;
}

/** Orders problems of one file as its reader meets them. */
export function inReadingOrder(problems: readonly ManifestProblem[]): ManifestProblem[] {
  return problems.toSorted((a, b) => a.document - b.document || (a.line ?? 0) - (b.line ?? 0));
}

/** Writes a path as people do: `spec.containers[0].image`. */
export function formatPath(path: readonly (string | number)[]): string {
  return path.map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`)).join('');
}
