import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { cutToBytes } from '../../../src/kube/utf8-cut.ts';

describe('cutToBytes', () => {
  it('leaves text that fits alone', () => {
    assert.equal(cutToBytes('镜像', 6), '镜像');
  });

  it('never exceeds the limit and never cuts inside a character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 3, max: 40 }), (text, limit) => {
        const cut = cutToBytes(text, limit);
        assert.ok(Buffer.byteLength(cut) <= limit);
        assert.ok(!cut.includes('\ufffd'));
        assert.ok(cut === text || text.startsWith(cut.slice(0, -1)));
      }),
    );
  });
});
