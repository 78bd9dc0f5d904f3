import assert from 'node:assert/strict';
import { callRetryDelayMs } from '../../../src/kube/call-retry.ts';
import type { FailedCall } from '../../../src/kube/call-retry.ts';
import { KubeApiError, localReasons } from '../../../src/kube/errors.ts';

const answer = (httpStatus: number, retryAfterMs?: number): KubeApiError =>
  new KubeApiError({ message: 'x', reason: 'X', httpStatus, retryAfterMs });
const unreachable = (neverSent: boolean): KubeApiError =>
  new KubeApiError({ message: 'x', reason: localReasons.unreachable, neverSent });

function failed(over: Partial<FailedCall>): FailedCall {
  return { error: answer(503), readOnly: true, attempt: 1, elapsedMs: 0, budgetMs: 15_000, random: () => 0.5, ...over };
}

const retried: Record<string, { error: unknown; read: boolean; mutation: boolean }> = {
  throttling: { error: answer(429), read: true, mutation: true },
  'a refused connection': { error: unreachable(true), read: true, mutation: true },
  'a broken connection': { error: unreachable(false), read: true, mutation: false },
  'an internal error': { error: answer(500), read: true, mutation: false },
  'an overloaded server': { error: answer(503), read: true, mutation: false },
  'a gateway timeout': { error: answer(504), read: true, mutation: false },
  'something not implemented': { error: answer(501), read: false, mutation: false },
  'an absent object': { error: answer(404), read: false, mutation: false },
  'a conflict': { error: answer(409), read: false, mutation: false },
  'an expired list': { error: answer(410), read: false, mutation: false },
  'our own deadline': {
    error: new KubeApiError({ message: 'x', reason: localReasons.deadline }),
    read: false,
    mutation: false,
  },
  'a bug': { error: new TypeError('x'), read: false, mutation: false },
};

describe('callRetryDelayMs', () => {
  for (const [title, { error, read, mutation }] of Object.entries(retried)) {
    it(`${read ? 'repeats' : 'does not repeat'} a read after ${title}`, () => {
      assert.equal(callRetryDelayMs(failed({ error })) !== undefined, read);
    });
    it(`${mutation ? 'repeats' : 'does not repeat'} a mutation after ${title}`, () => {
      assert.equal(callRetryDelayMs(failed({ error, readOnly: false })) !== undefined, mutation);
    });
  }

  it('waits longer each time', () => {
    const delays = [1, 2, 3, 4].map((attempt) => callRetryDelayMs(failed({ attempt })));
    assert.deepEqual(delays, [150, 300, 600, 1200]);
  });

  it('gives up after five attempts', () => {
    assert.equal(callRetryDelayMs(failed({ attempt: 5 })), undefined);
  });

  it('waits at least as long as the server asks', () => {
    assert.equal(callRetryDelayMs(failed({ error: answer(429, 2000) })), 2000);
  });

  it('hands a hint beyond the budget to the caller instead of waiting', () => {
    assert.equal(callRetryDelayMs(failed({ error: answer(429, 20_000) })), undefined);
    assert.equal(callRetryDelayMs(failed({ elapsedMs: 14_950 })), undefined);
  });
});
