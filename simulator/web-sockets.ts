/** WebSocket connections at paths of the simulator's own ports. They go through faults and the journal like calls of the API. */
import { STATUS_CODES, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocketServer, type WebSocket } from 'ws';
import type { FaultTable } from './faults.ts';
import type { WritableJournal } from './journal.ts';
import { SimError, type WebSocketRoute } from './types.ts';

/** Larger messages close the connection. */
const MAX_MESSAGE_BYTES = 1 << 20;

export interface WebSocketTable {
  /** @throws Error when the path is taken. */
  add(path: string, route: WebSocketRoute): void;
  /** Lets a server answer upgrades. @param regionId the region of its port. */
  attach(server: Server, regionId: string): void;
  /** Cuts every connection. */
  close(): void;
}

/** Creates an empty table. */
export function createWebSocketTable(parts: {
  faults: FaultTable;
  journal: WritableJournal;
  nowMs: () => number;
}): WebSocketTable {
  const { faults, journal, nowMs } = parts;
  const routes = new Map<string, WebSocketRoute>();
  const acceptor = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
    // None is needed, and agreeing to one would tell that it is spoken.
    handleProtocols: () => false,
  });

  const accept = async (upgrade: Upgrade, route: WebSocketRoute): Promise<string> => {
    const { message, socket, head, query } = upgrade;
    const fault = faults.take(route.action, query);
    if (fault?.delayMs !== undefined) await delay(fault.delayMs, undefined, { ref: false });
    if (fault?.kind === 'reset' || fault?.kind === 'lost') {
      socket.destroy();
      return 'dropped';
    }
    if (fault !== undefined && fault.kind !== 'delay' && fault.kind !== 'duplicate') {
      throw new SimError(fault.status ?? 503, fault.code ?? 'ServiceUnavailable', 'An injected fault.');
    }
    const serve = route.admit(query);
    acceptor.handleUpgrade(message, socket, head, (connection: WebSocket) => serve(connection));
    return 'OK';
  };

  const answer = async (upgrade: Upgrade, regionId: string): Promise<void> => {
    const route = routes.get(upgrade.path);
    if (route === undefined) {
      refuse(upgrade.socket, 404);
      return;
    }
    const startedMs = performance.now();
    let result: string;
    let httpStatus = 101;
    try {
      result = await accept(upgrade, route);
    } catch (error) {
      if (!(error instanceof SimError)) throw error;
      refuse(upgrade.socket, error.httpStatus);
      result = error.code;
      httpStatus = error.httpStatus;
    }
    journal.record({
      time: new Date(nowMs()).toISOString(),
      product: route.product,
      version: '',
      action: route.action,
      regionId,
      principalArn: '',
      chainDepth: 0,
      // The query is a token that lets anybody in.
      parameters: {},
      result,
      httpStatus: result === 'dropped' ? 0 : httpStatus,
      requestId: '',
      ms: Math.round(performance.now() - startedMs),
    });
  };

  return {
    add: (path, route) => {
      if (routes.has(path)) throw new Error(`${path} is added twice`);
      routes.set(path, route);
    },
    attach: (server, regionId) => {
      server.on('upgrade', (message: IncomingMessage, socket: Duplex, head: Buffer) => {
        socket.on('error', () => socket.destroy());
        const { pathname, searchParams } = new URL(message.url ?? '/', 'http://localhost');
        void answer({ message, socket, head, path: pathname, query: new Map(searchParams) }, regionId).catch(() =>
          socket.destroy(),
        );
      });
    },
    close: () => {
      for (const connection of acceptor.clients) connection.terminate();
    },
  };
}

interface Upgrade {
  message: IncomingMessage;
  socket: Duplex;
  head: Buffer;
  path: string;
  query: ReadonlyMap<string, string>;
}

function refuse(socket: Duplex, status: number): void {
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}
