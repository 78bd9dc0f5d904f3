import type { Readable, Writable } from 'node:stream';
import type { ExecResult } from '../pod-access.ts';

/** A size of a terminal, in characters. */
export interface TerminalSize {
  columns: number;
  rows: number;
}

/** The client's end of a command, whatever protocol carries it. A stream is there when the client asked for it. */
export interface ClientStreams {
  readonly stdin?: Readable;
  readonly stdout?: Writable;
  readonly stderr?: Writable;
  /** Fires when the client is gone, or the session is over. */
  readonly closed: AbortSignal;
  /** Each size that the client tells, the first one included. */
  onResize(listener: (size: TerminalSize) => void): void;
  /** Tells how the command ended, once both outputs have been ended, and ends the session. */
  finish(result: ExecResult): Promise<void>;
  /** Ends the session at once. */
  abort(): void;
}
