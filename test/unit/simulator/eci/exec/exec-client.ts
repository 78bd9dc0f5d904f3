import { once } from 'node:events';
import { WebSocket } from 'ws';

/** What a session has sent so far; the status is there once it has ended. */
export interface ExecTranscript {
  stdout: string;
  stderr: string;
  status?: Record<string, unknown>;
}

/** A client of the simulator's exec sockets, for tests. */
export interface ExecClient {
  readonly transcript: ExecTranscript;
  write(text: string): void;
  endInput(): void;
  resize(columns: number, rows: number): void;
  /** Resolves with the next output that makes `stdout` match. */
  waitFor(pattern: RegExp): Promise<void>;
  /** Resolves with the closing code. */
  readonly closed: Promise<number>;
  readonly socket: WebSocket;
}

/** Connects. @throws Error when the address is refused. */
export async function connectExec(uri: string): Promise<ExecClient> {
  const socket = new WebSocket(uri);
  const transcript: ExecTranscript = { stdout: '', stderr: '' };
  socket.on('message', (data: Buffer) => {
    const text = data.subarray(1).toString('utf8');
    if (data[0] === 1) transcript.stdout += text;
    if (data[0] === 2) transcript.stderr += text;
    if (data[0] === 3) transcript.status = JSON.parse(text) as Record<string, unknown>;
  });
  const closed = once(socket, 'close').then(([code]) => Number(code));
  await once(socket, 'open');
  const send = (channel: number, content: string | Buffer): void =>
    socket.send(Buffer.concat([Buffer.of(channel), Buffer.from(content)]));
  return {
    transcript,
    socket,
    closed,
    write: (text) => send(0, text),
    endInput: () => send(255, Buffer.of(0)),
    resize: (columns, rows) => send(4, JSON.stringify({ Width: columns, Height: rows })),
    waitFor: async (pattern) => {
      while (!pattern.test(transcript.stdout)) {
        const next = await Promise.race([once(socket, 'message'), closed]);
        if (typeof next === 'number') throw new Error(`closed before ${pattern}: ${JSON.stringify(transcript)}`);
      }
    },
  };
}
