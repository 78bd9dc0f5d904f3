import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import { refuseUpgrade } from '../refuse-upgrade.ts';
import { chooseProtocol } from './stream-protocols.ts';

/** Clients send standard input in pieces of some ten kilobytes. */
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;

/** A connection whose protocol is agreed on. */
export interface AcceptedWebSocket {
  socket: WebSocket;
  protocol: string;
}

/**
 * Answers a request for a WebSocket. Where it comes from is not asked: callers are authenticated by certificate or token, which no
 * browser adds by itself.
 * @returns undefined when it was refused, with 400 and what could have been agreed on.
 */
export async function acceptWebSocket(
  { request, socket, head }: { request: IncomingMessage; socket: Duplex; head: Buffer },
  { known, absent }: { known: readonly string[]; absent: string | undefined },
): Promise<AcceptedWebSocket | undefined> {
  const asked = request.headers['sec-websocket-protocol'];
  const protocol = chooseProtocol(asked, known, absent ?? '');
  if (protocol === undefined || protocol === '') {
    refuseUpgrade(socket, 400, `unable to negotiate a subprotocol: the server speaks ${known.join(', ')}`);
    return undefined;
  }
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: MAX_MESSAGE_BYTES,
  });
  if (asked !== undefined) {
    // Agreed on here: the library refuses names with a slash, which Kubernetes has.
    delete request.headers['sec-websocket-protocol'];
    server.on('headers', (headers) => headers.push(`Sec-WebSocket-Protocol: ${protocol}`));
  }
  const opened = Promise.withResolvers<AcceptedWebSocket | undefined>();
  server.on('wsClientError', (error) => {
    refuseUpgrade(socket, 400, error.message);
    opened.resolve(undefined);
  });
  socket.once('close', () => opened.resolve(undefined));
  server.handleUpgrade(request, socket, head, (connection) => {
    // A broken connection is a closed one; `close` follows.
    connection.on('error', () => {});
    opened.resolve({ socket: connection, protocol });
  });
  return await opened.promise;
}
