import { EventEmitter, once } from 'node:events';
import { duplexPair } from 'node:stream';
import type { Duplex } from 'node:stream';
import { constants, createDeflate, createInflate } from 'node:zlib';
import { headerDictionary } from '../../src/node/kubelet/spdy/dictionary.ts';
import { FrameReader } from '../../src/node/kubelet/spdy/frame-reader.ts';
import { serializeFrame } from '../../src/node/kubelet/spdy/frames.ts';
import type { SpdyFrame } from '../../src/node/kubelet/spdy/frames.ts';
import { encodeHeaderBlock } from '../../src/node/kubelet/spdy/header-block.ts';

/** A client in the manner of Kubernetes': compresses with zlib itself, keeps no windows, sends when it likes. */
export class SpdyClient {
  /** Frames that arrived, DATA apart. */
  readonly frames: SpdyFrame[] = [];
  readonly transport: Duplex;
  readonly #events = new EventEmitter();
  readonly #received = new Map<number, { bytes: Buffer[]; fin: boolean }>();
  readonly #deflate = createDeflate({ dictionary: headerDictionary, flush: constants.Z_SYNC_FLUSH });
  readonly #inflate = createInflate({ dictionary: headerDictionary, flush: constants.Z_SYNC_FLUSH });
  #nextId = 1;
  ended = false;

  constructor(transport: Duplex) {
    this.transport = transport;
    const reader = new FrameReader();
    transport.on('data', (chunk: Buffer) => {
      for (const frame of reader.push(chunk)) this.#take(frame);
      this.#events.emit('change');
    });
    transport.on('error', () => {});
    transport.on('close', () => this.#end());
    transport.on('end', () => this.#end());
  }

  /** Opens a stream. */
  async open(headers: Readonly<Record<string, string>>, options: { fin?: boolean; id?: number } = {}): Promise<number> {
    const streamId = options.id ?? this.#nextId;
    this.#nextId = streamId + 2;
    const headerBlock = await compress(this.#deflate, encodeHeaderBlock(Object.entries(headers)));
    this.send({ type: 'syn-stream', streamId, fin: options.fin ?? false, unidirectional: false, headerBlock });
    return streamId;
  }

  write(streamId: number, payload: Buffer | string, fin = false): void {
    this.send({ type: 'data', streamId, fin, payload: Buffer.from(payload) });
  }

  send(frame: SpdyFrame): void {
    this.transport.write(serializeFrame(frame));
  }

  /** What a stream has brought so far. */
  text(streamId: number): string {
    return this.bytes(streamId).toString('utf8');
  }

  bytes(streamId: number): Buffer {
    return Buffer.concat(this.#received.get(streamId)?.bytes ?? []);
  }

  /** Waits for the end of a stream. */
  async finished(streamId: number): Promise<Buffer> {
    await this.until(() => this.#received.get(streamId)?.fin === true);
    return this.bytes(streamId);
  }

  /** Waits for a frame of a type. */
  async frame<T extends SpdyFrame['type']>(type: T): Promise<SpdyFrame & { type: T }> {
    const find = (): SpdyFrame | undefined => this.frames.find((frame) => frame.type === type);
    await this.until(() => find() !== undefined);
    return find() as SpdyFrame & { type: T };
  }

  /** Waits for a state; fails when the connection ends first. */
  async until(reached: () => boolean): Promise<void> {
    while (!reached()) {
      if (this.ended) throw new Error('the connection ended first');
      await once(this.#events, 'change');
    }
  }

  async closed(): Promise<void> {
    while (!this.ended) await once(this.#events, 'change');
  }

  /** The headers of a SYN_REPLY or SYN_STREAM as zlib reads them, which must be done in order. */
  async decompress(headerBlock: Buffer): Promise<Buffer> {
    return await compress(this.#inflate, headerBlock);
  }

  #take(frame: SpdyFrame): void {
    if (frame.type !== 'data') {
      this.frames.push(frame);
      return;
    }
    const received = this.#received.get(frame.streamId) ?? { bytes: [], fin: false };
    received.bytes.push(frame.payload);
    received.fin ||= frame.fin;
    this.#received.set(frame.streamId, received);
  }

  #end(): void {
    this.ended = true;
    this.#events.emit('change');
  }
}

/** Two ends of a connection in memory. */
export function connection(): { client: Duplex; server: Duplex } {
  const [client, server] = duplexPair();
  return { client, server };
}

async function compress(
  stream: ReturnType<typeof createDeflate> | ReturnType<typeof createInflate>,
  block: Buffer,
): Promise<Buffer> {
  const parts: Buffer[] = [];
  const onData = (part: Buffer): number => parts.push(part);
  stream.on('data', onData);
  await new Promise<void>((resolve) => stream.write(block, () => resolve()));
  while (stream.read() !== null);
  stream.off('data', onData);
  return Buffer.concat(parts);
}
