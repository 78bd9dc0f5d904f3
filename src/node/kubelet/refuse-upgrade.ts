import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

/** Answers an upgrade with a plain HTTP failure: there is no response object once a client has asked for another protocol. */
export function refuseUpgrade(socket: Duplex, httpStatus: number, text: string): void {
  if (socket.destroyed || !socket.writable) return;
  const body = text.endsWith('\n') ? text : `${text}\n`;
  socket.end(
    [
      `HTTP/1.1 ${httpStatus} ${STATUS_CODES[httpStatus] ?? ''}`,
      'Content-Type: text/plain; charset=utf-8',
      `Content-Length: ${Buffer.byteLength(body)}`,
      'X-Content-Type-Options: nosniff',
      'Connection: close',
      '',
      body,
    ].join('\r\n'),
  );
}
