/**
 * Following a log that can only be read from a whole second on: which of the lines that come back are new? Every read overlaps
 * the one before; what was seen of the overlap is remembered line by line, because two equal lines may share one timestamp.
 */
import type { LogLine } from '../pod-access.ts';
import { instantOf, secondText, wholeSecond } from './log-time.ts';

/** How far somebody has read. Immutable. */
export interface LogCursor {
  /** Lines from before are old, in nanoseconds; 0 before the first line. */
  readonly from: bigint;
  /** How many times each line was seen from `from` on. */
  readonly seen: ReadonlyMap<string, number>;
}

/** Where everybody begins who wants all of a log. */
export const beginning: LogCursor = { from: 0n, seen: new Map() };

export interface LogAdvance {
  /** Oldest first. */
  fresh: LogLine[];
  cursor: LogCursor;
  /** The answer had as many lines as the service gives, and none of them was known: there may be more in between. */
  gap: boolean;
}

/**
 * Begins after a first read, of which everything counts as seen. Pure.
 * @param lines all that the read gave, also what was not shown: without them the lines of the last second would come twice.
 */
export function cursorAfter(lines: readonly LogLine[]): LogCursor {
  const oldest = lines.map((line) => instantOf(line.timestamp)).find((instant) => instant !== undefined);
  return advanceCursor({ from: oldest ?? 0n, seen: new Map() }, lines).cursor;
}

/** Tells new lines from those of earlier reads. Pure. @param limit how many lines one answer has at most. */
export function advanceCursor(cursor: LogCursor, lines: readonly LogLine[], limit = Infinity): LogAdvance {
  const unmatched = new Map(cursor.seen);
  const fresh: LogLine[] = [];
  let newest = cursor.from;
  for (const line of lines) {
    const instant = instantOf(line.timestamp) ?? cursor.from;
    if (instant < cursor.from) continue;
    if (instant > newest) newest = instant;
    const left = unmatched.get(keyOf(line)) ?? 0;
    if (left > 0) unmatched.set(keyOf(line), left - 1);
    else fresh.push(line);
  }
  const second = wholeSecond(newest);
  const from = second > cursor.from ? second : cursor.from;
  return {
    fresh,
    cursor: { from, seen: countSince(from, cursor, lines) },
    gap: lines.length >= limit && cursor.seen.size > 0 && fresh.length === lines.length,
  };
}

/** @returns the time to ask from, in whole seconds; undefined to ask for everything. */
export function askFrom(cursor: LogCursor): string | undefined {
  return cursor.from === 0n ? undefined : secondText(wholeSecond(cursor.from));
}

/** An answer may be too short to show the lines of the overlap again: what was seen once stays seen. */
function countSince(from: bigint, before: LogCursor, lines: readonly LogLine[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const line of lines) {
    if ((instantOf(line.timestamp) ?? from) >= from) counts.set(keyOf(line), (counts.get(keyOf(line)) ?? 0) + 1);
  }
  if (from === before.from) {
    for (const [key, count] of before.seen) counts.set(key, Math.max(count, counts.get(key) ?? 0));
  }
  return counts;
}

function keyOf(line: LogLine): string {
  return `${line.timestamp} ${line.text}`;
}
