import type { SpdyStream } from '../spdy/spdy-stream.ts';
import { parsePort } from './dial-pod.ts';

/** Both streams of one connection. */
export interface StreamPair {
  id: string;
  port: number;
  data: SpdyStream;
  error: SpdyStream;
}

/**
 * Finds the two streams that belong together: they carry the same request id. Very old clients name none; their data stream is the
 * one opened right after the error stream. Source: kubelet, `portforward` over SPDY.
 */
export class StreamPairs {
  readonly #waiting = new Map<string, { port: number; data?: SpdyStream; error?: SpdyStream }>();
  readonly #onPair: (pair: StreamPair) => void;

  constructor(onPair: (pair: StreamPair) => void) {
    this.#onPair = onPair;
  }

  /** @returns the request id of the stream; undefined for one that cannot be used, which is to be refused. */
  add(stream: SpdyStream): string | undefined {
    const type = stream.headers.get('streamtype');
    const port = parsePort(stream.headers.get('port'));
    if ((type !== 'data' && type !== 'error') || port === undefined) return undefined;
    const id = stream.headers.get('requestid') ?? `stream ${type === 'error' ? stream.id : stream.id - 2}`;
    const waiting = this.#waiting.get(id) ?? { port };
    if (waiting[type] !== undefined || waiting.port !== port) return undefined;
    waiting[type] = stream;
    const { data, error } = waiting;
    if (data === undefined || error === undefined) this.#waiting.set(id, waiting);
    else {
      this.#waiting.delete(id);
      this.#onPair({ id, port, data, error });
    }
    return id;
  }

  /** Gives a stream up if it has found no partner. Its request id may be in use again by others that have. */
  expire(id: string, stream: SpdyStream): void {
    const waiting = this.#waiting.get(id);
    if (waiting?.error !== stream && waiting?.data !== stream) return;
    this.#waiting.delete(id);
    waiting.error?.end(`no second stream came for request ${id}`);
    waiting.data?.destroy();
  }
}
