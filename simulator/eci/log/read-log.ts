import { lineTimestamp } from './container-log.ts';
import type { LogLine } from './container-log.ts';

/** Which lines are wanted. */
export interface LogSelection {
  /** Number of last lines. */
  readonly tail: number;
  readonly limitBytes: number;
  /** Epoch milliseconds; the second that it falls into counts from its beginning, since the service reads whole seconds. */
  readonly sinceMs?: number;
  readonly timestamps: boolean;
}

/**
 * Selects as kubelet does: by time, of these the last ones, of these the first bytes. A limit may end in the middle of a line
 * but not of a character.
 * Source: ECI API reference, DescribeContainerLog; the order of the filters is kubelet's, the service does not tell its own.
 */
export function readLog(lines: readonly LogLine[], selection: LogSelection): string {
  const { tail, limitBytes, sinceMs, timestamps } = selection;
  const fromMs = sinceMs === undefined ? -Infinity : Math.floor(sinceMs / 1000) * 1000;
  const recent = lines.filter(({ atMs }) => atMs >= fromMs).slice(-tail);
  const content = recent.map((line) => `${timestamps ? `${lineTimestamp(line)} ` : ''}${line.text}\n`).join('');
  return firstBytes(content, limitBytes);
}

function firstBytes(text: string, limit: number): string {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length <= limit) {
    return text;
  }
  let end = limit;
  // Continuation bytes of UTF-8 are 10xxxxxx: step back to where a character begins.
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) {
    end -= 1;
  }
  return bytes.subarray(0, end).toString('utf8');
}
