import assert from 'node:assert/strict';
import { constants, createDeflate, createInflate } from 'node:zlib';
import * as fc from 'fast-check';
import { headerDictionary } from '../../../../../src/node/kubelet/spdy/dictionary.ts';
import { decodeHeaderBlock, encodeHeaderBlock } from '../../../../../src/node/kubelet/spdy/header-block.ts';
import { HeaderDeflater } from '../../../../../src/node/kubelet/spdy/header-deflater.ts';
import { HeaderInflater } from '../../../../../src/node/kubelet/spdy/header-inflater.ts';
import { SpdyError } from '../../../../../src/node/kubelet/spdy/spdy-error.ts';

const headers = fc.uniqueArray(
  fc.tuple(
    fc.string({ minLength: 1, maxLength: 20 }).map((name) => name.toLowerCase()),
    fc.string({ maxLength: 60 }),
  ),
  { selector: ([name]) => name, maxLength: 8 },
);

/** Compresses as every other implementation does. */
function zlibDeflater(): (block: Buffer) => Promise<Buffer> {
  const deflate = createDeflate({ dictionary: headerDictionary });
  return async (block) => {
    deflate.write(block);
    await new Promise<void>((resolve) => deflate.flush(constants.Z_SYNC_FLUSH, resolve));
    return (deflate.read() as Buffer | null) ?? Buffer.alloc(0);
  };
}

describe('SPDY header blocks', () => {
  it('come back as they were written', () => {
    fc.assert(
      fc.property(headers, (pairs) => {
        assert.deepEqual([...decodeHeaderBlock(encodeHeaderBlock(pairs))], pairs);
      }),
    );
  });

  it('are refused where lengths and bytes do not agree', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (garbage) => {
        try {
          decodeHeaderBlock(Buffer.from(garbage));
        } catch (error) {
          assert.ok(error instanceof SpdyError, String(error));
        }
      }),
    );
    assert.throws(() => decodeHeaderBlock(Buffer.from([0xff, 0xff, 0xff, 0xff])), SpdyError);
  });

  it('are one compressed stream, which zlib with the dictionary has written', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(headers, { minLength: 1, maxLength: 5 }), async (blocks) => {
        const deflate = zlibDeflater();
        const inflater = new HeaderInflater();
        for (const pairs of blocks) {
          const block = await inflater.inflate(await deflate(encodeHeaderBlock(pairs)));
          assert.deepEqual([...decodeHeaderBlock(block)], pairs);
        }
        inflater.close();
      }),
      { numRuns: 50 },
    );
  });

  it('are written as one stream that zlib reads', async () => {
    const deflater = new HeaderDeflater();
    const inflate = createInflate({ dictionary: headerDictionary });
    for (const pairs of [[], [['streamtype', 'error']], []] as [string, string][][]) {
      inflate.write(deflater.deflate(encodeHeaderBlock(pairs)));
      await new Promise<void>((resolve) => inflate.flush(resolve));
      assert.deepEqual(inflate.read(), encodeHeaderBlock(pairs));
    }
  });

  it('that grow beyond the limit end the decompression', async () => {
    const inflater = new HeaderInflater();
    const bomb = await zlibDeflater()(Buffer.alloc(10_000_000));
    assert.ok(bomb.length < 16_384, `${bomb.length} bytes`);
    await assert.rejects(inflater.inflate(bomb), /more than 65536 bytes/);
    await assert.rejects(inflater.inflate(bomb), SpdyError);
  });

  it('that are no zlib stream are refused, and never wait for ever', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 60 }), fc.boolean(), async (garbage, afterGood) => {
        const inflater = new HeaderInflater();
        if (afterGood) await inflater.inflate(await zlibDeflater()(encodeHeaderBlock([])));
        await inflater.inflate(Buffer.from(garbage)).then(
          (block) => block,
          (error: unknown) => assert.ok(error instanceof SpdyError, String(error)),
        );
        inflater.close();
      }),
      { numRuns: 300 },
    );
  });
});
