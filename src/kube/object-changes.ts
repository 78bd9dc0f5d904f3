import { objectKey } from './object-store.ts';
import type { ObjectReader } from './object-store.ts';
import type { KubeObject } from './types.ts';

/** What happened to an object. After a gap in the watch, `deleted` carries the last state that was seen. */
export interface ReflectorEvent<T> {
  type: 'added' | 'updated' | 'deleted';
  object: T;
  /** The state before, if one was known. */
  previous: T | undefined;
  /**
   * Nobody said that the object was deleted: a complete list does not have it any more, nor another of its name. So look a forced
   * deletion during a gap, and every object of a cluster that was emptied or restored.
   */
  unseen?: true;
}

/**
 * Compares a complete list with the cache: what vanished comes first, then what is new or differs. An object that was
 * deleted and created again under its name, unseen, is a deletion and an addition. Nothing happens for equal versions.
 */
export function changesFromList<T extends KubeObject>(
  cache: ObjectReader<T>,
  items: readonly T[],
): ReflectorEvent<T>[] {
  const listed = new Map(items.map((item) => [objectKey(item), item]));
  const gone = cache.list().filter((known) => !isSameObject(known, listed.get(objectKey(known))));
  const deletions = gone.map((object): ReflectorEvent<T> => ({
    type: 'deleted',
    object,
    previous: object,
    ...(listed.has(objectKey(object)) ? {} : { unseen: true }),
  }));
  const survivors = items.flatMap((item) => upsert(cache.get(objectKey(item)), item));
  return [...deletions, ...survivors.filter((event) => event.type !== 'deleted')];
}

/** Translates one watch event. A deletion of something unknown is no change. */
export function changesFromWatch<T extends KubeObject>(
  cache: ObjectReader<T>,
  type: 'ADDED' | 'MODIFIED' | 'DELETED',
  object: T,
): ReflectorEvent<T>[] {
  const known = cache.get(objectKey(object));
  if (type !== 'DELETED') return upsert(known, object);
  return known !== undefined && isSameObject(known, object) ? [{ type: 'deleted', object, previous: known }] : [];
}

function upsert<T extends KubeObject>(known: T | undefined, object: T): ReflectorEvent<T>[] {
  if (known === undefined) return [{ type: 'added', object, previous: undefined }];
  if (!isSameObject(known, object)) {
    return [
      { type: 'deleted', object: known, previous: known },
      { type: 'added', object, previous: undefined },
    ];
  }
  const changed = known.metadata?.resourceVersion !== object.metadata?.resourceVersion;
  return changed ? [{ type: 'updated', object, previous: known }] : [];
}

function isSameObject(known: KubeObject, other: KubeObject | undefined): boolean {
  return other !== undefined && known.metadata?.uid === other.metadata?.uid;
}
