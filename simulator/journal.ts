import type { Journal, JournalEntry } from './types.ts';

/** Enough for the longest test; a creation with large config files takes some kilobytes of it. */
const MAX_ENTRIES = 20_000;

/** A {@link Journal} that can be written. */
export interface WritableJournal extends Journal {
  record(entry: Omit<JournalEntry, 'sequence'>): void;
}

/** Creates an empty journal. @param maxEntries the oldest entries go when there are more. */
export function createJournal(maxEntries: number = MAX_ENTRIES): WritableJournal {
  // Insertion order is age.
  const bySequence = new Map<number, JournalEntry>();
  let last = 0;
  return {
    record: (entry) => {
      last += 1;
      bySequence.set(last, { ...entry, sequence: last });
      bySequence.delete(last - maxEntries);
    },
    entries: (filter = {}) =>
      [...bySequence.values()].filter(
        (entry) =>
          entry.sequence > (filter.after ?? 0) &&
          (filter.product === undefined || entry.product === filter.product) &&
          (filter.action === undefined || entry.action === filter.action) &&
          (filter.result === undefined || entry.result === filter.result),
      ),
    clear: () => {
      bySequence.clear();
    },
  };
}
