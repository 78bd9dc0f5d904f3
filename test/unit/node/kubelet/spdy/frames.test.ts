import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { FrameReader } from '../../../../../src/node/kubelet/spdy/frame-reader.ts';
import { serializeFrame } from '../../../../../src/node/kubelet/spdy/frames.ts';
import type { SpdyFrame } from '../../../../../src/node/kubelet/spdy/frames.ts';
import { SpdyError } from '../../../../../src/node/kubelet/spdy/spdy-error.ts';

const id = fc.integer({ min: 1, max: 0x7fffffff });
const word = fc.integer({ min: 0, max: 0xffffffff });
const block = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));

const plain = { noNullPrototype: true };

const anyFrame: fc.Arbitrary<SpdyFrame> = fc.oneof(
  fc.record(
    {
      type: fc.constant('syn-stream' as const),
      streamId: id,
      fin: fc.boolean(),
      unidirectional: fc.boolean(),
      headerBlock: block,
    },
    plain,
  ),
  fc.record({ type: fc.constant('syn-reply' as const), streamId: id, fin: fc.boolean(), headerBlock: block }, plain),
  fc.record({ type: fc.constant('headers' as const), streamId: id, fin: fc.boolean(), headerBlock: block }, plain),
  fc.record({ type: fc.constant('rst-stream' as const), streamId: id, status: word }, plain),
  fc.record({ type: fc.constant('settings' as const) }, plain),
  fc.record({ type: fc.constant('ping' as const), id: word }, plain),
  fc.record({ type: fc.constant('goaway' as const), lastStreamId: id, status: word }, plain),
  fc.record({ type: fc.constant('window-update' as const), streamId: id, delta: id }, plain),
  fc.record({ type: fc.constant('data' as const), streamId: id, fin: fc.boolean(), payload: block }, plain),
);

/** Cuts bytes at arbitrary places. */
function pieces(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const at = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return at.slice(1).map((end, index) => bytes.subarray(at[index], end));
}

/** Puts the pieces of DATA frames together again. */
function joined(frames: readonly SpdyFrame[]): SpdyFrame[] {
  const whole: SpdyFrame[] = [];
  for (const frame of frames) {
    const last = whole.at(-1);
    if (frame.type === 'data' && last?.type === 'data' && last.streamId === frame.streamId && !last.fin) {
      whole[whole.length - 1] = { ...frame, payload: Buffer.concat([last.payload, frame.payload]) };
    } else whole.push(frame);
  }
  return whole;
}

describe('SPDY frames', () => {
  it('come back as they were written, however the bytes are cut', () => {
    fc.assert(
      fc.property(fc.array(anyFrame, { maxLength: 12 }), fc.array(fc.nat(), { maxLength: 30 }), (frames, cuts) => {
        const reader = new FrameReader();
        const bytes = Buffer.concat(frames.map((frame) => serializeFrame(frame)));
        const read = pieces(bytes, cuts).flatMap((piece) => reader.push(piece));
        assert.deepEqual(joined(read), joined(frames));
      }),
    );
  });

  it('refuse garbage with a protocol error and nothing else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (garbage) => {
        try {
          new FrameReader().push(Buffer.from(garbage));
        } catch (error) {
          assert.ok(error instanceof SpdyError, String(error));
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('hand data on before a frame of 16 MiB is complete', () => {
    const reader = new FrameReader();
    const whole = serializeFrame({ type: 'data', streamId: 1, fin: true, payload: Buffer.alloc(0xffffff, 7) });
    const [first] = reader.push(whole.subarray(0, 1008));
    assert.deepEqual(first, { type: 'data', streamId: 1, fin: false, payload: Buffer.alloc(1000, 7) });
    const last = reader.push(whole.subarray(1008)).at(-1);
    assert.equal(last?.type === 'data' && last.fin, true);
  });

  const refused: Record<string, Buffer> = {
    'another version': Buffer.from([0x80, 2, 0, 1, 0, 0, 0, 0]),
    'a control frame above the limit': Buffer.from([0x80, 3, 0, 1, 0, 0xff, 0xff, 0xff]),
    'a PING of the wrong length': Buffer.from([0x80, 3, 0, 6, 0, 0, 0, 1, 0]),
    'a SYN_STREAM without room for its id': Buffer.from([0x80, 3, 0, 1, 0, 0, 0, 4, 0, 0, 0, 1]),
  };
  for (const [what, bytes] of Object.entries(refused)) {
    it(`refuse ${what}`, () => assert.throws(() => new FrameReader().push(bytes), SpdyError));
  }

  it('of unknown types are ignored', () => {
    assert.deepEqual(new FrameReader().push(Buffer.from([0x80, 3, 0, 77, 0, 0, 0, 2, 1, 2])), []);
  });
});
