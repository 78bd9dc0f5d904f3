import assert from 'node:assert/strict';
import { createExpiringCache, type ExpiringCache } from '../../../src/credentials/expiring-cache.ts';
import { FakeClock, settle } from '../../support/fake-clock.ts';

interface Value {
  name: string;
  expiresAtMs: number;
}

const HOUR_MS = 3_600_000;

function setUp(options: { maxEntries?: number } = {}): {
  clock: FakeClock;
  cache: ExpiringCache<Value>;
  loads: string[];
  refreshFailures: unknown[];
  load: (name: string, lifeMs?: number) => () => Promise<Value>;
  fail: (message: string) => () => Promise<Value>;
} {
  const clock = new FakeClock();
  const loads: string[] = [];
  const refreshFailures: unknown[] = [];
  const cache = createExpiringCache<Value>({
    clock,
    random: () => 0,
    maxEntries: options.maxEntries ?? 100,
    expiresAtMs: (value) => value.expiresAtMs,
    onRefreshFailure: (error) => refreshFailures.push(error),
  });
  return {
    clock,
    cache,
    loads,
    refreshFailures,
    load:
      (name, lifeMs = HOUR_MS) =>
      async () => {
        loads.push(name);
        await settle();
        return { name, expiresAtMs: clock.nowMs() + lifeMs };
      },
    fail: (message) => async () => {
      loads.push(message);
      await settle();
      throw new Error(message);
    },
  };
}

describe('an expiring cache', () => {
  it('shares one load among concurrent callers', async () => {
    const { cache, loads, load } = setUp();
    const values = await Promise.all(Array.from({ length: 100 }, () => cache.get('k', load('a'))));
    assert.deepEqual(loads, ['a']);
    assert.equal(new Set(values).size, 1);
  });

  it('serves the live value while the new one is made in the background', async () => {
    const { clock, cache, loads, load } = setUp();
    await cache.get('k', load('old'));
    await clock.advance(HOUR_MS - 300_000);
    assert.equal((await cache.get('k', load('new'))).name, 'old');
    await settle();
    await settle();
    assert.equal((await cache.get('k', load('never'))).name, 'new');
    assert.deepEqual(loads, ['old', 'new']);
  });

  it('makes a caller wait who needs more life than the value has', async () => {
    const { clock, cache, load } = setUp();
    await cache.get('k', load('old'));
    await clock.advance(HOUR_MS - 90_000);
    assert.equal((await cache.get('k', load('new'), { minimumLifeMs: 120_000 })).name, 'new');
  });

  it('falls back on the live value when a caller waits in vain', async () => {
    const { clock, cache, load, fail, refreshFailures } = setUp();
    await cache.get('k', load('old'));
    await clock.advance(HOUR_MS - 90_000);
    assert.equal((await cache.get('k', fail('down'), { minimumLifeMs: 120_000 })).name, 'old');
    assert.equal(refreshFailures.length, 1);
  });

  it('backs off after failed renewals and keeps the old value while it lives', async () => {
    const { clock, cache, loads, load, fail } = setUp();
    await cache.get('k', load('old'));
    await clock.advance(HOUR_MS - 300_000);
    for (let second = 0; second < 200; second += 1) {
      assert.equal((await cache.get('k', fail('down'))).name, 'old');
      await clock.advance(1000);
    }
    const tries = loads.length - 1;
    assert.ok(tries >= 4 && tries <= 10, `${tries} tries`);
  });

  it('never hands out an expired value', async () => {
    const { clock, cache, load, fail } = setUp();
    await cache.get('k', load('old'));
    await clock.advance(HOUR_MS);
    await assert.rejects(cache.get('k', fail('down')), /down/);
  });

  it('refuses a value that had expired when it arrived', async () => {
    const { cache, load } = setUp();
    await assert.rejects(cache.get('k', load('late', -1)), { code: 'Credentials.ExpiredOnArrival' });
  });

  it('remembers a failure as long as it is told to', async () => {
    const { clock, cache, loads, load, fail } = setUp();
    const options = { rememberFailureMs: () => 5000 };
    await assert.rejects(cache.get('k', fail('no'), options), /no/);
    await assert.rejects(cache.get('k', load('a'), options), /no/);
    await clock.advance(5000);
    assert.equal((await cache.get('k', load('b'), options)).name, 'b');
    assert.deepEqual(loads, ['no', 'b']);
  });

  it('tries again at once after a failure that is not to be remembered', async () => {
    const { cache, load, fail } = setUp();
    await assert.rejects(cache.get('k', fail('no')), /no/);
    assert.equal((await cache.get('k', load('a'))).name, 'a');
  });

  it('does not load again and again for a caller whose wish cannot be met', async () => {
    const { cache, loads, load } = setUp();
    for (let turn = 0; turn < 10; turn += 1) await cache.get('k', load('short', 200_000), { minimumLifeMs: 900_000 });
    assert.deepEqual(loads, ['short']);
  });

  it('drops a value only if it is the refused one', async () => {
    const { cache, load } = setUp();
    await cache.get('k', load('new'));
    cache.drop('k', (value) => value.name === 'old');
    assert.equal((await cache.get('k', load('other'))).name, 'new');
    cache.drop('k', (value) => value.name === 'new');
    assert.equal((await cache.get('k', load('other'))).name, 'other');
  });

  it('forgets the least recently used value when it is full', async () => {
    const { cache, loads, load } = setUp({ maxEntries: 2 });
    for (const key of ['a', 'b', 'c', 'a']) await cache.get(key, load(key));
    assert.deepEqual(loads, ['a', 'b', 'c', 'a']);
  });

  it('gives the failure in place of an old value to who would rather have that, also while it backs off', async () => {
    const { clock, cache, load, fail, loads } = setUp();
    await cache.get('k', load('old'));
    await clock.advance(0.6 * HOUR_MS);
    const fresh = { minimumLifeMs: 0.5 * HOUR_MS, freshOrFail: true };
    await assert.rejects(cache.get('k', fail('refused'), fresh), /refused/);
    await assert.rejects(cache.get('k', fail('not asked'), fresh), /refused/);
    assert.deepEqual(loads, ['old', 'refused']);
    assert.equal((await cache.get('k', load('not asked'))).name, 'old');
    await clock.advance(60_000);
    assert.equal((await cache.get('k', load('new'), fresh)).name, 'new');
  });

  it('asks again at once for who keeps pauses of its own', async () => {
    const { clock, cache, load, fail, loads } = setUp();
    await cache.get('k', load('old'));
    await clock.advance(0.6 * HOUR_MS);
    const fresh = { minimumLifeMs: 0.5 * HOUR_MS, freshOrFail: true, tryNow: true };
    await assert.rejects(cache.get('k', fail('refused'), fresh), /refused/);
    assert.equal((await cache.get('k', load('new'), fresh)).name, 'new');
    assert.deepEqual(loads, ['old', 'refused', 'new']);
  });

  it('gives what was made a moment ago, though it lives shorter than wanted', async () => {
    const { clock, cache, load } = setUp();
    await cache.get('k', load('new', 120_000));
    await clock.advance(1000);
    assert.equal((await cache.get('k', load('newer'), { minimumLifeMs: HOUR_MS, freshOrFail: true })).name, 'new');
  });
});
