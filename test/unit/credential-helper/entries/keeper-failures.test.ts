import assert from 'node:assert/strict';
import { AlibabaCloudError } from '../../../../src/alibaba/errors.ts';
import { refusal } from '../../credentials/fake-cloud.ts';
import { chainToB, entryPlan } from './entry-plans.ts';
import { HOUR, instancePlan, KeeperWorld, MINUTE } from './keeper-world.ts';

describe('renewal that fails', () => {
  const failing = () => refusal('AssumeRole', 'NoPermission', { policyType: 'AssumeRolePolicy' });

  it('tries again after 5 s doubling to 5 min, while the password of before serves', async () => {
    const world = new KeeperWorld();
    world.addInstance('cri-a');
    world.configure([instancePlan('cri-a', { chain: chainToB(43_200), entry: { expireDurationSeconds: 43_200 } })]);
    await world.start();
    const tries: number[] = [];
    world.cloud.fail('AssumeRole', () => {
      tries.push(world.clock.nowMs());
      return failing();
    });
    await world.clock.advance(11.75 * HOUR + 13 * MINUTE);
    const pauses = tries.slice(1).map((atMs, n) => (atMs - (tries[n] ?? 0)) / 1000);
    assert.deepEqual(pauses.slice(0, 5), [5, 10, 20, 40, 80]);
    // Towards the end the pauses are shorter, so that some tries still fit in.
    assert.ok(
      pauses.slice(5).every((pause) => pause <= 160),
      JSON.stringify(pauses),
    );
    assert.deepEqual(world.hosts(), ['cri-a.example.com']);
    assert.equal(world.keeper.statuses()[0]?.state, 'failing');
    await world.clock.advance(2 * HOUR);
    const late = tries.slice(-4).map((atMs, n, all) => atMs - (all[n - 1] ?? atMs));
    assert.deepEqual(late.slice(1), [300_000, 300_000, 300_000]);
    await world.stop();
  });

  it('gives the hosts of a dead password up, tells since when, and brings them back', async () => {
    const world = new KeeperWorld();
    world.addInstance('cri-a');
    world.configure([
      instancePlan('cri-a', { chain: chainToB(), entry: { position: 1 } }),
      entryPlan({ entry: { position: 2, domains: ['b.example.com'] } }),
    ]);
    await world.start();
    const mend = world.cloud.fail('AssumeRole', failing);
    await world.clock.advance(58 * MINUTE);
    assert.deepEqual(world.hosts(), ['b.example.com', 'cri-a.example.com']);
    assert.deepEqual(world.told('CredentialExpired'), []);
    await world.clock.advance(2 * MINUTE);
    assert.deepEqual(world.hosts(), ['b.example.com'], 'a minute before the end by our clock');
    assert.match(
      world.told('CredentialExpired').join('\n'),
      /^Entry 1 \(instance cri-a in cn-hangzhou\): the password ends at 2026-01-01T01:00:00Z and could not be renewed; failing since 2026-01-01T00:45:00Z: AssumeRole was answered NoPermission\. Taken out of the Secrets: cri-a\.example\.com\.$/,
    );
    assert.equal(world.keeper.statuses()[0]?.state, 'expired');
    mend();
    await world.clock.advance(5 * MINUTE);
    assert.deepEqual(world.hosts(), ['b.example.com', 'cri-a.example.com']);
    assert.equal(world.told('CredentialsRefreshed').length, 3, 'two at first, one after the failure');
    assert.equal(world.keeper.statuses()[0]?.state, 'serving');
    await world.stop();
  });

  it('gives a password up when it is dead, although the service wants to be left alone for longer', async () => {
    const world = new KeeperWorld();
    world.configure([entryPlan()]);
    await world.start();
    const throttled = { code: 'Throttling.User', message: 'm', action: 'GetAuthorizationToken', retryAfterMs: 900_000 };
    world.cloud.fail('GetAuthorizationToken', () => new AlibabaCloudError(throttled));
    await world.clock.advance(59 * MINUTE - 1);
    assert.equal(world.hosts().length, 3);
    assert.equal(world.cloud.count('GetAuthorizationToken'), 2);
    await world.clock.advance(2);
    assert.equal(world.hosts().length, 0);
    assert.equal(world.told('CredentialExpired').length, 1);
    await world.stop();
  });

  it('sounds no alarm over a password that dies while the try that replaces it is under way', async () => {
    const world = new KeeperWorld();
    world.configure([entryPlan()]);
    await world.start();
    const mend = world.cloud.fail('GetAuthorizationToken', () => refusal('GetAuthorizationToken', 'NoPermission'));
    await world.clock.advance(58 * MINUTE + 40_000);
    mend();
    const gate = Promise.withResolvers<void>();
    world.cloud.gate = gate.promise;
    await world.clock.advance(25_000);
    gate.resolve();
    await world.clock.advance(1_000);
    assert.equal(world.hosts().length, 3);
    assert.deepEqual(world.told('CredentialExpired'), []);
    await world.stop();
  });

  it('writes an empty login when nothing is left', async () => {
    const world = new KeeperWorld();
    world.configure([entryPlan()]);
    await world.start();
    world.cloud.fail('GetAuthorizationToken', () => refusal('GetAuthorizationToken', 'NoPermission'));
    await world.clock.advance(61 * MINUTE);
    assert.equal(world.keeper.current()?.dockerConfig.reveal(), '{"auths":{}}');
    assert.deepEqual(world.keeper.current()?.marks, []);
    await world.stop();
  });

  it('waits as long as a service that is throttled asks for', async () => {
    const world = new KeeperWorld();
    const tries: number[] = [];
    world.cloud.fail('GetAuthorizationToken', () => {
      tries.push(world.clock.nowMs());
      return new AlibabaCloudError({
        code: 'Throttling.User',
        message: 'm',
        action: 'GetAuthorizationToken',
        retryAfterMs: 70_000,
      });
    });
    world.configure([entryPlan()]);
    await world.start();
    await world.clock.advance(3 * MINUTE);
    assert.deepEqual(
      tries.map((atMs) => atMs - (tries[0] ?? 0)),
      [0, 70_000, 140_000],
    );
    assert.ok(world.counts.every((count) => count.endsWith('transient')));
    await world.stop();
  });

  it('tells the same failure of another request as the same', async () => {
    const world = new KeeperWorld();
    world.cloud.fail('GetAuthorizationToken', () => refusal('GetAuthorizationToken', 'NoPermission'));
    world.configure([entryPlan()]);
    await world.start();
    await world.clock.advance(MINUTE);
    const same = new Set(world.reports.map(({ sameAs }) => sameAs));
    assert.ok(world.reports.length > 2);
    assert.deepEqual(
      [...same],
      ['Entry 1 (Personal Edition in cn-hangzhou): GetAuthorizationToken was answered NoPermission'],
    );
    await world.stop();
  });

  it('keeps the names of before when only they cannot be listed, and asks again at the next renewal', async () => {
    const world = new KeeperWorld();
    world.addInstance('cri-a');
    world.configure([instancePlan('cri-a')]);
    await world.start();
    const mend = world.cloud.fail('ListInstanceEndpoint', () => refusal('ListInstanceEndpoint', 'NoPermission'));
    await world.clock.advance(46 * MINUTE);
    assert.deepEqual(world.hosts(), ['cri-a.example.com']);
    assert.equal(world.keeper.current()?.expiresAtMs, Date.UTC(2026, 0, 1) + 105 * MINUTE);
    const [status] = world.keeper.statuses();
    assert.equal(status?.state, 'serving');
    assert.match(status?.lastError?.message ?? '', /ListInstanceEndpoint was answered NoPermission/);
    assert.match(
      world.told('CredentialFetchFailed').join(),
      /the host names of before stay\. Grant cr:ListInstanceEndpoint/,
    );
    assert.equal(world.cloud.count('ListInstanceEndpoint'), 2);
    mend();
    await world.clock.advance(46 * MINUTE);
    assert.equal(world.keeper.statuses()[0]?.lastError, undefined);
    await world.stop();
  });

  it('does not fetch the password again while only the first list of names fails', async () => {
    const world = new KeeperWorld();
    world.addInstance('cri-a');
    const mend = world.cloud.fail('ListInstanceEndpoint', () => refusal('ListInstanceEndpoint', 'NoPermission'));
    world.configure([
      instancePlan('cri-a', { entry: { position: 1 } }),
      instancePlan('cri-a', { entry: { position: 2, domains: ['b.example.com'] } }),
    ]);
    await world.start();
    await world.clock.advance(4 * MINUTE);
    assert.equal(world.cloud.count('GetAuthorizationToken'), 1);
    assert.ok(world.cloud.count('ListInstanceEndpoint') >= 5);
    assert.deepEqual(world.hosts(), ['b.example.com'], 'an entry that names its hosts does not need the list');
    assert.deepEqual(
      world.keeper.statuses().map(({ state }) => state),
      ['failing', 'serving'],
    );
    mend();
    await world.clock.advance(5 * MINUTE);
    assert.deepEqual(world.hosts(), ['b.example.com', 'cri-a.example.com']);
    await world.stop();
  });

  it('takes an empty list of names for no answer', async () => {
    const world = new KeeperWorld();
    world.addInstance('cri-a', []);
    world.configure([instancePlan('cri-a')]);
    await world.start();
    assert.match(world.told('CredentialFetchFailed').join(), /NoHostNames.*write its names into domains/);
    await world.stop();
  });
});
