import assert from 'node:assert/strict';
import { renewalBackOffMs } from '../../../../src/eci/renewal/back-off.ts';

describe('renewalBackOffMs', () => {
  const cases: Readonly<Record<string, [failures: number, leftMs: number | undefined, expectedMs: number]>> = {
    'begins with half a minute': [1, undefined, 30_000],
    doubles: [3, undefined, 120_000],
    'ends at five minutes': [50, undefined, 300_000],
    'leaves room for four tries before the end': [4, 200_000, 50_000],
    'does not become a hammer just before the end': [4, 1000, 5_000],
    'goes on slowly after the end': [4, -1, 240_000],
  };
  for (const [name, [failures, leftMs, expectedMs]] of Object.entries(cases)) {
    it(name, () => assert.equal(renewalBackOffMs(failures, leftMs, 1), expectedMs));
  }

  it('is up to a half shorter by chance', () => assert.equal(renewalBackOffMs(1, undefined, 0), 15_000));
});
