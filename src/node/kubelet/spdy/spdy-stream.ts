import { Duplex } from 'node:stream';
import type { SpdyHeaders } from './header-block.ts';

/** What a stream needs of its session. */
export interface StreamLink {
  /** Sends a DATA frame; `sent` is called once the transport has taken it. */
  sendData(data: { streamId: number; fin: boolean; payload: Buffer }, sent: (error?: Error | null) => void): void;
  /** Bytes have left the session's memory: the sender may send as many again. */
  consumed(streamId: number, bytes: number): void;
  /** The stream is over. @param reset tell the other end, which does not know yet. */
  ended(streamId: number, reset: boolean): void;
}

/**
 * A stream that the other end opened. Its readable side ends when the other end is done, its writable side is ended by us, each
 * without the other. Destroying it before both are over resets it. It never emits `error`: a stream that breaks is closed without
 * having ended.
 */
export class SpdyStream extends Duplex {
  readonly id: number;
  readonly headers: SpdyHeaders;
  readonly #link: StreamLink;
  readonly #received: Buffer[] = [];
  /** The other end will send nothing more. */
  #finReceived = false;
  #finSent = false;
  #wanted = false;

  constructor({ id, headers, link }: { id: number; headers: SpdyHeaders; link: StreamLink }) {
    super({ allowHalfOpen: true });
    this.id = id;
    this.headers = headers;
    this.#link = link;
    // Writing to a stream that was just reset is nobody's fault and must not end the process.
    this.on('error', () => {});
  }

  /** Takes what the session received for this stream. @returns false after the end of the stream. */
  receive(payload: Buffer, fin: boolean): boolean {
    if (this.#finReceived) return false;
    if (payload.length > 0) this.#received.push(payload);
    this.#finReceived = fin;
    if (this.#wanted) this.#hand();
    return true;
  }

  /** Ends the stream because the other end did, or the session. */
  abandon(): void {
    this.#finReceived = true;
    this.#finSent = true;
    this.destroy();
  }

  override _read(): void {
    this.#wanted = true;
    this.#hand();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, sent: (error?: Error | null) => void): void {
    this.#link.sendData({ streamId: this.id, fin: false, payload: chunk }, sent);
  }

  override _final(sent: (error?: Error | null) => void): void {
    this.#finSent = true;
    this.#link.sendData({ streamId: this.id, fin: true, payload: Buffer.alloc(0) }, sent);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    const unread = this.#received.splice(0).reduce((bytes, chunk) => bytes + chunk.length, 0);
    if (unread > 0) this.#link.consumed(this.id, unread);
    this.#link.ended(this.id, !(this.#finReceived && this.#finSent));
    done(error);
  }

  #hand(): void {
    while (this.#wanted) {
      const chunk = this.#received.shift();
      if (chunk === undefined) break;
      this.#wanted = this.push(chunk);
      this.#link.consumed(this.id, chunk.length);
    }
    if (this.#received.length === 0 && this.#finReceived && this.#wanted) {
      this.#wanted = false;
      this.push(null);
    }
  }
}
