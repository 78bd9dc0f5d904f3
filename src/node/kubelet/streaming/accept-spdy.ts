import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { IncomingMessage } from 'node:http';
import { chooseProtocol } from './stream-protocols.ts';

/** Idle shells last for hours: balancers on the way are kept awake, and clients that are gone are noticed. */
const KEEP_ALIVE_MS = 30_000;

/**
 * Answers a request to speak SPDY: with 101 and the agreed protocol, or with 403 and what could have been agreed on.
 * @param absent what is spoken with a client that names nothing.
 * @returns the protocol; undefined when it was refused.
 */
export function acceptSpdy(
  request: IncomingMessage,
  socket: Duplex,
  { known, absent }: { known: readonly string[]; absent: string },
): string | undefined {
  const header = request.headers['x-stream-protocol-version'];
  const asked = Array.isArray(header) ? header.join(',') : header;
  const chosen = chooseProtocol(asked, known, absent);
  if (chosen === undefined) {
    const text = `unable to upgrade: unable to negotiate protocol: client supports ${asked ?? ''}, server accepts ${known.join(', ')}\n`;
    socket.end(
      [
        'HTTP/1.1 403 Forbidden',
        ...known.map((name) => `X-Accepted-Stream-Protocol-Versions: ${name}`),
        'Content-Type: text/plain; charset=utf-8',
        `Content-Length: ${Buffer.byteLength(text)}`,
        'Connection: close',
        '',
        text,
      ].join('\r\n'),
    );
    return undefined;
  }
  const agreed = asked === undefined ? [] : [`X-Stream-Protocol-Version: ${chosen}`];
  if (socket instanceof Socket) socket.setKeepAlive(true, KEEP_ALIVE_MS);
  socket.write(
    ['HTTP/1.1 101 Switching Protocols', 'Connection: Upgrade', 'Upgrade: SPDY/3.1', ...agreed, '', ''].join('\r\n'),
  );
  return chosen;
}
