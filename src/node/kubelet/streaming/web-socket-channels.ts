import { PassThrough, Writable } from 'node:stream';
import type { Readable } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Clock } from '../../../clock.ts';
import { watchIdle } from './watch-idle.ts';

/** Proxies on the way cut what says nothing; and what is gone is noticed by what is sent to it. */
const PING_MS = 30_000;

/** Channels of clients that send text are digits. */
const ZERO = '0'.charCodeAt(0);

/** Source: RFC 6455, section 7.4.1. */
const NORMAL_CLOSURE = 1000;

export interface ChannelOptions {
  socket: WebSocket;
  /** Channels are digits and contents are base64, for clients that can only send text. */
  base64: boolean;
  clock: Clock;
  idleTimeoutMs: number;
  /** Channels that nobody knows are to be ignored, as kubelet does. */
  onMessage: (channel: number, content: Buffer) => void;
}

/**
 * Channels over one WebSocket: the first byte of each message is the number of its channel.
 * Source: Kubernetes, `apimachinery` wsstream.
 */
export class WebSocketChannels {
  /** Fires when the connection is over. */
  readonly closed: AbortSignal;
  readonly #options: ChannelOptions;
  readonly #closing = new AbortController();
  #lastActivityMs: number;
  /** Streams that hold as much as they should. While there is any, the connection is not read. */
  readonly #full = new Set<Readable>();

  constructor(options: ChannelOptions) {
    this.#options = options;
    this.closed = this.#closing.signal;
    const { socket, clock } = options;
    this.#lastActivityMs = clock.nowMs();
    socket.on('message', (data: Buffer) => this.#receive(data));
    socket.on('close', () => this.#closing.abort());
    void this.#keepAlive();
    void watchIdle({
      clock,
      idleTimeoutMs: options.idleTimeoutMs,
      lastActivityMs: () => this.#lastActivityMs,
      closed: this.closed,
      onIdle: () => this.close(),
    });
  }

  /** Sends on a channel; resolves once the connection has taken it. */
  async send(channel: number, content: Buffer): Promise<void> {
    const { socket, base64, clock } = this.#options;
    if (socket.readyState !== socket.OPEN) return;
    this.#lastActivityMs = clock.nowMs();
    const message = base64 ? `${channel}${content.toString('base64')}` : Buffer.concat([Buffer.of(channel), content]);
    // What cannot be sent is followed by the end of the connection.
    await new Promise<void>((resolve) => socket.send(message, () => resolve()));
  }

  /** A stream whose bytes go out on a channel, as fast as the client takes them. */
  writable(channel: number): Writable {
    const stream = new Writable({
      write: (chunk: Buffer, _encoding, done) => void this.send(channel, chunk).then(() => done()),
    });
    this.closed.addEventListener('abort', () => stream.destroy(), { once: true });
    return stream;
  }

  /** A stream that what comes in is put into. While it is full, the connection is not read. */
  readable(): { stream: Readable; push(content: Buffer): void; end(): void } {
    const { socket } = this.#options;
    const stream = new PassThrough();
    const taken = (): void => {
      // Others may still be full: what each holds has to have a limit.
      if (this.#full.delete(stream) && this.#full.size === 0) socket.resume();
    };
    stream.on('drain', taken).on('close', taken);
    this.closed.addEventListener('abort', () => stream.destroy(), { once: true });
    return {
      stream,
      push: (content) => {
        if (!stream.writable || stream.write(content)) return;
        this.#full.add(stream);
        socket.pause();
      },
      end: () => void stream.end(),
    };
  }

  /** Ends the connection after what was sent. */
  close(): void {
    this.#options.socket.close(NORMAL_CLOSURE);
  }

  #receive(data: Buffer): void {
    const { base64, clock, onMessage } = this.#options;
    this.#lastActivityMs = clock.nowMs();
    const [first] = data;
    if (first === undefined) return;
    if (base64) onMessage(first - ZERO, Buffer.from(data.toString('latin1', 1), 'base64'));
    else onMessage(first, data.subarray(1));
  }

  async #keepAlive(): Promise<void> {
    const { socket, clock } = this.#options;
    for (;;) {
      await clock.sleep(PING_MS, this.closed).catch(() => {});
      if (this.closed.aborted) return;
      // An answer is not waited for: a client that stands at a full pipe reads nothing, and is there all the same.
      socket.ping();
    }
  }
}
