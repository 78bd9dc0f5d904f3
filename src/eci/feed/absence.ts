import type { StoredInstance, Suspect } from './instance-store.ts';
import type { Visibility } from './visibility.ts';

/** Listings lag behind an accepted create; before this an answer without the group proves nothing. */
const LISTING_LAG_MS = 30_000;
/** A group that nobody asked to delete must be missing for this long, and be accepted for longer, before it counts as lost. */
const LOST_AFTER_MS = 60_000;
const ACCEPTED_GRACE_MS = 120_000;
/** A create without an answer, of a Pod that is being deleted, is given up after this; the orphan sweep would find its group. */
const GIVE_UP_MS = 300_000;
/**
 * Where nothing at all can be seen, answers without the group have to agree for this long before a Pod that is being deleted is
 * let go. Shorter, and a gap in the permission to list would lose groups that run and cost money.
 */
const EMPTY_PROOF_MS = 600_000;

/** One complete answer without the group, and what else is known about answers. */
export interface AbsenceEvidence {
  /** When the answer was asked for. */
  requestStartMs: number;
  visibility: Visibility;
  /** How many groups ought to be visible. */
  liveGroups: number;
}

/**
 * Decides whether an answer without the group proves that it is gone.
 *
 * Nothing is lost while nothing at all can be seen: when every group vanishes at once, permission was lost, not the groups. A
 * single group cannot be told apart from that; for it a sight in the last ten minutes has to do.
 *
 * @returns `absent`, `keep` (a finished group may vanish: its last state stands), or `missing` when more evidence is needed.
 */
export function judgeMissing(entry: StoredInstance, evidence: AbsenceEvidence): 'absent' | 'keep' | 'missing' {
  const { requestStartMs, visibility } = evidence;
  const sinceAcceptedMs = requestStartMs - (entry.acceptedAtMs ?? Number.NEGATIVE_INFINITY);
  if (entry.deletingSinceMs !== undefined) {
    const listed = entry.seen || sinceAcceptedMs >= LISTING_LAG_MS;
    const proven = listed && requestStartMs >= entry.deletingSinceMs && visibility.sawRecently(requestStartMs);
    return proven ? 'absent' : 'missing';
  }
  if (entry.instance.phase === 'terminal') return 'keep';
  if (sinceAcceptedMs < ACCEPTED_GRACE_MS || entry.missingSinceMs === undefined) return 'missing';
  const believable =
    visibility.sawSince(entry.missingSinceMs) || (evidence.liveGroups === 1 && visibility.sawRecently(requestStartMs));
  return believable && requestStartMs - entry.missingSinceMs >= LOST_AFTER_MS ? 'absent' : 'missing';
}

/**
 * The same for a Pod of whose instance only a claim is known, or nothing but that a create had no answer.
 *
 * The claim is an annotation, the word of whoever may edit the Pod: no call that changes anything is ever made on it, also not
 * to learn whether it is accepted. When a Pod is deleted and the account shows no group at all, patience takes the place of proof.
 */
export function judgeSuspect(suspect: Suspect, evidence: AbsenceEvidence): 'absent' | 'missing' {
  const { requestStartMs, visibility } = evidence;
  const ageMs = requestStartMs - suspect.sinceMs;
  if (suspect.deleting && suspect.containerGroupId === undefined && ageMs >= GIVE_UP_MS) return 'absent';
  if (suspect.deleting && requestStartMs - (suspect.emptySinceMs ?? requestStartMs) >= EMPTY_PROOF_MS) return 'absent';
  const neededMs = suspect.deleting ? LISTING_LAG_MS : LOST_AFTER_MS;
  return ageMs >= neededMs && visibility.sawSince(suspect.sinceMs) ? 'absent' : 'missing';
}
