import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { WebSocket } from 'ws';
import type { Clock } from '../../src/clock.ts';
import { systemClock } from '../../src/clock.ts';
import type { Pod } from '../../src/kube/types.ts';
import { PodAccessError } from '../../src/node/kubelet/pod-access-error.ts';
import type { ExecRequest, ExecSession, LogLine } from '../../src/node/kubelet/pod-access.ts';
import type { ForwardPolicy } from '../../src/node/kubelet/port-forward/destination.ts';
import type { StreamKind } from '../../src/node/kubelet/stream-handlers.ts';
import { createStreams } from '../../src/node/kubelet/streaming/create-streams.ts';
import { noLog, noMetrics } from '../../src/telemetry/types.ts';
import type { Metrics } from '../../src/telemetry/types.ts';
import { SpdyClient } from './spdy-client.ts';
import { WebSocketClient } from './web-socket-client.ts';

/** What the handlers are given in place of a cloud. */
export interface StreamWorld {
  pod: Pod;
  exec?: (request: ExecRequest) => Promise<ExecSession>;
  followLog?: (signal: AbortSignal) => AsyncIterable<readonly LogLine[]>;
  clock?: Clock;
  timeouts?: { idleTimeoutMs: number; creationTimeoutMs: number };
  policy?: ForwardPolicy;
  metrics?: Metrics;
}

export interface UpgradeAnswer {
  status: number;
  headers: string;
  body: string;
}

/** The stream handlers behind a plain HTTP server, without who may call. */
export interface StreamServer {
  readonly port: number;
  /** Asks for SPDY; the client when it was granted. */
  spdy(
    path: string,
    protocols?: string,
    upgrade?: string,
  ): Promise<UpgradeAnswer & { client?: SpdyClient; socket: Socket }>;
  /** Asks for a WebSocket; rejects when it is refused. */
  webSocket(path: string, protocols?: string[]): Promise<WebSocketClient>;
  post(path: string): Promise<{ status: number; body: string }>;
  close(): Promise<void>;
}

/** Starts the handlers for one container, `app`. @returns a server of its own, on loopback. */
export async function startStreamServer(world: StreamWorld): Promise<StreamServer> {
  const { pod } = world;
  const streams = createStreams({
    access: {
      exec: world.exec ?? (() => Promise.reject(new PodAccessError('None', 'no exec here', { httpStatus: 502 }))),
    },
    followLog: (_pod, _container, signal) => world.followLog?.(signal) ?? (async function* none() {})(),
    podByUid: (uid) => (uid === pod.metadata?.uid ? pod : undefined),
    timeouts: world.timeouts ?? { idleTimeoutMs: 14_400_000, creationTimeoutMs: 30_000 },
    portForwardPolicy: world.policy ?? { ports: [], networks: [] },
    clock: world.clock ?? systemClock,
    logger: noLog,
    metrics: world.metrics ?? noMetrics,
  });
  const user = { name: 'somebody', groups: [] };
  const route = (url = ''): { kind: StreamKind; pod: Pod; container: string; query: URLSearchParams } => {
    const { pathname, searchParams } = new URL(url, 'http://localhost');
    return { kind: pathname.slice(1) as StreamKind, pod, container: 'app', query: searchParams };
  };
  const server = createServer((request, response) => {
    streams.post({ request, response, user, route: route(request.url) }).catch((error: unknown) => {
      if (!(error instanceof PodAccessError)) throw error;
      response.writeHead(error.httpStatus).end(error.message);
    });
  });
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => {});
    streams.upgrade({ request, socket, head, user, route: route(request.url) });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const sockets: { destroy(): void }[] = [];
  return {
    port,
    async spdy(path, protocols, upgrade = 'SPDY/3.1') {
      const socket = connect({ port, host: '127.0.0.1' });
      sockets.push(socket);
      socket.write(
        [
          `POST ${path} HTTP/1.1`,
          'Host: localhost',
          'Connection: Upgrade',
          `Upgrade: ${upgrade}`,
          ...(protocols === undefined ? [] : [`X-Stream-Protocol-Version: ${protocols}`]),
          '',
          '',
        ].join('\r\n'),
      );
      const [first] = (await once(socket, 'data')) as [Buffer];
      const [headers = '', body = ''] = first.toString('latin1').split('\r\n\r\n');
      const status = Number(headers.split(' ')[1]);
      return { status, headers, body, socket, ...(status === 101 ? { client: new SpdyClient(socket) } : {}) };
    },
    async webSocket(path, protocols = []) {
      const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, protocols);
      sockets.push({ destroy: () => socket.terminate() });
      const client = new WebSocketClient(socket);
      await once(socket, 'open');
      return client;
    },
    async post(path) {
      const response = await fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST' });
      return { status: response.status, body: await response.text() };
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await streams.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
