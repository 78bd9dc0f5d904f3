import type { StoredInstance, Suspect } from './instance-store.ts';

/** A create that was accepted needs a moment to be listed. */
const UNSEEN_LOOKUP_MS = 5_000;
const DELETING_LOOKUP_MS = 2_000;
const INIT_LOOKUP_MS = 3_000;
const FACTS_LOOKUP_MS = 2_000;
const MISSING_LOOKUP_MS = 20_000;
const SUSPECT_LOOKUP_MS = 10_000;
/** Each of these gets rarer the longer it lasts, up to this. */
const MAX_LOOKUP_MS = 60_000;
/** A kind of lookup keeps its pace for this many rounds before it slows down. */
const PATIENT_LOOKUPS = 20;
/** The last answer before the end may lack exit codes; metadata of finished groups does not last. */
const MAX_FINAL_LOOKUPS = 3;

/**
 * Decides whether the group of an instance is asked for by id now: the delta reports neither that a group is gone, nor how init
 * containers do, nor where and how large it is.
 */
export function needsLookup(entry: StoredInstance, nowMs: number): boolean {
  const intervalMs = lookupIntervalMs(entry);
  return intervalMs !== undefined && nowMs - Math.max(entry.lastLookupMs, firstLookupMs(entry)) >= intervalMs;
}

/** Decides whether a suspect is asked for now. */
export function suspectNeedsLookup(suspect: Suspect, nowMs: number): boolean {
  return suspect.lookups === 0 || nowMs - suspect.lastLookupMs >= slowed(SUSPECT_LOOKUP_MS, suspect.lookups);
}

function lookupIntervalMs(entry: StoredInstance): number | undefined {
  const { instance, lookups } = entry;
  if (entry.deletingSinceMs !== undefined) return slowed(DELETING_LOOKUP_MS, lookups);
  if (instance.phase === 'terminal') {
    const complete =
      instance.containers.length > 0 &&
      instance.containers.every((container) => container.state?.terminated !== undefined);
    return complete || lookups >= MAX_FINAL_LOOKUPS ? undefined : DELETING_LOOKUP_MS;
  }
  if (entry.missingSinceMs !== undefined) return MISSING_LOOKUP_MS;
  if (!entry.seen) return slowed(UNSEEN_LOOKUP_MS, lookups);
  const init = instance.initContainers;
  const initDone = init?.every((container) => container.state?.terminated !== undefined) ?? !entry.hasInitContainers;
  if (instance.phase === 'unschedulable') return undefined;
  if (!initDone) return slowed(INIT_LOOKUP_MS, lookups);
  // Size, zone and addresses, for the annotations of the Pod: settled once the group runs, and told by the listing alone.
  const factsWanted = instance.phase === 'running' && instance.facts.createdAtMs === undefined;
  return factsWanted ? slowed(FACTS_LOOKUP_MS, lookups) : undefined;
}

function firstLookupMs(entry: StoredInstance): number {
  return entry.seen ? 0 : (entry.acceptedAtMs ?? 0);
}

function slowed(intervalMs: number, lookups: number): number {
  return Math.min(MAX_LOOKUP_MS, intervalMs * 2 ** Math.min(10, Math.floor(lookups / PATIENT_LOOKUPS)));
}
