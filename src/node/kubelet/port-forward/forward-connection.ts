import { pipeline } from 'node:stream/promises';
import type { Duplex, Readable, Writable } from 'node:stream';
import type { Socket } from 'node:net';

/** The client's end of one forwarded connection. */
export interface ForwardedConnection {
  port: number;
  /** What the client sends; its end is a half-close. */
  input: Readable;
  output: Writable;
  /** For one text, when something went wrong. */
  error: Writable;
}

/**
 * Carries one connection to a Pod and back until both ends are done. Never throws: a failure is told on the error stream, and the
 * session with its other connections goes on.
 */
export async function forwardConnection(
  { port, input, output, error }: ForwardedConnection,
  { podName, dial }: { podName: string; dial: (port: number) => Promise<Socket> },
): Promise<void> {
  let socket: Duplex;
  try {
    socket = await dial(port);
  } catch (failure) {
    const cause = failure instanceof Error ? failure.message : 'unknown failure';
    error.end(`error forwarding port ${port} to pod ${podName}: ${cause}`);
    output.end();
    input.resume();
    return;
  }
  // Whichever way breaks takes the other with it: half a conversation would wait for ever.
  const broken = (): void => void socket.destroy();
  await Promise.all([pipeline(input, socket).catch(broken), pipeline(socket, output).catch(broken)]);
  error.end();
}
