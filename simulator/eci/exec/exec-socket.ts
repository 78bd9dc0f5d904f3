/**
 * Carries a command over a WebSocket. Every message is binary and begins with the number of a channel: 0 standard input, 1 standard
 * output, 2 standard error, 3 a Kubernetes `Status` as JSON, which is the last message, and 4 `{"Width":n,"Height":n}`. The bytes
 * 255 and 0 are the end of the standard input, as in `v5.channel.k8s.io`. The service does not document its framing; channels 0 to 2
 * are what its clients are seen to use, the rest follows Kubernetes.
 */
import type { Readable } from 'node:stream';
import type { WebSocket } from 'ws';
import type { ExecProcess } from './exec-process.ts';
import { execStatus } from './exec-status.ts';

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;
const STATUS = 3;
const RESIZE = 4;
const CLOSE = 255;

/** Source: RFC 6455, section 7.4.1. */
const NORMAL_CLOSURE = 1000;
const PROTOCOL_ERROR = 1002;
const UNSUPPORTED_DATA = 1003;

/** Connects a command and its client until either ends. The command ends when its client goes. */
export function serveExec(socket: WebSocket, process: ExecProcess): void {
  socket.on('message', (data: Buffer, isBinary) => {
    if (!isBinary) {
      socket.close(UNSUPPORTED_DATA, 'messages must be binary');
    } else if (!receive(socket, process, data)) {
      socket.close(PROTOCOL_ERROR, `no such channel, or not its form: ${data[0] ?? 'none'}`);
    }
  });
  socket.on('close', () => process.kill());
  // A broken connection is a closed one; `close` follows.
  socket.on('error', () => undefined);
  const resume = (): void => socket.resume();
  process.stdin.on('drain', resume).on('close', resume);
  // The command may end without reading what was sent to it.
  process.stdin.on('error', () => undefined);
  void finish(socket, process);
}

async function finish(socket: WebSocket, process: ExecProcess): Promise<void> {
  await Promise.all([pump(process.stdout, socket, STDOUT), pump(process.stderr, socket, STDERR)]);
  const status = JSON.stringify(execStatus(await process.ended));
  await send(socket, STATUS, Buffer.from(status));
  socket.close(NORMAL_CLOSURE);
}

/** Sends piece by piece, so that a slow client slows the command down. */
async function pump(output: Readable, socket: WebSocket, channel: number): Promise<void> {
  try {
    for await (const chunk of output as AsyncIterable<Buffer>) {
      await send(socket, channel, chunk);
    }
  } catch {
    // The output broke off with the command; its status tells how.
  }
}

async function send(socket: WebSocket, channel: number, content: Buffer): Promise<void> {
  await new Promise<void>((resolve) => {
    socket.send(Buffer.concat([Buffer.of(channel), content]), () => resolve());
  });
}

/** @returns false for a message that is against the protocol. */
function receive(socket: WebSocket, process: ExecProcess, data: Buffer): boolean {
  const content = data.subarray(1);
  switch (data[0] ?? NaN) {
    case STDIN:
      if (content.length > 0 && process.stdin.writable && !process.stdin.write(content)) {
        socket.pause();
      }
      return true;
    case RESIZE:
      return resize(process, content);
    case CLOSE:
      process.stdin.end();
      return content.length === 1 && content[0] === STDIN;
    default:
      return false;
  }
}

function resize(process: ExecProcess, content: Buffer): boolean {
  try {
    const { Width: columns, Height: rows } = JSON.parse(content.toString('utf8')) as Record<string, unknown>;
    if (!isSize(columns) || !isSize(rows)) {
      return false;
    }
    process.resize({ columns, rows });
    return true;
  } catch {
    return false;
  }
}

function isSize(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 65_535;
}
