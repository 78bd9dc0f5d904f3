import { finished } from 'node:stream/promises';
import type { Duplex } from 'node:stream';
import type { Clock } from '../../../clock.ts';
import { SpdySession } from '../spdy/spdy-session.ts';
import type { SpdyStream } from '../spdy/spdy-stream.ts';
import type { ClientStreams, TerminalSize } from './client-streams.ts';
import { commandResult } from './command-result.ts';
import type { StreamParameters } from './stream-parameters.ts';
import type { RemoteCommandVersion } from './stream-protocols.ts';
import { TerminalSizes } from './terminal-sizes.ts';
import { watchIdle } from './watch-idle.ts';

type StreamType = 'error' | 'stdin' | 'stdout' | 'stderr' | 'resize';

export interface StreamTimeouts {
  /** For the client to open all of its streams. */
  creationTimeoutMs: number;
  /** Without a byte in either direction. */
  idleTimeoutMs: number;
}

/**
 * Waits for the streams that a client opens for a command over SPDY. Each says in its header what it is for.
 * Source: kubelet, `remotecommand` over SPDY.
 * @returns undefined when they are not there in time; the session is over then.
 */
export async function openSpdyStreams(options: {
  transport: Duplex;
  head: Buffer;
  version: RemoteCommandVersion;
  parameters: StreamParameters;
  timeouts: StreamTimeouts;
  clock: Clock;
}): Promise<ClientStreams | undefined> {
  const { transport, head, version, parameters, timeouts, clock } = options;
  const expected = expectedStreams(parameters, version);
  const streams = new Map<StreamType, SpdyStream>();
  const complete = Promise.withResolvers<void>();
  const session = new SpdySession({
    transport,
    head,
    clock,
    maxStreams: expected.length,
    onStream: (stream) => {
      const type = expected.find((candidate) => candidate === stream.headers.get('streamtype'));
      if (type === undefined || streams.has(type)) return false;
      streams.set(type, stream);
      // Whatever a client sends where nobody reads must not fill the session.
      if (type !== 'stdin' && type !== 'resize') stream.resume();
      if (streams.size === expected.length) complete.resolve();
      return true;
    },
  });
  const late = clock.sleep(timeouts.creationTimeoutMs, session.closed).catch(() => {});
  await Promise.race([complete.promise, late]);
  const error = streams.get('error');
  if (streams.size < expected.length || error === undefined || session.closed.aborted) {
    await session.close();
    return undefined;
  }
  void watchIdle({
    clock,
    idleTimeoutMs: timeouts.idleTimeoutMs,
    lastActivityMs: () => session.lastActivityMs,
    closed: session.closed,
    onIdle: () => void session.close(),
  });
  return {
    ...streamsOf(streams),
    closed: session.closed,
    onResize: (listener) => readSizes(streams.get('resize'), listener),
    async finish(result) {
      error.end(commandResult(result, version.result));
      await finished(error, { readable: false }).catch(() => {});
      await session.close();
    },
    abort: () => void session.close(),
  };
}

/** Pure. With a terminal the outputs are one. */
export function expectedStreams(parameters: StreamParameters, version: RemoteCommandVersion): StreamType[] {
  const { stdin, stdout, stderr, tty } = parameters;
  return [
    'error',
    ...(stdin ? (['stdin'] as const) : []),
    ...(stdout ? (['stdout'] as const) : []),
    ...(stderr ? (['stderr'] as const) : []),
    ...(tty && version.resize ? (['resize'] as const) : []),
  ];
}

function streamsOf(streams: ReadonlyMap<StreamType, SpdyStream>): Pick<ClientStreams, 'stdin' | 'stdout' | 'stderr'> {
  const [stdin, stdout, stderr] = [streams.get('stdin'), streams.get('stdout'), streams.get('stderr')];
  return {
    ...(stdin === undefined ? {} : { stdin }),
    ...(stdout === undefined ? {} : { stdout }),
    ...(stderr === undefined ? {} : { stderr }),
  };
}

function readSizes(stream: SpdyStream | undefined, listener: (size: TerminalSize) => void): void {
  const sizes = new TerminalSizes();
  stream?.on('data', (chunk: Buffer) => {
    for (const size of sizes.push(chunk.toString('utf8'))) listener(size);
  });
}
