import assert from 'node:assert/strict';
import { toMicroTime } from '../../../src/kube/micro-time.ts';

describe('toMicroTime', () => {
  it('writes six fractional digits', () => {
    assert.equal(toMicroTime(Date.UTC(2026, 0, 2, 3, 4, 5, 6)), '2026-01-02T03:04:05.006000Z');
    assert.equal(toMicroTime(0), '1970-01-01T00:00:00.000000Z');
  });
});
