/** One object out of a manifest file, with the way back to the line it came from. */
export interface ManifestObject {
  /** File as the user named it; `-` for standard input. */
  file: string;
  /** Number of the document in its file, from 1. */
  document: number;
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
  document: number;
  /** Field path or annotation; empty when the whole document is meant. */
  key: string;
  message: string;
  line?: number;
}

/** Formats a problem as compilers do: `web.yaml:1:spec.containers: list at least one (line 7)`. */
export function formatProblem(problem: ManifestProblem): string {
  const line = problem.line === undefined ? '' : ` (line ${problem.line})`;
  return `${problem.file}:${problem.document}:${problem.key}: ${problem.message}${line}`;
}
