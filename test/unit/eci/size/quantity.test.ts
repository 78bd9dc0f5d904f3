import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { parseQuantity } from '../../../../src/eci/size/quantity.ts';

const NANO = 1_000_000_000n;

describe('parseQuantity', () => {
  const cases: Readonly<Record<string, readonly [string | number, bigint | undefined]>> = {
    'a whole number': ['2', 2n * NANO],
    'a number of a manifest': [2, 2n * NANO],
    thousandths: ['250m', NANO / 4n],
    'a decimal fraction': ['0.5', NANO / 2n],
    'a fraction without a leading zero': ['.5', NANO / 2n],
    'a binary suffix with a fraction': ['1.5Gi', 3n * (NANO << 29n)],
    'a decimal suffix': ['1k', 1000n * NANO],
    'exa, not an exponent': ['1E', 10n ** 27n],
    'an exponent': ['1e3', 1000n * NANO],
    'a negative exponent': ['5E-1', NANO / 2n],
    'micro and nano': ['1u', 1000n],
    'less than a nano-unit, rounded up': ['0.0000000001', 1n],
    'a negative number': ['-1', undefined],
    text: ['much', undefined],
    nothing: ['', undefined],
    'a lone dot': ['.', undefined],
    'an unknown suffix': ['1Xi', undefined],
    'an exponent that would build a huge number': ['1e999', undefined],
  };
  for (const [title, [text, expected]] of Object.entries(cases)) {
    it(`reads ${title}`, () => {
      assert.equal(parseQuantity(text), expected);
    });
  }

  it('agrees with integer arithmetic for every whole number of MiB', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 9n }), (mebibytes) => {
        assert.equal(parseQuantity(`${mebibytes}Mi`), (mebibytes << 20n) * NANO);
      }),
    );
  });
});
