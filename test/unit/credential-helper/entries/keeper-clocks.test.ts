import assert from 'node:assert/strict';
import { refusal } from '../../credentials/fake-cloud.ts';
import { chainToB, entryPlan } from './entry-plans.ts';
import { HOUR, instancePlan, KeeperWorld, MINUTE } from './keeper-world.ts';

describe('clocks', () => {
  it('is right again within five seconds after a machine that slept for three hours, without an alarm', async () => {
    const world = new KeeperWorld();
    world.addInstance('cri-a');
    world.configure([instancePlan('cri-a', { chain: chainToB() }), entryPlan({ entry: { position: 2 } })]);
    await world.start();
    const before = world.changes.length;
    world.clock.jump(3 * HOUR);
    await world.clock.advance(5_000);
    assert.ok((world.keeper.current()?.expiresAtMs ?? 0) - world.clock.nowMs() > 59 * MINUTE);
    assert.equal(world.hosts().length, 4);
    assert.equal(world.changes.length, before + 1);
    assert.equal(world.told('CredentialExpired').length, 0);
    await world.stop();
  });

  it('gives up what has died in its sleep when it cannot be renewed', async () => {
    const world = new KeeperWorld();
    world.configure([entryPlan()]);
    await world.start();
    world.cloud.fail('GetAuthorizationToken', () => refusal('GetAuthorizationToken', 'ServiceUnavailable'));
    world.clock.jump(3 * HOUR);
    await world.clock.advance(6_000);
    assert.deepEqual(world.hosts(), []);
    assert.equal(world.told('CredentialExpired').length, 1);
    await world.stop();
  });

  it('does nothing about a clock that is set back by 40 s', async () => {
    const world = new KeeperWorld();
    world.configure([entryPlan()]);
    await world.start();
    world.clock.jump(-40_000);
    await world.clock.advance(10 * MINUTE);
    assert.equal(world.cloud.count('GetAuthorizationToken'), 1);
    assert.equal(world.changes.length, 1);
    await world.stop();
  });

  it('does not trust the age of a password after the clock was set back by hours', async () => {
    const world = new KeeperWorld();
    world.addInstance('cri-a');
    world.configure([instancePlan('cri-a', { chain: chainToB() })]);
    await world.start();
    await world.clock.advance(30 * MINUTE);
    world.clock.jump(-3 * HOUR);
    await world.clock.advance(MINUTE);
    assert.equal(world.cloud.count('AssumeRole'), 2, 'asked anew, once');
    assert.deepEqual(world.hosts(), ['cri-a.example.com']);
    await world.stop();
  });

  it('does not sit out the pause of a failure for hours when the clock is set back', async () => {
    const world = new KeeperWorld();
    const mend = world.cloud.fail('GetAuthorizationToken', () => refusal('GetAuthorizationToken', 'NoPermission'));
    world.configure([entryPlan()]);
    await world.start();
    await world.clock.advance(20 * MINUTE);
    mend();
    world.clock.jump(-3 * HOUR);
    await world.clock.advance(5_000);
    assert.equal(world.hosts().length, 3);
    await world.stop();
  });

  it('refuses a password that is dead by the clock of the machine, and says so', async () => {
    const world = new KeeperWorld();
    world.cloud.ownKeyExpiresAtMs = world.clock.nowMs() + 50_000;
    world.configure([entryPlan()]);
    await world.start();
    assert.deepEqual(world.hosts(), []);
    assert.match(world.told('CredentialFetchFailed').join(), /PasswordEndsTooSoon.*check the clock/);
    await world.stop();
  });
});
