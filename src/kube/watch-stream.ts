import type { Clock } from '../clock.ts';
import type { CallName } from './error-mapping.ts';
import { KubeApiError, localReasons } from './errors.ts';
import { LineSplitter } from './line-splitter.ts';
import type { WatchEvent } from './types.ts';

export interface WatchStreamOptions {
  call: CallName;
  bytes: AsyncIterable<Buffer>;
  clock: Clock;
  /** Longest silence, in milliseconds. The server sends a bookmark about once a minute. */
  stallMs: number;
  /** Breaks the connection under `bytes`, whose next read then fails with the reason given. */
  connection: AbortController;
}

const eventTypes: ReadonlySet<string> = new Set(['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK', 'ERROR']);

/**
 * Reads the events of one watch answer: a JSON document for each line.
 *
 * Ends when the server ends the stream between two events.
 * @throws KubeApiError `WatchStalled` after silence (a connection that lost its other end looks exactly like a quiet
 * one), `BadAnswer` when the stream ends in the middle of an event or is no watch; and whatever `bytes` throws.
 */
export async function* readWatchEvents(options: WatchStreamOptions): AsyncGenerator<WatchEvent, void, void> {
  const { call, bytes, clock, stallMs, connection } = options;
  const splitter = new LineSplitter();
  const finished = new AbortController();
  let lastByteAtMs = clock.nowMs();
  const breakWhenSilent = async (): Promise<void> => {
    let leftMs = stallMs;
    while (leftMs > 0) {
      await clock.sleep(leftMs, finished.signal);
      // A clock that was set back must not hide a dead connection until it has caught up.
      lastByteAtMs = Math.min(lastByteAtMs, clock.nowMs());
      leftMs = lastByteAtMs + stallMs - clock.nowMs();
    }
    connection.abort(stalled(call, stallMs));
  };
  // Rejects only because the stream has finished, which ends the guard.
  void breakWhenSilent().catch(() => undefined);
  try {
    for await (const chunk of bytes) {
      lastByteAtMs = clock.nowMs();
      for (const line of split(splitter, chunk, call)) yield parseEvent(line, call);
    }
    if (splitter.hasPartialLine()) throw badAnswer(call, 'the stream ended in the middle of an event');
  } finally {
    finished.abort();
  }
}

function split(splitter: LineSplitter, chunk: Buffer, call: CallName): string[] {
  try {
    return splitter.push(chunk);
  } catch (error) {
    throw badAnswer(call, error instanceof Error ? error.message : 'unreadable');
  }
}

function parseEvent(line: string, call: CallName): WatchEvent {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw badAnswer(call, 'an event is not JSON');
  }
  if (!isWatchEvent(value)) throw badAnswer(call, 'a line is not a watch event');
  return value;
}

function isWatchEvent(value: unknown): value is WatchEvent {
  if (typeof value !== 'object' || value === null || !('type' in value) || !('object' in value)) return false;
  const { type, object } = value;
  return typeof type === 'string' && eventTypes.has(type) && typeof object === 'object' && object !== null;
}

function stalled(call: CallName, stallMs: number): KubeApiError {
  const message = `${call.method} ${call.path}: the watch carried nothing for ${stallMs / 1000} s`;
  return new KubeApiError({ message, reason: localReasons.stalled });
}

function badAnswer(call: CallName, what: string): KubeApiError {
  return new KubeApiError({ message: `${call.method} ${call.path}: ${what}`, reason: localReasons.badAnswer });
}
