import type { KubeObject } from './types.ts';

/** One change of an object, as RFC 6902 writes it. */
export type JsonPatchOperation =
  | { op: 'add' | 'replace'; path: string; value: unknown }
  | { op: 'remove'; path: string };

/** Escapes a map key for use in a JSON Pointer. Source: RFC 6901, section 3. */
export function escapeJsonPointer(segment: string): string {
  return segment.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** What we want of the finalizers of an object. */
export type FinalizerChange = { add: string } | { remove: string };

/**
 * Builds the merge patch that adds or removes one finalizer. A merge patch replaces the whole list, so it carries the
 * resource version that it was computed from, and fails with a conflict when anybody has written since.
 *
 * @returns undefined when nothing is to be done.
 */
export function finalizerPatch(object: KubeObject, change: FinalizerChange): object | undefined {
  const before = object.metadata?.finalizers ?? [];
  const present = before.includes('add' in change ? change.add : change.remove);
  if (present === 'add' in change) return undefined;
  const finalizers = 'add' in change ? [...before, change.add] : before.filter((name) => name !== change.remove);
  return { metadata: { finalizers, resourceVersion: object.metadata?.resourceVersion } };
}

/** Labels or annotations in three states: what we wrote last time, what we want, and what is there. */
export interface OwnedMap {
  lastApplied: Readonly<Record<string, string>>;
  desired: Readonly<Record<string, string>>;
  current: Readonly<Record<string, string>>;
}

/**
 * Builds the merge patch of a map that we share with others: sets what differs, removes (with null) what we set before
 * and no longer want, and leaves every other key alone.
 *
 * @returns undefined when nothing is to be done.
 */
export function ownedMapPatch({ lastApplied, desired, current }: OwnedMap): Record<string, string | null> | undefined {
  const changed = Object.entries(desired).filter(([key, value]) => current[key] !== value);
  const dropped = Object.keys(lastApplied).filter((key) => !(key in desired) && key in current);
  const patch = Object.fromEntries([...changed, ...dropped.map((key): [string, null] => [key, null])]);
  return Object.keys(patch).length === 0 ? undefined : patch;
}
