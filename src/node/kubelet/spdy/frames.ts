/**
 * The frames of SPDY/3.1, both ways, as pure functions. Header blocks stay compressed here: the compression has a state that
 * belongs to the session.
 *
 * Source: SPDY Protocol, Draft 3.1, section 2.6. Left out are CREDENTIAL, which 3.1 removed, and the entries of SETTINGS: no
 * setting changes what this side does.
 */
import { SpdyError } from './spdy-error.ts';

const VERSION = 3;
const CONTROL_BIT = 0x80;
const FLAG_FIN = 0x01;
const FLAG_UNIDIRECTIONAL = 0x02;

/** What every frame starts with: kind, flags and the length of the rest. */
export const FRAME_HEADER_BYTES = 8;

/** Why a stream or a session ends. */
export const rstStatus = { protocolError: 1, invalidStream: 2, refusedStream: 3, cancel: 5, streamAlreadyClosed: 9 };
export const goawayStatus = { ok: 0, protocolError: 1 };

const frameTypes = {
  synStream: 1,
  synReply: 2,
  rstStream: 3,
  settings: 4,
  ping: 6,
  goaway: 7,
  headers: 8,
  windowUpdate: 9,
};

/** A frame that concerns the session or the life of a stream. */
export type ControlFrame =
  | { type: 'syn-stream'; streamId: number; fin: boolean; unidirectional: boolean; headerBlock: Buffer }
  | { type: 'syn-reply'; streamId: number; fin: boolean; headerBlock: Buffer }
  | { type: 'headers'; streamId: number; fin: boolean; headerBlock: Buffer }
  | { type: 'rst-stream'; streamId: number; status: number }
  | { type: 'settings' }
  | { type: 'ping'; id: number }
  | { type: 'goaway'; lastStreamId: number; status: number }
  /** Stream 0 is the whole session. */
  | { type: 'window-update'; streamId: number; delta: number };

/** Bytes of a stream. */
export interface DataFrame {
  type: 'data';
  streamId: number;
  fin: boolean;
  payload: Buffer;
}

export type SpdyFrame = ControlFrame | DataFrame;

/** The first eight bytes of a frame. */
export type FrameHeader =
  | { control: true; frameType: number; flags: number; length: number }
  | { control: false; streamId: number; fin: boolean; length: number };

/** Reads the first eight bytes of a frame. @throws SpdyError for another version of the protocol. */
export function parseFrameHeader(bytes: Buffer): FrameHeader {
  const flags = bytes.readUInt8(4);
  const length = bytes.readUIntBE(5, 3);
  if ((bytes.readUInt8(0) & CONTROL_BIT) === 0) {
    return { control: false, streamId: bytes.readUInt32BE(0), fin: (flags & FLAG_FIN) !== 0, length };
  }
  const version = bytes.readUInt16BE(0) & 0x7fff;
  if (version !== VERSION) throw new SpdyError(`a frame of SPDY version ${version}, where 3 was agreed`);
  return { control: true, frameType: bytes.readUInt16BE(2), flags, length };
}

/**
 * Reads a control frame whose bytes are complete.
 * @returns undefined for a type that is unknown, which the protocol says to ignore.
 * @throws SpdyError where the length does not fit the type.
 */
export function parseControlFrame(
  { frameType, flags }: { frameType: number; flags: number },
  payload: Buffer,
): ControlFrame | undefined {
  const fin = (flags & FLAG_FIN) !== 0;
  switch (frameType) {
    case frameTypes.synStream:
      atLeast(payload, 10, 'SYN_STREAM');
      return {
        type: 'syn-stream',
        streamId: id31(payload, 0),
        fin,
        unidirectional: (flags & FLAG_UNIDIRECTIONAL) !== 0,
        headerBlock: payload.subarray(10),
      };
    case frameTypes.synReply:
      atLeast(payload, 4, 'SYN_REPLY');
      return { type: 'syn-reply', streamId: id31(payload, 0), fin, headerBlock: payload.subarray(4) };
    case frameTypes.headers:
      atLeast(payload, 4, 'HEADERS');
      return { type: 'headers', streamId: id31(payload, 0), fin, headerBlock: payload.subarray(4) };
    case frameTypes.rstStream:
      exactly(payload, 8, 'RST_STREAM');
      return { type: 'rst-stream', streamId: id31(payload, 0), status: payload.readUInt32BE(4) };
    case frameTypes.settings:
      return { type: 'settings' };
    case frameTypes.ping:
      exactly(payload, 4, 'PING');
      return { type: 'ping', id: payload.readUInt32BE(0) };
    case frameTypes.goaway:
      exactly(payload, 8, 'GOAWAY');
      return { type: 'goaway', lastStreamId: id31(payload, 0), status: payload.readUInt32BE(4) };
    case frameTypes.windowUpdate:
      exactly(payload, 8, 'WINDOW_UPDATE');
      return { type: 'window-update', streamId: id31(payload, 0), delta: id31(payload, 4) };
    default:
      return undefined;
  }
}

/** Writes the first eight bytes of a DATA frame, so that the payload need not be copied. */
export function dataHeader({ streamId, fin, length }: { streamId: number; fin: boolean; length: number }): Buffer {
  const bytes = Buffer.alloc(FRAME_HEADER_BYTES);
  bytes.writeUInt32BE(streamId, 0);
  bytes.writeUInt8(fin ? FLAG_FIN : 0, 4);
  bytes.writeUIntBE(length, 5, 3);
  return bytes;
}

/** Writes a frame. */
export function serializeFrame(frame: SpdyFrame): Buffer {
  switch (frame.type) {
    case 'data': {
      const { streamId, fin, payload } = frame;
      return Buffer.concat([dataHeader({ streamId, fin, length: payload.length }), payload]);
    }
    case 'syn-stream': {
      const flags = (frame.fin ? FLAG_FIN : 0) | (frame.unidirectional ? FLAG_UNIDIRECTIONAL : 0);
      // Associated stream, priority and slot are not used by anybody here: zero.
      return control(frameTypes.synStream, flags, [words(frame.streamId, 0), Buffer.alloc(2), frame.headerBlock]);
    }
    case 'syn-reply':
      return control(frameTypes.synReply, frame.fin ? FLAG_FIN : 0, [words(frame.streamId), frame.headerBlock]);
    case 'headers':
      return control(frameTypes.headers, frame.fin ? FLAG_FIN : 0, [words(frame.streamId), frame.headerBlock]);
    case 'rst-stream':
      return control(frameTypes.rstStream, 0, [words(frame.streamId, frame.status)]);
    case 'settings':
      return control(frameTypes.settings, 0, [words(0)]);
    case 'ping':
      return control(frameTypes.ping, 0, [words(frame.id)]);
    case 'goaway':
      return control(frameTypes.goaway, 0, [words(frame.lastStreamId, frame.status)]);
    case 'window-update':
      break;
  }
  return control(frameTypes.windowUpdate, 0, [words(frame.streamId, frame.delta)]);
}

function control(frameType: number, flags: number, parts: Buffer[]): Buffer {
  const payload = Buffer.concat(parts);
  const bytes = Buffer.alloc(FRAME_HEADER_BYTES);
  bytes.writeUInt16BE((CONTROL_BIT << 8) | VERSION, 0);
  bytes.writeUInt16BE(frameType, 2);
  bytes.writeUInt8(flags, 4);
  bytes.writeUIntBE(payload.length, 5, 3);
  return Buffer.concat([bytes, payload]);
}

function words(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, index * 4);
  return bytes;
}

/** The highest bit is reserved and ignored. */
function id31(bytes: Buffer, offset: number): number {
  return bytes.readUInt32BE(offset) & 0x7fffffff;
}

function atLeast(payload: Buffer, bytes: number, name: string): void {
  if (payload.length < bytes) throw new SpdyError(`a ${name} frame of ${payload.length} bytes is too short`);
}

function exactly(payload: Buffer, bytes: number, name: string): void {
  if (payload.length !== bytes) throw new SpdyError(`a ${name} frame of ${payload.length} bytes, not of ${bytes}`);
}
