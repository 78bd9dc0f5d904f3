import assert from 'node:assert/strict';
import { OWN } from '../../credentials/fake-cloud.ts';
import { chainToB, entryPlan, ROLE_B } from './entry-plans.ts';
import { HOUR, instancePlan, KeeperWorld, MINUTE } from './keeper-world.ts';

/** Lets time pass in steps, and checks at each of them that every host has a password that lives. */
async function liveThrough(world: KeeperWorld, ms: number, stepMs = MINUTE): Promise<void> {
  for (let passed = 0; passed < ms; passed += stepMs) {
    await world.clock.advance(stepMs);
    const content = world.keeper.current();
    const leftMs = (content?.expiresAtMs ?? 0) - world.clock.nowMs();
    assert.ok(leftMs > 14 * MINUTE, `${leftMs / MINUTE} min are left at minute ${passed / MINUTE}`);
  }
}

describe('renewal of entries', () => {
  for (const [jitter, fetches] of [
    [0, 33],
    [0.5, 34],
    [0.999, 35],
  ] as const) {
    it(`renews a password of an hour ${fetches - 1} times a day, never later than the threshold, with a jitter of ${jitter}`, async () => {
      const world = new KeeperWorld({ jitter });
      world.addInstance('cri-a');
      world.configure([instancePlan('cri-a', { chain: chainToB() })]);
      await world.start();
      await liveThrough(world, 24 * HOUR);
      assert.equal(world.cloud.count('GetAuthorizationToken'), fetches);
      // One session for each password: never one twice, never one for nothing.
      assert.equal(world.cloud.count('AssumeRole'), fetches);
      assert.equal(world.cloud.count('ListInstanceEndpoint'), fetches);
      assert.equal(world.changes.length, fetches);
      assert.equal(world.told('CredentialsRefreshed').length, 1, 'quiet renewals');
      await world.stop();
    });
  }

  it('renews sessions of twelve hours after eleven and three quarters', async () => {
    const world = new KeeperWorld();
    world.addInstance('cri-a');
    world.configure([instancePlan('cri-a', { chain: chainToB(43_200), entry: { expireDurationSeconds: 43_200 } })]);
    await world.start();
    await world.clock.advance(11.75 * HOUR - 1);
    assert.equal(world.cloud.count('AssumeRole'), 1);
    await world.clock.advance(5_001);
    assert.equal(world.cloud.count('AssumeRole'), 2);
    assert.equal(world.keeper.current()?.expiresAtMs, Date.UTC(2026, 0, 1) + 23.75 * HOUR);
    await world.stop();
  });

  it('renews entries that were obtained seconds apart together, as one change, at any jitter', async () => {
    for (const jitter of [0, 0.5, 0.999]) {
      const world = new KeeperWorld({ jitter });
      world.addInstance('cri-a');
      world.addInstance('cri-b');
      world.configure([entryPlan()]);
      await world.start();
      await world.clock.advance(20_000);
      world.configure([entryPlan(), instancePlan('cri-a', { entry: { position: 2 } })]);
      await world.clock.advance(20_000);
      world.configure([
        entryPlan(),
        instancePlan('cri-a', { entry: { position: 2 } }),
        instancePlan('cri-b', { chain: chainToB(), entry: { position: 3 } }),
      ]);
      await world.clock.advance(20_000);
      assert.equal(world.changes.length, 3);
      world.changes.length = 0;
      await liveThrough(world, 6 * HOUR);
      const passwords = world.cloud.count('GetAuthorizationToken') - 3;
      assert.equal(passwords, world.changes.length * 3, 'one change for three passwords');
      assert.ok(world.changes.length <= 9, `${world.changes.length} renewals`);
      await world.stop();
    }
  });

  it('looks for new names of the instance at each renewal', async () => {
    const world = new KeeperWorld();
    world.addInstance('cri-a', ['old.example.com']);
    world.configure([instancePlan('cri-a')]);
    await world.start();
    const instance = world.cloud.instances[0];
    assert.ok(instance);
    instance.domains = [{ domain: 'new.example.com', type: 'USER' }];
    await world.clock.advance(44 * MINUTE);
    assert.deepEqual(world.hosts(), ['old.example.com']);
    await world.clock.advance(2 * MINUTE);
    assert.deepEqual(world.hosts(), ['new.example.com']);
    await world.stop();
  });

  it('renews at half of the life where the threshold is more than that, and warns once', async () => {
    const world = new KeeperWorld();
    world.configure([entryPlan({ entry: { domains: ['a.example.com'] } })], { expiringThresholdMs: 2 * HOUR });
    await world.start();
    await world.clock.advance(30 * MINUTE - 1);
    assert.equal(world.cloud.count('GetAuthorizationToken'), 1);
    await world.clock.advance(10_000);
    assert.equal(world.cloud.count('GetAuthorizationToken'), 2);
    await world.clock.advance(10 * HOUR);
    assert.ok(world.cloud.count('GetAuthorizationToken') <= 22);
    assert.deepEqual(world.told('ConfigWarning'), [
      'expiring-threshold: Entry 1 (Personal Edition in cn-hangzhou): 7200 s is more than half of the life of its passwords; they are renewed when half of it is left.',
    ]);
    world.configure([entryPlan({ entry: { domains: ['a.example.com'] } })], { expiringThresholdMs: 15 * MINUTE });
    assert.deepEqual(world.keeper.findings(), []);
    await world.stop();
  });

  it('renews in time for a clock that is off by a minute where the threshold is too short', async () => {
    const world = new KeeperWorld();
    world.configure([entryPlan({ entry: { domains: ['a.example.com'] } })], { expiringThresholdMs: 1_000 });
    await world.start();
    await world.clock.advance(58 * MINUTE + 5_000);
    assert.equal(world.cloud.count('GetAuthorizationToken'), 2);
    assert.match(world.told('ConfigWarning')[0] ?? '', /1 s is too short to renew a password in time/);
    await world.stop();
  });

  it('tries a base session that is not renewed with growing pauses, and tells of it only when time runs out', async () => {
    const world = new KeeperWorld();
    const { cloud, clock } = world;
    cloud.ownKeyExpiresAtMs = clock.nowMs() + HOUR;
    world.configure([entryPlan({ entry: { domains: ['a.example.com'] } })]);
    await world.start();
    await clock.advance(54 * MINUTE - 1);
    const tries = cloud.count('GetAuthorizationToken');
    assert.ok(tries >= 4 && tries <= 12, `${tries} tries`);
    assert.equal(world.changes.length, 1, 'the password of before stays');
    assert.deepEqual(world.told('CredentialFetchFailed'), []);
    await clock.advance(4 * MINUTE);
    assert.match(world.told('CredentialFetchFailed')[0] ?? '', /PasswordNotRenewed.*serves until 2026-01-01T01:00:00Z/);
    assert.deepEqual(world.hosts(), ['a.example.com']);
    cloud.ownKeyExpiresAtMs = clock.nowMs() + HOUR;
    cloud.ownKeyId = 'LTAIexample-2';
    await clock.advance(MINUTE);
    assert.equal(world.keeper.current()?.expiresAtMs, cloud.ownKeyExpiresAtMs);
    assert.equal(world.told('CredentialExpired').length, 0);
    assert.equal(world.told('CredentialsRefreshed').length, 2);
    await world.stop();
  });

  it('keeps the life of the base session, however short', async () => {
    const world = new KeeperWorld();
    const { cloud, clock } = world;
    // A source that renews its session every ten minutes.
    const renew = (): void => void (cloud.ownKeyExpiresAtMs = clock.nowMs() + 20 * MINUTE);
    renew();
    world.configure([entryPlan({ entry: { domains: ['a.example.com'] } })]);
    await world.start();
    for (let minute = 1; minute <= 240; minute += 1) {
      await clock.advance(MINUTE);
      if (minute % 9 === 0) renew();
      const leftMs = (world.keeper.current()?.expiresAtMs ?? 0) - clock.nowMs();
      assert.ok(leftMs > 5 * MINUTE, `${leftMs / MINUTE} min are left in minute ${minute}`);
    }
    assert.ok(cloud.count('GetAuthorizationToken') <= 50, `${cloud.count('GetAuthorizationToken')} fetches`);
    await world.stop();
  });
});

describe('trust', () => {
  it('never mixes the passwords of two callers of one instance', async () => {
    const world = new KeeperWorld();
    world.addInstance('cri-a');
    world.configure([
      instancePlan('cri-a', { entry: { position: 1, domains: ['own.example.com'] } }),
      instancePlan('cri-a', { chain: chainToB(), entry: { position: 2, domains: ['role.example.com'] } }),
    ]);
    await world.start();
    const auths = world.auths();
    assert.ok(auths['own.example.com']?.password.includes(OWN));
    assert.ok(auths['role.example.com']?.password.includes(ROLE_B));
    await world.stop();
  });
});
