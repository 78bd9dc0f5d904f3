import assert from 'node:assert/strict';
import { Secret } from '../../../../src/secret.ts';
import { settle } from '../../../support/fake-clock.ts';
import { refusal } from '../../credentials/fake-cloud.ts';
import { chainToB, entryPlan } from './entry-plans.ts';
import { HOUR, instancePlan, KeeperWorld, MINUTE } from './keeper-world.ts';

const one = entryPlan({ entry: { position: 1, domains: ['one.example.com'] } });
const two = instancePlan('cri-a', { entry: { position: 2, domains: ['two.example.com'] } });
const three = instancePlan('cri-b', { chain: chainToB(), entry: { position: 3, domains: ['three.example.com'] } });

async function serving(...plans: Parameters<KeeperWorld['configure']>[0]): Promise<KeeperWorld> {
  const world = new KeeperWorld();
  world.addInstance('cri-a');
  world.addInstance('cri-b');
  world.configure(plans);
  await world.start();
  world.changes.length = 0;
  world.cloud.calls.length = 0;
  return world;
}

describe('a changed configuration', () => {
  it('takes a removed entry out at once, without a call', async () => {
    const world = await serving(one, two);
    world.configure([two]);
    assert.deepEqual(world.hosts(), ['two.example.com']);
    await world.clock.advance(MINUTE);
    assert.equal(world.changes.length, 1);
    assert.equal(world.cloud.calls.length, 0);
    await world.stop();
  });

  it('fetches only what is new', async () => {
    const world = await serving(one, two);
    world.configure([one, two, three]);
    await settle();
    await settle();
    assert.deepEqual(
      world.cloud.calls.map(({ action }) => action),
      ['AssumeRole', 'GetAuthorizationToken'],
    );
    assert.deepEqual(world.hosts(), ['one.example.com', 'three.example.com', 'two.example.com']);
    assert.equal(world.changes.length, 1);
    await world.stop();
  });

  it('leaves no gap where an entry is served in another way, and makes one change of it', async () => {
    const world = await serving(one, two);
    const gate = Promise.withResolvers<void>();
    world.cloud.gate = gate.promise;
    world.configure([one, { ...two, chain: chainToB(), fingerprint: 'another' }]);
    await world.clock.advance(4_000);
    assert.deepEqual(world.hosts(), ['one.example.com', 'two.example.com'], 'the old password meanwhile');
    const before = world.auths()['two.example.com']?.password;
    gate.resolve();
    await world.clock.advance(1_000);
    assert.notEqual(world.auths()['two.example.com']?.password, before);
    assert.equal(world.changes.length, 1);
    await world.stop();
  });

  it('does not wait longer than 15 seconds for a call that hangs', async () => {
    const world = await serving(one, two);
    world.cloud.gate = new Promise(() => {});
    world.configure([two, three]);
    await world.clock.advance(14_000);
    assert.equal(world.changes.length, 0);
    await world.clock.advance(6_000);
    assert.deepEqual(world.hosts(), ['two.example.com']);
  });

  it('asks nothing for other hosts, another mail address or other namespaces', async () => {
    const world = await serving(one, two);
    world.configure([one, { ...two, entry: { ...two.entry, domains: ['new.example.com'] }, fingerprint: 'another' }], {
      notifyEmail: 'me@example.com',
      namespaces: { kind: 'all' },
    });
    assert.deepEqual(world.hosts(), ['new.example.com', 'one.example.com']);
    assert.equal(world.auths()['new.example.com']?.email, 'me@example.com');
    await world.clock.advance(MINUTE);
    assert.equal(world.cloud.calls.length, 0);
    await world.stop();
  });

  it('tries what fails again at once, though not more often than every five seconds', async () => {
    const world = new KeeperWorld();
    world.cloud.fail('GetAuthorizationToken', () => refusal('GetAuthorizationToken', 'NoPermission'));
    world.configure([one]);
    await world.start();
    await world.clock.advance(11 * MINUTE);
    world.cloud.calls.length = 0;
    for (let second = 0; second < 20; second += 1) {
      world.configure([one]);
      await world.clock.advance(1_000);
    }
    assert.ok(world.cloud.calls.length >= 3 && world.cloud.calls.length <= 5, `${world.cloud.calls.length} calls`);
    await world.stop();
  });

  it('asks again with a secret that was corrected', async () => {
    const withSecret = (secret: string) =>
      entryPlan({
        identity: { kind: 'access-key', key: { accessKeyId: 'LTAI', accessKeySecret: new Secret(secret) } },
        entry: { domains: ['one.example.com'] },
        fingerprint: 'the same',
      });
    const world = new KeeperWorld({
      chainsFor: ({ identity }) => ({
        password: async () => ({
          userName: 'cr_temp_user',
          password: identity.kind === 'access-key' ? identity.key.accessKeySecret : new Secret(''),
          expiresAtMs: world.clock.nowMs() + HOUR,
        }),
        call: async () => assert.fail('no names are wanted'),
      }),
    });
    world.configure([withSecret('wrong')]);
    await world.start();
    world.configure([withSecret('right')]);
    await world.clock.advance(1_000);
    assert.equal(world.auths()['one.example.com']?.password, 'right');
    assert.equal(world.keeper.statuses().length, 1);
    await world.stop();
  });

  it('applies another threshold to what it holds', async () => {
    const world = await serving(one);
    await world.clock.advance(35 * MINUTE);
    assert.equal(world.cloud.calls.length, 0);
    world.configure([one], { expiringThresholdMs: 30 * MINUTE });
    await world.clock.advance(1_000);
    assert.equal(world.cloud.count('GetAuthorizationToken'), 1);
    await world.stop();
  });

  it('shows nothing while it is incomplete, and the same as before when it is good again', async () => {
    const world = await serving(one, two);
    const before = world.keeper.current();
    world.breakConfiguration();
    assert.equal(world.keeper.current(), undefined);
    assert.deepEqual(world.keeper.statuses(), []);
    world.configure([one, two]);
    assert.equal(world.keeper.current()?.digest, before?.digest);
    assert.equal(world.changes.length, 2);
    assert.equal(world.cloud.calls.length, 0);
    await world.stop();
  });

  it('forgets what comes for an entry that was removed meanwhile', async () => {
    const world = await serving(one);
    const gate = Promise.withResolvers<void>();
    world.cloud.gate = gate.promise;
    world.configure([one, two]);
    await world.clock.advance(1_000);
    world.configure([one]);
    gate.resolve();
    await world.clock.advance(HOUR / 2);
    assert.deepEqual(world.hosts(), ['one.example.com']);
    assert.equal(world.told('CredentialsRefreshed').length, 1);
    await world.stop();
  });

  it('serves an entry that stands there twice once', async () => {
    const world = await serving(one, { ...one, entry: { ...one.entry, position: 2 } });
    assert.equal(world.keeper.current()?.marks.length, 1);
    assert.equal(world.told('ConfigWarning').length, 1);
    assert.deepEqual(
      world.keeper.statuses().map(({ state }) => state),
      ['serving', 'serving'],
    );
    await world.stop();
  });
});
