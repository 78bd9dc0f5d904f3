import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import { refuseUpgrade } from '../refuse-upgrade.ts';
import { chooseProtocol } from './stream-protocols.ts';

/** Clients send standard input in pieces of some ten kilobytes. */
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;

/**
 * Agrees on what to speak over a WebSocket, or answers with 400 and what could have been agreed on.
 * @param absent what is spoken with a client that names nothing.
 * @returns the protocol; undefined when it was refused.
 */
export function agreeOnWebSocket(
  request: IncomingMessage,
  socket: Duplex,
  { known, absent }: { known: readonly string[]; absent: string },
): string | undefined {
  const protocol = chooseProtocol(request.headers['sec-websocket-protocol'], known, absent);
  if (protocol === undefined) {
    refuseUpgrade(socket, 400, `unable to negotiate a subprotocol: the server speaks ${known.join(', ')}`);
  }
  return protocol;
}

/**
 * Answers a request for a WebSocket. Where it comes from is not asked: callers are authenticated by certificate or token, which no
 * browser adds by itself.
 * @param protocol as it was agreed on.
 * @returns undefined when the handshake is wrong, which is answered, or the client is gone.
 */
export async function acceptWebSocket(
  { request, socket, head }: { request: IncomingMessage; socket: Duplex; head: Buffer },
  protocol: string,
): Promise<WebSocket | undefined> {
  // The library would never call back, and `close` has passed.
  if (socket.destroyed || !socket.readable || !socket.writable) {
    socket.destroy();
    return undefined;
  }
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: MAX_MESSAGE_BYTES,
  });
  if (request.headers['sec-websocket-protocol'] !== undefined) {
    // Agreed on here: the library refuses names with a slash, which Kubernetes has.
    delete request.headers['sec-websocket-protocol'];
    server.on('headers', (headers) => headers.push(`Sec-WebSocket-Protocol: ${protocol}`));
  }
  const opened = Promise.withResolvers<WebSocket | undefined>();
  const onClose = (): void => opened.resolve(undefined);
  server.on('wsClientError', (error) => {
    refuseUpgrade(socket, 400, error.message);
    opened.resolve(undefined);
  });
  socket.once('close', onClose);
  server.handleUpgrade(request, socket, head, (connection) => {
    socket.off('close', onClose);
    // A broken connection is a closed one; `close` follows.
    connection.on('error', () => {});
    opened.resolve(connection);
  });
  return await opened.promise;
}
