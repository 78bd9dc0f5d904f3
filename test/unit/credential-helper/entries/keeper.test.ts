import assert from 'node:assert/strict';
import { settle } from '../../../support/fake-clock.ts';
import { refusal } from '../../credentials/fake-cloud.ts';
import { chainToB, entryPlan } from './entry-plans.ts';
import { instancePlan, KeeperWorld, MINUTE } from './keeper-world.ts';

const position = (n: number) => ({ entry: { position: n } });

describe('EntryKeeper', () => {
  it('shows nothing until the configuration is complete and every entry was tried', async () => {
    const world = new KeeperWorld();
    world.addInstance('cri-a');
    await world.start();
    await world.clock.advance(20_000);
    assert.equal(world.keeper.current(), undefined);
    const gate = Promise.withResolvers<void>();
    world.cloud.gate = gate.promise;
    world.configure([entryPlan(), instancePlan('cri-a', position(2))]);
    await world.clock.advance(60_000);
    assert.equal(world.keeper.current(), undefined);
    gate.resolve();
    await settle();
    await settle();
    assert.deepEqual(world.hosts(), [
      'cri-a.example.com',
      'registry-internal.cn-hangzhou.aliyuncs.com',
      'registry-vpc.cn-hangzhou.aliyuncs.com',
      'registry.cn-hangzhou.aliyuncs.com',
    ]);
    assert.equal(world.changes.length, 1, 'one change for both');
    await world.stop();
  });

  it('is an empty login where nothing is configured', () => {
    const world = new KeeperWorld();
    world.configure([]);
    assert.equal(world.keeper.current()?.dockerConfig.reveal(), '{"auths":{}}');
    assert.equal(world.keeper.current()?.expiresAtMs, undefined);
  });

  it('asks once for entries that share chain and registry, and side by side for others', async () => {
    const world = new KeeperWorld();
    world.addInstance('cri-a');
    world.addInstance('cri-b');
    world.configure([
      instancePlan('cri-a', { entry: { position: 1, domains: ['one.example.com'] } }),
      instancePlan('cri-a', { entry: { position: 2, domains: ['two.example.com'] } }),
      instancePlan('cri-a', { entry: { position: 3 } }),
      instancePlan('cri-b', { entry: { position: 4, domains: ['b.example.com'] } }),
      instancePlan('cri-b', { chain: chainToB(), entry: { position: 5, domains: ['c.example.com'] } }),
    ]);
    const gate = Promise.withResolvers<void>();
    world.cloud.gate = gate.promise;
    await world.start();
    assert.equal(world.cloud.calls.length, 3, 'none waits for another one');
    gate.resolve();
    await settle();
    await settle();
    assert.equal(world.cloud.count('GetAuthorizationToken'), 3);
    assert.equal(world.cloud.count('AssumeRole'), 1);
    assert.equal(world.cloud.count('ListInstanceEndpoint'), 1);
    assert.equal(world.changes.length, 1);
    const auths = world.auths();
    assert.equal(auths['one.example.com']?.password, auths['two.example.com']?.password);
    assert.equal(auths['one.example.com']?.password, auths['cri-a.example.com']?.password);
    assert.notEqual(auths['b.example.com']?.password, auths['c.example.com']?.password);
    await world.stop();
  });

  it('does not ask for names where an entry gives them', async () => {
    const world = new KeeperWorld();
    world.addInstance('cri-a');
    world.configure([instancePlan('cri-a', { entry: { domains: ['one.example.com'] } }), entryPlan(position(2))]);
    await world.start();
    assert.equal(world.cloud.count('ListInstanceEndpoint'), 0);
    await world.stop();
  });

  it('tells of the first password with the time of its renewal', async () => {
    const world = new KeeperWorld();
    world.addInstance('cri-a');
    world.configure([instancePlan('cri-a', position(3))]);
    await world.start();
    assert.deepEqual(world.told('CredentialsRefreshed'), [
      'Entry 3 (instance cri-a in cn-hangzhou): password until 2026-01-01T01:00:00Z, next renewal at 2026-01-01T00:45:00Z, for cri-a.example.com.',
    ]);
    await world.stop();
  });

  it('serves what works when another entry fails', async () => {
    const world = new KeeperWorld();
    world.configure([entryPlan(), instancePlan('cri-none', position(2))]);
    await world.start();
    assert.equal(world.hosts().length, 3);
    assert.match(
      world.told('CredentialFetchFailed').join('\n'),
      /^Entry 2 \(instance cri-none in cn-hangzhou\): GetAuthorizationToken was answered INSTANCE_NOT_EXIST.*request id REQ-1.*Nothing serves its hosts meanwhile\. Check regionId first/,
    );
    assert.deepEqual(
      world.keeper.statuses().map(({ position, state }) => [position, state]),
      [
        [1, 'serving'],
        [2, 'failing'],
      ],
    );
    await world.stop();
  });

  it('leaves a host to the first entry, warns once with both positions, and keeps it there while the first one fails', async () => {
    const world = new KeeperWorld();
    world.addInstance('cri-a', ['shared.example.com']);
    world.addInstance('cri-b', ['shared.example.com', 'b.example.com']);
    world.configure([instancePlan('cri-a', position(1)), instancePlan('cri-b', position(2))]);
    await world.start();
    const own = world.auths()['shared.example.com']?.password;
    assert.ok(own?.includes('cri-a'));
    assert.deepEqual(world.told('ConfigWarning'), [
      'acr-registry-info: entry 1 (instance cri-a in cn-hangzhou) and entry 2 (instance cri-b in cn-hangzhou) both have shared.example.com: the first keeps what both have, the password of the second is not used for it.',
    ]);
    world.cloud.fail(
      'GetAuthorizationToken',
      () => refusal('GetAuthorizationToken', 'NoPermission'),
      ({ target }) => target.endsWith('cri-a'),
    );
    await world.clock.advance(61 * MINUTE);
    assert.deepEqual(world.hosts(), ['b.example.com']);
    assert.equal(world.told('ConfigWarning').length, 1);
    await world.stop();
  });

  it('tells of entries that are refused, and asks nothing for them', async () => {
    const world = new KeeperWorld();
    const finding = {
      reason: 'EntryUnsupported',
      key: 'acr-registry-info',
      message: 'set tokenMode',
      position: 1,
    } as const;
    world.configure([{ kind: 'refused', entry: { position: 1, expireDurationSeconds: 3600 }, finding }]);
    await world.start();
    assert.deepEqual(world.reports, [{ reason: 'EntryUnsupported', message: 'set tokenMode' }]);
    assert.equal(world.cloud.calls.length, 0);
    assert.deepEqual(world.keeper.statuses(), [
      {
        position: 1,
        regionId: 'cn-hangzhou',
        chain: '',
        hosts: [],
        state: 'refused',
        lastError: { reason: 'EntryUnsupported', message: 'set tokenMode', since: '2026-01-01T00:00:00Z' },
      },
    ]);
    await world.stop();
  });

  it('tells nothing while another replica leads', async () => {
    const world = new KeeperWorld();
    const finding = { reason: 'EntryUnsupported', key: 'acr-registry-info', message: 'set tokenMode' } as const;
    world.configure([{ kind: 'refused', entry: { position: 1, expireDurationSeconds: 3600 }, finding }]);
    assert.deepEqual(world.reports, []);
    assert.equal(world.keeper.findings().length, 1);
    await world.start();
    assert.equal(world.reports.length, 1);
    await world.stop();
  });

  it('shows nothing secret in content, reports, statuses and metrics', async () => {
    const world = new KeeperWorld();
    world.addInstance('cri-a');
    world.configure([instancePlan('cri-a', { chain: chainToB() })]);
    await world.start();
    const content = world.keeper.current();
    const shown = JSON.stringify([
      content,
      world.reports,
      world.keeper.statuses(),
      world.keeper.findings(),
      [...world.gauges],
      world.counts,
    ]);
    assert.ok(!shown.includes('S3CRET'), shown);
    assert.match(content?.digest ?? '', /^[0-9a-f]{64}$/);
    await world.stop();
  });

  it('counts fetches and shows life and states', async () => {
    const world = new KeeperWorld();
    world.addInstance('cri-a');
    world.configure([instancePlan('cri-a'), instancePlan('cri-none', position(2))]);
    await world.start();
    await world.clock.advance(4_000);
    assert.deepEqual(world.counts.toSorted(), [
      'eci_kubelet_helper_fetches_total ok',
      'eci_kubelet_helper_fetches_total permanent',
    ]);
    const gauge = (name: string) => world.gauges.get(`eci_kubelet_helper_${name}`);
    assert.equal(gauge('entries serving'), 1);
    assert.equal(gauge('entries failing'), 1);
    assert.equal(gauge('entry_expires_in_seconds 2 cri-none cn-hangzhou'), 0);
    const life = gauge('entry_expires_in_seconds 1 cri-a cn-hangzhou') ?? 0;
    assert.ok(life <= 3600 && life >= 3590, String(life));
    world.configure([instancePlan('cri-a')]);
    await world.clock.advance(5_000);
    assert.ok(Number.isNaN(gauge('entry_expires_in_seconds 2 cri-none cn-hangzhou')));
    await world.stop();
  });

  it('forgets everything when it stops leading, and takes over what its successor has left', async () => {
    const world = new KeeperWorld();
    const plans = [entryPlan()];
    world.configure(plans);
    await world.start();
    await world.stop();
    assert.equal(world.keeper.current(), undefined);
    assert.equal(world.keeper.statuses()[0]?.state, 'waiting');
    const successor = new KeeperWorld();
    successor.configure(plans);
    await successor.clock.advance(50 * MINUTE);
    await successor.start();
    await world.clock.advance(60 * MINUTE);
    world.cloud.calls.length = 0;
    assert.equal(await world.recover(successor.secret()), true);
    await world.start();
    assert.equal(world.keeper.current()?.expiresAtMs, Date.UTC(2026, 0, 1) + 110 * MINUTE);
    assert.deepEqual(world.cloud.calls, []);
    await Promise.all([world.stop(), successor.stop()]);
  });

  it('never sleeps longer than five seconds, and nobody is left when it ends', async () => {
    const world = new KeeperWorld();
    world.configure([entryPlan()]);
    await world.start();
    for (let turn = 0; turn < 100; turn += 1) {
      assert.ok((world.clock.nextWakeMs() ?? Infinity) <= 5_000);
      await world.clock.advance(5_000);
    }
    await world.stop();
    assert.equal(world.clock.sleeping(), 0);
  });
});
