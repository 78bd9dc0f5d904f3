import assert from 'node:assert/strict';
import { aContainer, aPod } from '../../../support/pod-builder.ts';
import { restart, setUp, tagsOf } from '../provider-setup.ts';

const uidOf = (index: number): string => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;

describe('the feed of the ECI provider', () => {
  it('has synced after every page of the first listing, and knows all groups', async () => {
    const { eci, provider, run, stop } = setUp();
    for (let index = 0; index < 45; index++) eci.seed({ containerGroupId: `eci-${index}`, tags: tagsOf(uidOf(index)) });
    assert.equal(provider.hasSynced(), false);
    await run(0);
    assert.equal(provider.hasSynced(), true);
    assert.equal(provider.list().length, 45);
    assert.deepEqual([provider.get(uidOf(7))?.namespace, provider.get(uidOf(7))?.name], ['default', 'web']);
    await stop();
  });

  it('has not synced while any page fails, and tries again', async () => {
    const { eci, provider, run, stop } = setUp();
    for (let index = 0; index < 45; index++) eci.seed({ containerGroupId: `eci-${index}`, tags: tagsOf(uidOf(index)) });
    eci.fail('describeContainerGroups', 'InternalError', { httpStatus: 500 });
    await run(0);
    assert.equal(provider.hasSynced(), false);
    assert.equal(provider.health()?.reachable, false);
    await run(5);
    assert.equal(provider.hasSynced(), true);
    assert.equal(provider.health()?.reachable, true);
    await stop();
  });

  it('ignores groups of other clusters and nodes', async () => {
    const { eci, provider, run, stop } = setUp();
    eci.seed({ containerGroupId: 'eci-a', tags: tagsOf('mine') });
    eci.seed({
      containerGroupId: 'eci-b',
      tags: tagsOf('theirs').map((tag) => (tag.key.endsWith('cluster') ? { ...tag, value: 'other' } : tag)),
    });
    await run(20);
    assert.deepEqual(
      provider.list().map((instance) => instance.uid),
      ['mine'],
    );
    await stop();
  });

  it('tells listeners about a change, and not about an answer that changes nothing', async () => {
    const { eci, provider, run, changed, stop } = setUp();
    const group = eci.seed({ containerGroupId: 'eci-a', status: 'Pending', tags: tagsOf('u') });
    await run(20);
    changed.length = 0;
    await run(20);
    assert.deepEqual(changed, []);
    group.status = 'Running';
    await run(6);
    assert.deepEqual(changed, ['u']);
    assert.equal(provider.get('u')?.phase, 'running');
    await stop();
  });

  it('adopts a group that appears in a poll', async () => {
    const { eci, provider, run, stop } = setUp();
    await run(1);
    eci.seed({ containerGroupId: 'eci-late', tags: tagsOf('late') });
    await run(20);
    assert.equal(provider.get('late')?.instanceId, 'eci-late');
    await stop();
  });

  it('keeps the oldest of two groups of one Pod and deletes the other', async () => {
    const { eci, provider, run, stop } = setUp();
    eci.seed({ containerGroupId: 'eci-2', creationTime: '2026-01-01T00:02:00Z', tags: tagsOf('u') });
    eci.seed({ containerGroupId: 'eci-1', creationTime: '2026-01-01T00:01:00Z', tags: tagsOf('u') });
    await run(1);
    assert.equal(provider.get('u')?.instanceId, 'eci-1');
    assert.deepEqual([...eci.groups.keys()], ['eci-1']);
    await stop();
  });

  it('does not take empty lists as proof when the credential lost its permission', async () => {
    const { eci, provider, run, stop } = setUp();
    eci.seed({ containerGroupId: 'eci-a', tags: tagsOf('u') });
    eci.seed({ containerGroupId: 'eci-b', tags: tagsOf('other') });
    await run(1);
    eci.canList = false;
    await run(2000);
    assert.deepEqual([provider.isVerifiedAbsent('u'), provider.isVerifiedAbsent('other')], [false, false]);
    assert.equal(provider.get('u')?.phase, 'running');
    eci.canList = true;
    eci.groups.delete('eci-a');
    await run(500);
    assert.deepEqual([provider.isVerifiedAbsent('u'), provider.isVerifiedAbsent('other')], [true, false]);
    await stop();
  });

  it('never had permission: what a Pod says about its instance stands', async () => {
    const { eci, provider, run, stop } = setUp();
    eci.canList = false;
    eci.seed({ containerGroupId: 'eci-a', tags: tagsOf('u') });
    provider.createdInstanceId(aPod({ uid: 'u', annotations: { 'k8s.aliyun.com/eci-instance-id': 'eci-a' } }));
    await run(2000);
    assert.equal(provider.isVerifiedAbsent('u'), false);
    await stop();
  });

  it('notices that the only group was deleted', async () => {
    const { eci, provider, run, stop } = setUp();
    eci.seed({ containerGroupId: 'eci-a', tags: tagsOf('u') });
    await run(1);
    eci.groups.delete('eci-a');
    await run(500);
    assert.equal(provider.isVerifiedAbsent('u'), true);
    await stop();
  });

  it('notices a group that somebody deleted behind our back', async () => {
    const { eci, provider, run, changed, stop } = setUp();
    eci.seed({ containerGroupId: 'eci-a', tags: tagsOf('u') });
    eci.seed({ containerGroupId: 'eci-b', tags: tagsOf('other') });
    await run(1);
    eci.groups.delete('eci-a');
    await run(500);
    assert.equal(provider.isVerifiedAbsent('u'), true);
    assert.equal(provider.get('u'), undefined);
    assert.equal(provider.get('other')?.instanceId, 'eci-b');
    assert.equal(changed.at(-1), 'u');
    await stop();
  });

  it('keeps the last state of a finished group whose metadata expired', async () => {
    const { eci, provider, run, stop } = setUp();
    eci.seed({ containerGroupId: 'eci-a', status: 'Succeeded', tags: tagsOf('u') });
    eci.seed({ containerGroupId: 'eci-b', tags: tagsOf('other') });
    await run(1);
    eci.groups.delete('eci-a');
    await run(700);
    assert.equal(provider.get('u')?.phase, 'terminal');
    assert.equal(provider.isVerifiedAbsent('u'), false);
    await stop();
  });

  it('follows up what a Pod says about its instance after a restart', async () => {
    const world = setUp();
    world.eci.seed({ containerGroupId: 'eci-b', tags: tagsOf('other') });
    await world.run(1);
    const pod = aPod({ uid: 'u', annotations: { 'k8s.aliyun.com/eci-instance-id': 'eci-gone' } });
    assert.equal(world.provider.createdInstanceId(pod), 'eci-gone');
    await world.run(30);
    assert.equal(world.provider.isVerifiedAbsent('u'), false);
    await world.run(90);
    assert.equal(world.provider.isVerifiedAbsent('u'), true);
    await world.stop();
  });

  it('does not believe an instance id that came along in a copied manifest', async () => {
    const { provider } = setUp();
    const annotations = {
      'k8s.aliyun.com/eci-instance-id': 'eci-1',
      'k8s.aliyun.com/eci-client-token': 'another-uid-c1',
    };
    assert.equal(provider.createdInstanceId(aPod({ uid: 'u', annotations })), undefined);
    assert.equal(
      provider.createdInstanceId(
        aPod({ uid: 'u', annotations: { ...annotations, 'k8s.aliyun.com/eci-client-token': 'u-c1' } }),
      ),
      'eci-1',
    );
    await Promise.resolve();
  });

  it('asks by id for init containers, which the delta does not tell', async () => {
    const { eci, provider, run, stop } = setUp();
    await run(1);
    const pod = aPod({ spec: { initContainers: [aContainer({ name: 'init' })] } });
    const uid = pod.metadata?.uid ?? '';
    await provider.create(pod, { number: 1 });
    const group = eci.groups.get('eci-1');
    assert.ok(group !== undefined);
    group.status = 'Pending';
    group.initContainers = [{ name: 'init', currentState: { state: 'Running' } }];
    await run(10);
    const instance = provider.get(uid);
    assert.ok(instance !== undefined);
    const status = provider.status(pod, instance, 0);
    assert.ok(status.initContainerStatuses?.[0]?.state?.running !== undefined);
    group.initContainers = [{ name: 'init', currentState: { state: 'Terminated', exitCode: 0 } }];
    await run(10);
    const asked = eci.count('describeContainerGroups');
    await run(60);
    assert.equal(eci.count('describeContainerGroups'), asked);
    await stop();
  });

  it('slows down while it is throttled', async () => {
    const { eci, run, stop } = setUp();
    eci.seed({ containerGroupId: 'eci-a', status: 'Pending', tags: tagsOf('u') });
    await run(30);
    eci.fail('describeContainerGroupStatus', 'Throttling', { times: 1000 });
    const before = eci.count('describeContainerGroupStatus');
    await run(240);
    assert.ok(eci.count('describeContainerGroupStatus') - before <= 12);
    await stop();
  });

  it('needs at most 60 calls a minute for 2,000 steady Pods', async () => {
    const { eci, run, stop } = setUp();
    for (let index = 0; index < 2000; index++) {
      eci.seed({
        containerGroupId: `eci-${index}`,
        tags: tagsOf(uidOf(index)),
        containers: [{ name: 'app', currentState: { state: 'Running' } }],
      });
    }
    await run(1);
    const before = eci.journal.length;
    await run(600);
    // The fake answers a delta with every group, ten pages instead of the one that the cloud would need.
    const deltas = eci.journal.slice(before).filter((call) => call.query['sinceSecond'] !== undefined);
    const pages = deltas.filter((call) => call.query['nextToken'] !== undefined).length;
    assert.ok((eci.journal.length - before - pages) / 10 <= 60);
    await stop();
  }).timeout(20_000);

  it('reads everything anew after a restart', async () => {
    const world = setUp();
    await world.run(1);
    await world.provider.create(aPod(), { number: 1 });
    await world.stop();
    const second = restart(world);
    await second.run(1);
    assert.equal(second.provider.list().length, 1);
    assert.equal(second.provider.get(aPod().metadata?.uid ?? '')?.instanceId, 'eci-1');
    await second.stop();
  });
});
