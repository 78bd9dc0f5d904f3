import { FRAME_HEADER_BYTES, parseControlFrame, parseFrameHeader } from './frames.ts';
import type { SpdyFrame } from './frames.ts';
import { SpdyError } from './spdy-error.ts';

/** Header blocks of Kubernetes have some hundred bytes. More than this is kept by nobody while it arrives. */
const MAX_CONTROL_BYTES = 16_384;

const nothing = Buffer.alloc(0);

/**
 * Cuts a byte stream into frames. Bytes of DATA frames are handed on as they arrive, in pieces of which only the last carries the
 * end of the stream, so that a frame of 16 MiB needs no more memory than one of a few bytes.
 */
export class FrameReader {
  /** An incomplete header or control frame. */
  #kept: Buffer = nothing;
  #data: { streamId: number; fin: boolean; bytesLeft: number } | undefined;

  /** @throws SpdyError for what is no SPDY/3.1, or a control frame above the limit. The reader is of no use then. */
  push(chunk: Buffer): SpdyFrame[] {
    const frames: SpdyFrame[] = [];
    let rest = this.#kept.length === 0 ? chunk : Buffer.concat([this.#kept, chunk]);
    this.#kept = nothing;
    while (rest.length > 0) {
      const taken = this.#data === undefined ? this.#takeFrame(rest, frames) : this.#takeData(rest, frames);
      if (taken === 0) break;
      rest = rest.subarray(taken);
    }
    this.#kept = rest;
    return frames;
  }

  #takeData(bytes: Buffer, into: SpdyFrame[]): number {
    if (this.#data === undefined) return 0;
    const { streamId, fin, bytesLeft } = this.#data;
    const payload = bytes.subarray(0, bytesLeft);
    const complete = payload.length === bytesLeft;
    this.#data = complete ? undefined : { streamId, fin, bytesLeft: bytesLeft - payload.length };
    into.push({ type: 'data', streamId, fin: fin && complete, payload });
    return payload.length;
  }

  /** @returns bytes used up, 0 when there are too few. */
  #takeFrame(bytes: Buffer, into: SpdyFrame[]): number {
    if (bytes.length < FRAME_HEADER_BYTES) return 0;
    const header = parseFrameHeader(bytes);
    if (!header.control) {
      const { streamId, fin, length } = header;
      if (length > 0) this.#data = { streamId, fin, bytesLeft: length };
      else into.push({ type: 'data', streamId, fin, payload: nothing });
      return FRAME_HEADER_BYTES;
    }
    if (header.length > MAX_CONTROL_BYTES) {
      throw new SpdyError(`a control frame of ${header.length} bytes, of which ${MAX_CONTROL_BYTES} are accepted`);
    }
    const end = FRAME_HEADER_BYTES + header.length;
    if (bytes.length < end) return 0;
    const frame = parseControlFrame(header, bytes.subarray(FRAME_HEADER_BYTES, end));
    if (frame !== undefined) into.push(frame);
    return end;
  }
}
