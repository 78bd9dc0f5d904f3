import type { Prepared } from './prepare.ts';
import type { ImageCacheObject } from './types.ts';

/** What is remembered of one ImageCache, keyed by UID. */
export interface ImageCacheRecord {
  /** The API's latest copy. */
  object: ImageCacheObject;
  /** In how many complete listings in a row a cache that was known before was missing. */
  absences: number;
  /** Set while trying again makes no sense before that time, or before the object is edited (`fingerprint`). */
  hold: { untilMs: number; fingerprint: string } | undefined;
  /** Kept until ECI gave a definite answer: a retry under the same ClientToken must carry the same parameters. */
  prepared: { fingerprint: string; value: Extract<Prepared, { kind: 'ready' }> } | undefined;
  /** How often in a row a create had no definite answer. */
  failures: number;
  /** Number of the current create attempt. */
  attempt: number;
  deleteAccepted: boolean;
  /** The generation whose change was warned about. */
  warnedGeneration: number | undefined;
}

/** Starts the record of an object as it was first seen. */
export function createRecord(object: ImageCacheObject): ImageCacheRecord {
  return {
    object,
    absences: 0,
    hold: undefined,
    prepared: undefined,
    failures: 0,
    attempt: 1,
    deleteAccepted: false,
    warnedGeneration: undefined,
  };
}

/** @returns the UID, which the API gives every object. */
export function uidOf(object: ImageCacheObject): string {
  return object.metadata?.uid ?? '';
}

/** Changes when an edit could change the outcome of a create. */
export function fingerprint(object: ImageCacheObject): string {
  return JSON.stringify([object.metadata?.generation, object.metadata?.annotations]);
}
