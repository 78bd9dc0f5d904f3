import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { LineSplitter } from '../../../src/kube/line-splitter.ts';

describe('LineSplitter', () => {
  it('gives the same lines however the bytes are cut', () => {
    const line = fc.string({ unit: 'binary', minLength: 1 }).filter((text) => !text.includes('\n'));
    fc.assert(
      fc.property(fc.array(line), fc.array(fc.nat({ max: 200 })), (lines, cuts) => {
        const bytes = Buffer.from(lines.map((text) => `${text}\n`).join(''), 'utf8');
        const edges = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)), bytes.length].sort((a, b) => a - b);
        const splitter = new LineSplitter();
        const got = edges.slice(1).flatMap((end, index) => splitter.push(bytes.subarray(edges[index], end)));
        assert.deepEqual(got, Buffer.from(lines.join('\n'), 'utf8').toString('utf8').split('\n').filter(Boolean));
        assert.equal(splitter.hasPartialLine(), false);
      }),
    );
  });

  it('cuts neither at U+2028 nor at a carriage return', () => {
    const text = '{"a":"x\u2028y\u2029z"}\r';
    assert.deepEqual(new LineSplitter().push(Buffer.from(`${text}\n`)), [text]);
  });

  it('keeps half a line for later', () => {
    const splitter = new LineSplitter();
    assert.deepEqual(splitter.push(Buffer.from('one\ntw')), ['one']);
    assert.equal(splitter.hasPartialLine(), true);
    assert.deepEqual(splitter.push(Buffer.from('o\n\n')), ['two']);
  });

  it('refuses a line that never ends', () => {
    const splitter = new LineSplitter();
    const chunk = Buffer.alloc(16 * 1024 * 1024, 'x');
    assert.throws(() => {
      for (let index = 0; index < 6; index += 1) splitter.push(chunk);
    }, RangeError);
  });
});
