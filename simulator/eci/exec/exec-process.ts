import type { Readable, Writable } from 'node:stream';

/** A command to run in a container. */
export interface ExecRequest {
  readonly command: readonly string[];
  readonly tty: boolean;
  /** Without it the command reads the end of file at once. */
  readonly stdin: boolean;
}

/** How a command ended: with a code, or not even begun. */
export type ExecEnd = { readonly exitCode: number } | { readonly failure: string };

/** A command that runs in a container. */
export interface ExecProcess {
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** Empty with a terminal, which has one output. */
  readonly stderr: Readable;
  resize(size: { columns: number; rows: number }): void;
  /** Never rejects. */
  readonly ended: Promise<ExecEnd>;
  /** Ends the command; does nothing once it has ended. */
  kill(): void;
}
