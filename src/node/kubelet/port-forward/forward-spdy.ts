import type { Duplex } from 'node:stream';
import type { Socket } from 'node:net';
import type { Clock } from '../../../clock.ts';
import { SpdySession } from '../spdy/spdy-session.ts';
import type { StreamTimeouts } from '../streaming/spdy-client-streams.ts';
import { watchIdle } from '../streaming/watch-idle.ts';
import { forwardConnection } from './forward-connection.ts';
import { StreamPairs } from './pair-streams.ts';

/** Connections at the same time, of two streams each: browsers open many, nobody opens thousands by hand. */
const MAX_STREAMS = 2000;

export interface ForwardOptions {
  podName: string;
  dial: (port: number) => Promise<Socket>;
  timeouts: StreamTimeouts;
  clock: Clock;
}

/** Serves one port-forward over SPDY: any number of connections, one after another or at once. @returns the open session. */
export function forwardSpdy(transport: Duplex, head: Buffer, options: ForwardOptions): SpdySession {
  const { podName, dial, timeouts, clock } = options;
  const pairs = new StreamPairs(({ port, data, error }) => {
    // Kubernetes' client ends its side of the error stream at once, and sends nothing on it.
    error.resume();
    void forwardConnection({ port, input: data, output: data, error }, { podName, dial });
  });
  const session = new SpdySession({
    transport,
    head,
    clock,
    maxStreams: MAX_STREAMS,
    onStream: (stream) => {
      const id = pairs.add(stream);
      if (id === undefined) return false;
      clock.sleep(timeouts.creationTimeoutMs, session.closed).then(
        () => pairs.expire(id, stream),
        () => {},
      );
      return true;
    },
  });
  void watchIdle({
    clock,
    idleTimeoutMs: timeouts.idleTimeoutMs,
    lastActivityMs: () => session.lastActivityMs,
    closed: session.closed,
    onIdle: () => void session.close(),
  });
  return session;
}
