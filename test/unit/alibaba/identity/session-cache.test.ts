import assert from 'node:assert/strict';
import { createSessionCache } from '../../../../src/alibaba/identity/session-cache.ts';
import { refreshAtMs } from '../../../../src/alibaba/identity/session-schedule.ts';
import type { AccessKey } from '../../../../src/credentials/types.ts';
import { Secret } from '../../../../src/secret.ts';
import { noLog, type LogFields } from '../../../../src/telemetry/types.ts';
import { FakeClock, settle } from '../../../support/fake-clock.ts';

const HOUR_MS = 3_600_000;

function setUp({ lifeMs = HOUR_MS }: { lifeMs?: number } = {}) {
  const clock = new FakeClock();
  const state = { fetches: 0, failing: false, warnings: [] as (LogFields | undefined)[] };
  const identity = createSessionCache({
    description: 'a role',
    clock,
    log: { ...noLog, warn: (_message, fields) => state.warnings.push(fields) },
    fetch: async (): Promise<AccessKey> => {
      state.fetches += 1;
      const number = state.fetches;
      await settle();
      if (state.failing) throw new Error('STS is down');
      return { accessKeyId: `key-${number}`, accessKeySecret: new Secret('s'), expiresAtMs: clock.nowMs() + lifeMs };
    },
  });
  const keyId = async (): Promise<string> => (await identity.accessKey()).accessKeyId;
  return { clock, state, identity, keyId };
}

describe('session cache', () => {
  it('fetches once for everybody who asks at the same time', async () => {
    const { state, keyId } = setUp();
    const keys = await Promise.all(Array.from({ length: 200 }, keyId));
    assert.deepEqual([new Set(keys).size, state.fetches], [1, 1]);
  });

  it('renews in the background ahead of expiry and hands the old session out meanwhile', async () => {
    const { clock, state, keyId } = setUp();
    await keyId();
    await clock.advance(HOUR_MS - 360_000 - 1);
    assert.deepEqual([await keyId(), state.fetches], ['key-1', 1]);
    await clock.advance(1);
    assert.equal(await keyId(), 'key-1');
    await clock.advance(0);
    assert.deepEqual([await keyId(), state.fetches], ['key-2', 2]);
  });

  it('keeps the old session while renewing fails, with pauses, and never hands out an expired one', async () => {
    const { clock, state, keyId } = setUp();
    await keyId();
    await clock.advance(HOUR_MS - 300_000);
    state.failing = true;
    for (let n = 0; n < 50; n += 1) assert.equal(await keyId(), 'key-1');
    await clock.advance(0);
    assert.deepEqual([state.fetches, state.warnings.length], [2, 1]);
    await clock.advance(15_000);
    await keyId();
    await clock.advance(0);
    assert.equal(state.fetches, 3);
    await clock.advance(300_000);
    await assert.rejects(keyId(), /STS is down/);
    state.failing = false;
    assert.equal(await keyId(), 'key-5');
  });

  it('fetches another session when the one in use was refused, not when an older one was', async () => {
    const { identity, keyId } = setUp();
    const first = await identity.accessKey();
    identity.invalidate?.(first);
    assert.equal(await keyId(), 'key-2');
    identity.invalidate?.(first);
    assert.equal(await keyId(), 'key-2');
  });

  it('refuses a new session that has already expired, as on a machine with a wrong clock', async () => {
    const { keyId } = setUp({ lifeMs: -1 });
    await assert.rejects(keyId(), { code: 'ExpiredCredentials' });
  });

  it('recovers from a source that throws before it waits for anything', async () => {
    let attempts = 0;
    const identity = createSessionCache({
      description: 'x',
      clock: new FakeClock(),
      log: noLog,
      fetch: () => {
        attempts += 1;
        if (attempts === 1) throw new Error('at once');
        return Promise.resolve({ accessKeyId: 'k', accessKeySecret: new Secret('s') });
      },
    });
    await assert.rejects(identity.accessKey());
    assert.equal((await identity.accessKey()).accessKeyId, 'k');
  });
});

describe('session cache that is asked for a longer life', () => {
  const WANTED = { minimumLifeMs: 1_200_000 };

  it('fetches anew and waits, once for everybody', async () => {
    const { clock, state, identity } = setUp();
    await identity.accessKey(WANTED);
    await clock.advance(HOUR_MS - 1_200_000);
    assert.equal((await identity.accessKey(WANTED)).accessKeyId, 'key-1', 'exactly as long as wanted');
    await clock.advance(1);
    const keys = await Promise.all([
      identity.accessKey(WANTED),
      identity.accessKey(WANTED),
      identity.accessKey(WANTED),
    ]);
    assert.deepEqual(
      keys.map(({ accessKeyId }) => accessKeyId),
      ['key-2', 'key-2', 'key-2'],
    );
    assert.equal(state.fetches, 2);
  });

  it('gives what there is where the source has nothing longer, and asks again only after a pause', async () => {
    const { clock, state, identity } = setUp({ lifeMs: 600_000 });
    for (let n = 0; n < 20; n += 1) await identity.accessKey({ ...WANTED, freshOrFail: true });
    assert.equal(state.fetches, 1);
    await clock.advance(60_000);
    for (let n = 0; n < 20; n += 1) assert.equal((await identity.accessKey(WANTED)).accessKeyId, 'key-2');
    assert.equal(state.fetches, 2);
    assert.equal((await identity.accessKey({ ...WANTED, tryNow: true })).accessKeyId, 'key-3', 'keeps its own pauses');
  });

  it('falls back on the living session when the source fails, or tells the failure, whichever is asked for', async () => {
    const { clock, state, identity } = setUp();
    await identity.accessKey();
    await clock.advance(HOUR_MS - 900_000);
    state.failing = true;
    assert.equal((await identity.accessKey(WANTED)).accessKeyId, 'key-1');
    assert.equal(state.fetches, 2);
    await assert.rejects(identity.accessKey({ ...WANTED, freshOrFail: true }), /STS is down/);
    assert.equal((await identity.accessKey({ freshOrFail: true })).accessKeyId, 'key-1', 'long enough for this caller');
    assert.deepEqual([state.fetches, state.warnings.length], [2, 1], 'within the pause');
    await clock.advance(15_000);
    state.failing = false;
    assert.equal((await identity.accessKey({ ...WANTED, freshOrFail: true })).accessKeyId, 'key-3');
  });

  it('never gives a session that ended while the source was being asked', async () => {
    const { clock, state, identity } = setUp();
    await identity.accessKey();
    await clock.advance(HOUR_MS - 1);
    state.failing = true;
    const asked = identity.accessKey(WANTED);
    clock.jump(1);
    await assert.rejects(asked, /STS is down/);
  });
});

describe('session schedule', () => {
  const cases: Record<string, [lifeSeconds: number, marginSeconds: number]> = {
    'an hour: a tenth is more than five minutes': [3600, 360],
    'six hours': [21_600, 2160],
    'fifteen minutes: five minutes': [900, 300],
    'six minutes: half of it, or it would be in renewal for ever': [360, 180],
  };
  for (const [name, [lifeSeconds, marginSeconds]] of Object.entries(cases)) {
    it(name, () => {
      const key = { accessKeyId: 'k', accessKeySecret: new Secret('s'), expiresAtMs: lifeSeconds * 1000 };
      assert.equal(refreshAtMs(key, 0), (lifeSeconds - marginSeconds) * 1000);
    });
  }

  it('leaves keys without an end alone', () => {
    assert.equal(refreshAtMs({ accessKeyId: 'k', accessKeySecret: new Secret('s') }, 0), undefined);
  });
});
