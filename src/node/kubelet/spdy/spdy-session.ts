/**
 * The server's end of an SPDY/3.1 session, as much of it as Kubernetes uses: streams that the client opens, half-close, resets,
 * pings and flow control for what is received.
 *
 * Deviation: the window for sending is not kept. Kubernetes' client never sends WINDOW_UPDATE, so whoever keeps it stops after
 * 64 KiB; a slow client is felt through the transport instead.
 */
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import type { Clock } from '../../../clock.ts';
import { FrameReader } from './frame-reader.ts';
import { dataHeader, goawayStatus, rstStatus, serializeFrame } from './frames.ts';
import type { ControlFrame, SpdyFrame } from './frames.ts';
import { decodeHeaderBlock, encodeHeaderBlock } from './header-block.ts';
import { HeaderDeflater } from './header-deflater.ts';
import { HeaderInflater } from './header-inflater.ts';
import { ReceiveWindow } from './receive-window.ts';
import { SpdyError } from './spdy-error.ts';
import { SpdyStream } from './spdy-stream.ts';
import type { StreamLink } from './spdy-stream.ts';

/** Longest DATA frame that is sent: nobody should have to wait for a frame of megabytes. */
const MAX_DATA_BYTES = 65_536;

/** Answers that the other end does not take pile up only to here; then nothing more of it is read. */
const MAX_UNSENT_CONTROL_BYTES = 65_536;

/**
 * How long the transport stays open after GOAWAY. Proxies on the way drop what they have not passed on when it closes.
 * Observed: kube-apiserver 1.20 with kubectl 1.32.
 */
const LINGER_MS = 200;

export interface SpdySessionOptions {
  /** The connection after the upgrade; owned by the session. */
  transport: Duplex;
  /** Bytes that came with the headers of the upgrade. */
  head: Buffer;
  clock: Clock;
  /** Open at the same time. One more is refused. */
  maxStreams: number;
  /** @returns false to refuse the stream. */
  onStream(stream: SpdyStream): boolean;
}

/** A session; reads until the transport ends, and never throws. */
export class SpdySession {
  /** Fires when the session is over, for whatever reason. */
  readonly closed: AbortSignal;
  readonly #options: SpdySessionOptions;
  readonly #transport: Duplex;
  readonly #clock: Clock;
  readonly #closing = new AbortController();
  readonly #reader = new FrameReader();
  readonly #inflater = new HeaderInflater();
  readonly #deflater = new HeaderDeflater();
  readonly #window = new ReceiveWindow((streamId, delta) => this.#send({ type: 'window-update', streamId, delta }));
  readonly #streams = new Map<number, SpdyStream>();
  readonly #link: StreamLink;
  #lastStreamId = 0;
  #lastActivityMs: number;
  #unsentControlBytes = 0;
  #controlSent = Promise.withResolvers<void>();
  #goawaySent = false;

  constructor(options: SpdySessionOptions) {
    this.#options = options;
    this.#transport = options.transport;
    this.#clock = options.clock;
    this.closed = this.#closing.signal;
    this.#lastActivityMs = this.#clock.nowMs();
    this.#link = {
      sendData: (data, sent) => this.#sendData(data, sent),
      consumed: (streamId, bytes) => this.#window.consumed(streamId, bytes),
      ended: (streamId, reset) => this.#forget(streamId, reset),
    };
    this.#transport.on('error', () => this.#end());
    this.#transport.on('close', () => this.#end());
    void this.#run();
  }

  /** When the last byte went either way, epoch milliseconds. */
  get lastActivityMs(): number {
    return this.#lastActivityMs;
  }

  /** Says goodbye, lets what was written go out, and ends the transport. */
  async close(): Promise<void> {
    if (this.closed.aborted) return;
    this.#goaway(goawayStatus.ok);
    await this.#clock.sleep(LINGER_MS, this.closed).catch(() => {});
    if (!this.#transport.destroyed) this.#transport.end();
    // A client that does not take the rest is not waited for a second time.
    await this.#clock.sleep(LINGER_MS, this.closed).catch(() => {});
    this.#end();
  }

  async #run(): Promise<void> {
    try {
      await this.#receive(this.#options.head);
      // Left open on the way out, so that a client that broke the protocol can be told.
      const chunks = this.#transport.iterator({ destroyOnReturn: false });
      for await (const chunk of chunks) await this.#receive(chunk as Buffer);
    } catch (error) {
      if (error instanceof SpdyError) await this.#refuse();
    } finally {
      this.#end();
    }
  }

  async #receive(chunk: Buffer): Promise<void> {
    this.#lastActivityMs = this.#clock.nowMs();
    for (const frame of this.#reader.push(chunk)) {
      // Only header blocks take a turn of the event loop; frames after one wait for it.
      const handled = this.#handle(frame);
      if (handled !== undefined) await handled;
    }
    while (this.#unsentControlBytes > MAX_UNSENT_CONTROL_BYTES) await this.#controlSent.promise;
    await this.#window.room(this.closed);
  }

  #handle(frame: SpdyFrame): Promise<void> | undefined {
    switch (frame.type) {
      case 'syn-stream':
        return this.#open(frame);
      case 'syn-reply':
      case 'headers':
        // Of no use to us, but part of the compressed stream.
        return this.#inflater.inflate(frame.headerBlock).then(() => {});
      case 'data':
        this.#receiveData(frame);
        break;
      case 'rst-stream':
        this.#streams.get(frame.streamId)?.abandon();
        break;
      case 'ping':
        // Even ones would answer pings of ours.
        if (frame.id % 2 === 1) this.#send(frame);
        break;
      case 'goaway':
      case 'settings':
      case 'window-update':
        // The client opens no more streams after GOAWAY; those that are open go on.
        break;
    }
    return undefined;
  }

  async #open({ streamId, fin, unidirectional, headerBlock }: ControlFrame & { type: 'syn-stream' }): Promise<void> {
    const headers = decodeHeaderBlock(await this.#inflater.inflate(headerBlock));
    if (streamId % 2 === 0 || streamId <= this.#lastStreamId) {
      throw new SpdyError(`stream ${streamId} after stream ${this.#lastStreamId}`);
    }
    this.#lastStreamId = streamId;
    if (this.closed.aborted || this.#goawaySent) return;
    const stream = new SpdyStream({ id: streamId, headers, link: this.#link });
    if (unidirectional || this.#streams.size >= this.#options.maxStreams || !this.#options.onStream(stream)) {
      this.#send({ type: 'rst-stream', streamId, status: rstStatus.refusedStream });
      stream.abandon();
      return;
    }
    this.#streams.set(streamId, stream);
    // Before anything that the owner of the stream may write in a later turn.
    const block = this.#deflater.deflate(encodeHeaderBlock([]));
    this.#send({ type: 'syn-reply', streamId, fin: false, headerBlock: block });
    if (fin) stream.receive(Buffer.alloc(0), true);
  }

  #receiveData({ streamId, fin, payload }: { streamId: number; fin: boolean; payload: Buffer }): void {
    const stream = this.#streams.get(streamId);
    this.#window.received(payload.length);
    if (stream?.receive(payload, fin) === true) return;
    this.#window.consumed(0, payload.length);
    if (stream !== undefined) {
      this.#send({ type: 'rst-stream', streamId, status: rstStatus.streamAlreadyClosed });
      stream.abandon();
    } else if (streamId > this.#lastStreamId || streamId % 2 === 0) {
      this.#send({ type: 'rst-stream', streamId, status: rstStatus.invalidStream });
    }
    // Of a stream that is over, data may have been on the way.
  }

  #sendData(
    { streamId, fin, payload }: Parameters<StreamLink['sendData']>[0],
    sent: (error?: Error | null) => void,
  ): void {
    if (this.closed.aborted || !this.#transport.writable) {
      sent();
      return;
    }
    this.#lastActivityMs = this.#clock.nowMs();
    this.#transport.cork();
    let offset = 0;
    do {
      const piece = payload.subarray(offset, offset + MAX_DATA_BYTES);
      offset += MAX_DATA_BYTES;
      const last = offset >= payload.length;
      this.#transport.write(dataHeader({ streamId, fin: fin && last, length: piece.length }));
      // An error of the transport ends the session; the stream need not report it as well.
      if (last) this.#transport.write(piece, () => sent());
      else this.#transport.write(piece);
    } while (offset < payload.length);
    this.#transport.uncork();
  }

  #send(frame: ControlFrame): void {
    if (this.closed.aborted || !this.#transport.writable) return;
    const bytes = serializeFrame(frame);
    this.#unsentControlBytes += bytes.length;
    this.#transport.write(bytes, () => {
      this.#unsentControlBytes -= bytes.length;
      this.#controlSent.resolve();
      this.#controlSent = Promise.withResolvers();
    });
  }

  #goaway(status: number): void {
    if (this.#goawaySent) return;
    this.#send({ type: 'goaway', lastStreamId: this.#lastStreamId, status });
    this.#goawaySent = true;
  }

  /** Tells a client that breaks the protocol, if it listens, before the session ends. */
  async #refuse(): Promise<void> {
    this.#goaway(goawayStatus.protocolError);
    if (this.#transport.destroyed) return;
    this.#transport.end();
    await Promise.race([once(this.#transport, 'close'), this.#clock.sleep(LINGER_MS, this.closed)]).catch(() => {});
  }

  #forget(streamId: number, reset: boolean): void {
    if (!this.#streams.delete(streamId)) return;
    this.#window.forget(streamId);
    if (reset) this.#send({ type: 'rst-stream', streamId, status: rstStatus.cancel });
  }

  #end(): void {
    if (this.closed.aborted) return;
    this.#closing.abort();
    this.#controlSent.resolve();
    this.#unsentControlBytes = 0;
    for (const stream of [...this.#streams.values()]) stream.abandon();
    this.#inflater.close();
    this.#transport.destroy();
  }
}
