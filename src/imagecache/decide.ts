import type { ImageCache } from '../alibaba/eci-answers.ts';
import { createdGeneration } from './tags.ts';
import { IMAGE_CACHE_FINALIZER } from './types.ts';
import type { ImageCacheObject } from './types.ts';

/** A listing must lack a cache this often in a row: an identity without permission sees an empty list, not an error. */
const ABSENCES_FOR_EXPIRED = 3;

export interface ImageCacheObservation {
  object: ImageCacheObject;
  /** The cache at ECI, found by id or by the UID in its tags. */
  cache: ImageCache | undefined;
  /** False until the caches were listed once: before that nothing may be created. */
  listed: boolean;
  /** In how many complete listings in a row a cache that was known before was missing. */
  absences: number;
  /** Nothing was created for this generation and annotations, and trying again makes sense only later. */
  holdUntilMs: number | undefined;
  /** A delete was accepted. */
  deleteAccepted: boolean;
  nowMs: number;
}

export type ImageCacheDecision =
  | { do: 'nothing'; againInMs?: number }
  | { do: 'add-finalizer' }
  | { do: 'create' }
  | { do: 'mirror'; specChanged: boolean }
  | { do: 'mark-expired' }
  | { do: 'delete' }
  | { do: 'remove-finalizer' };

/** The decision table of the ImageCache controller. Pure. */
export function decideImageCache(seen: ImageCacheObservation): ImageCacheDecision {
  const { object, cache } = seen;
  const meta = object.metadata;
  const hasFinalizer = meta?.finalizers?.includes(IMAGE_CACHE_FINALIZER) === true;
  if (meta?.deletionTimestamp !== undefined) {
    if (!hasFinalizer) return { do: 'nothing' };
    if (!seen.listed) return { do: 'nothing' };
    const gone = cache === undefined && (object.status?.imageCacheId ?? '') === '';
    return gone || seen.deleteAccepted ? { do: 'remove-finalizer' } : { do: 'delete' };
  }
  if (!seen.listed) return { do: 'nothing' };
  if (cache !== undefined) {
    const generation = createdGeneration(cache);
    return { do: 'mirror', specChanged: generation !== undefined && generation !== (meta?.generation ?? generation) };
  }
  if ((object.status?.imageCacheId ?? '') !== '') return decideMissing(seen);
  if (seen.holdUntilMs !== undefined && seen.nowMs < seen.holdUntilMs) {
    return { do: 'nothing', againInMs: seen.holdUntilMs - seen.nowMs };
  }
  // The finalizer comes before the call: an object deleted in between must not leave a cache behind.
  return hasFinalizer ? { do: 'create' } : { do: 'add-finalizer' };
}

function decideMissing(seen: ImageCacheObservation): ImageCacheDecision {
  if (seen.object.status?.reason === 'Expired') return { do: 'nothing' };
  return seen.absences >= ABSENCES_FOR_EXPIRED ? { do: 'mark-expired' } : { do: 'nothing' };
}
