import type { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { answerAndEnd } from '../answer-and-end.ts';
import { chooseProtocol } from './stream-protocols.ts';

/** Idle shells last for hours: balancers on the way are kept awake, and clients that are gone are noticed. */
const KEEP_ALIVE_MS = 30_000;

/**
 * Agrees on what to speak over SPDY, or answers with 403 and what could have been agreed on.
 * @param absent what is spoken with a client that names nothing.
 * @returns the protocol; undefined when it was refused.
 */
export function agreeOnSpdy(
  request: IncomingMessage,
  socket: Duplex,
  { known, absent }: { known: readonly string[]; absent: string },
): string | undefined {
  const asked = askedFor(request);
  const chosen = chooseProtocol(asked, known, absent);
  if (chosen !== undefined) return chosen;
  const head = [
    'HTTP/1.1 403 Forbidden',
    ...known.map((name) => `X-Accepted-Stream-Protocol-Versions: ${name}`),
    'Content-Type: text/plain; charset=utf-8',
  ];
  const text = `unable to upgrade: unable to negotiate protocol: client supports ${asked ?? ''}, server accepts ${known.join(', ')}\n`;
  answerAndEnd(socket, head, text);
  return undefined;
}

/** Answers with 101: from here on, SPDY is spoken. A client that named no protocol is told none. */
export function acceptSpdy(request: IncomingMessage, socket: Duplex, protocol: string): void {
  const agreed = askedFor(request) === undefined ? [] : [`X-Stream-Protocol-Version: ${protocol}`];
  if (socket instanceof Socket) socket.setKeepAlive(true, KEEP_ALIVE_MS);
  socket.write(
    ['HTTP/1.1 101 Switching Protocols', 'Connection: Upgrade', 'Upgrade: SPDY/3.1', ...agreed, '', ''].join('\r\n'),
  );
}

function askedFor(request: IncomingMessage): string | undefined {
  const header = request.headers['x-stream-protocol-version'];
  return Array.isArray(header) ? header.join(',') : header;
}
