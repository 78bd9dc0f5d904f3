/** The annotation that says which ServiceAccounts of a namespace were attached, so that all of them can be detached again. */

/** Names, or all that carry our entry, where the names would not fit. */
export type NotedAccounts = 'all' | ReadonlySet<string>;

/** No ServiceAccount can have this name. */
const ALL = '*';
/** The annotations of an object share 256 KiB; the API server refuses more, and with it the renewal. */
const MAX_LENGTH = 64 * 1024;

/** Writes the annotation: sorted, so that the same names are the same text. */
export function writeNoted(names: readonly string[]): string {
  const text = names.toSorted().join(',');
  return text.length > MAX_LENGTH ? ALL : text;
}

/** Reads the annotation; what people may have done to it included. */
export function readNoted(annotation: string | undefined): NotedAccounts {
  const names = (annotation ?? '').split(',').flatMap((name) => (name.trim() === '' ? [] : [name.trim()]));
  return names.includes(ALL) ? 'all' : new Set(names);
}

/** @returns whether a ServiceAccount of this name is detached when the namespace is cleaned up. */
export function isNoted(noted: NotedAccounts, name: string): boolean {
  return noted === 'all' || noted.has(name);
}
