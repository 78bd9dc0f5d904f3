import type { Duplex } from 'node:stream';

/**
 * Writes a whole HTTP answer to a connection that was to be upgraded, and closes it once the answer is out. Only ending it would leave
 * it open for as long as the client likes: nobody reads it any more.
 * @param head the status line and headers, without `Content-Length` and `Connection`.
 */
export function answerAndEnd(socket: Duplex, head: readonly string[], body: string): void {
  if (socket.destroyed || !socket.writable) return;
  socket.once('finish', () => socket.destroy());
  socket.end([...head, `Content-Length: ${Buffer.byteLength(body)}`, 'Connection: close', '', body].join('\r\n'));
}
