import type { StoredInstance, Suspect } from './instance-store.ts';

/** Listings lag behind an accepted create; before this an answer without the group proves nothing. */
const LISTING_LAG_MS = 30_000;
/** A group that nobody asked to delete must be missing for this long, and be accepted for longer, before it counts as lost. */
const LOST_AFTER_MS = 60_000;
const ACCEPTED_GRACE_MS = 120_000;

/** One by-id answer without the group, from a credential that demonstrably sees groups. */
export interface AbsenceEvidence {
  requestStartMs: number;
}

/**
 * Decides whether an answer without the group proves that it is gone. The caller has checked that the answer is complete and
 * that the credential sees groups at all.
 *
 * @returns `absent`, `keep` (a finished group may vanish: its last state stands), or `missing` when more evidence is needed.
 */
export function judgeMissing(entry: StoredInstance, evidence: AbsenceEvidence): 'absent' | 'keep' | 'missing' {
  const { requestStartMs } = evidence;
  const sinceAcceptedMs = requestStartMs - (entry.acceptedAtMs ?? Number.NEGATIVE_INFINITY);
  const listed = entry.seen || sinceAcceptedMs >= LISTING_LAG_MS;
  if (entry.deletingSinceMs !== undefined) {
    return listed && requestStartMs >= entry.deletingSinceMs ? 'absent' : 'missing';
  }
  if (entry.instance.phase === 'terminal') return 'keep';
  if (sinceAcceptedMs < ACCEPTED_GRACE_MS || entry.missingSinceMs === undefined) return 'missing';
  return requestStartMs - entry.missingSinceMs >= LOST_AFTER_MS ? 'absent' : 'missing';
}

/** The same for a Pod of whose instance only a claim is known. */
export function judgeSuspect(suspect: Suspect, evidence: AbsenceEvidence): 'absent' | 'missing' {
  const neededMs = suspect.deleting ? LISTING_LAG_MS : LOST_AFTER_MS;
  return evidence.requestStartMs - suspect.sinceMs >= neededMs ? 'absent' : 'missing';
}
