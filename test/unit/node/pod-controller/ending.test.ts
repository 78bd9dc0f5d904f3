import assert from 'node:assert/strict';
import { AlibabaCloudError } from '../../../../src/alibaba/errors.ts';
import { PATH, aPod, setUp, deleting } from '../../../support/pod-controller-bench.ts';

describe('a Pod that a complete list does not have any more', () => {
  it('leaves its instance to the orphan sweeper, which would notice an emptied cluster', async () => {
    const world = setUp();
    await world.add();
    await world.unlist();
    await world.clock.advance(600_000);
    assert.deepEqual(world.provider.deletes, []);
    assert.equal(world.knows(), false);
    world.stop();
  });

  it('is taken up again with its instance when it comes back, as after a restored backup', async () => {
    const world = setUp();
    await world.add();
    await world.unlist();
    world.client.put(PATH, aPod());
    await world.add();
    await world.clock.advance(600_000);
    assert.deepEqual(world.provider.deletes, []);
    assert.deepEqual(world.provider.attempts, [1]);
    world.stop();
  });

  it('loses its instance at once when it was being deleted, or was over', async () => {
    for (const last of [aPod(deleting), aPod({}, { phase: 'Succeeded' })]) {
      const world = setUp();
      await world.add();
      world.client.put(PATH, last);
      await world.unlist();
      assert.deepEqual(world.provider.deletes, [true]);
      world.stop();
    }
  });
});

describe('the Pod controller, ending', () => {
  it('deletes gracefully once, and removes the Pod only when the instance is proven to be gone', async () => {
    const world = setUp();
    await world.add();
    await world.update(aPod(deleting, { phase: 'Running' }));
    await world.clock.advance(5_000);
    assert.deepEqual(world.provider.deletes, [false]);
    assert.ok(world.stored() !== undefined);
    world.provider.vanish();
    await world.clock.advance(0);
    assert.equal(world.stored(), undefined);
    const last = world.client.calls.findLast((call) => call.verb.startsWith('patch'));
    assert.match(JSON.stringify(last?.body), /"phase":"Failed"/, 'a final phase is visible before the Pod goes');
    assert.deepEqual(world.client.calls.at(-1)?.body, { uid: 'u1', gracePeriodSeconds: 0 });
    world.stop();
  });

  it('tells that an instance cannot be deleted, tries again, and keeps the Pod as it is', async () => {
    const world = setUp();
    await world.add();
    world.provider.show('running');
    await world.clock.advance(2_000);
    world.provider.deleteFailures.push(
      new AlibabaCloudError({ code: 'Throttling', message: 'slow down', action: 'DeleteContainerGroup' }),
    );
    await world.update(aPod(deleting, { phase: 'Running' }));
    assert.match(world.events.at(-1) ?? '', /^Warning ProviderDeleteFailed: /);
    assert.equal(world.stored()?.status?.phase, 'Running');
    await world.clock.advance(10_000);
    assert.deepEqual(world.provider.deletes, [false, false]);
    assert.equal(world.stored()?.status?.phase, 'Running');
    world.stop();
  });

  it('tries again to write the end of a Pod, without another deletion of the instance', async () => {
    const world = setUp();
    await world.add();
    await world.update(aPod(deleting, { phase: 'Running' }));
    world.client.fail('patch', 'InternalError', 500);
    world.provider.vanish();
    await world.clock.advance(0);
    assert.ok(world.stored() !== undefined);
    assert.notEqual(world.stored()?.status?.phase, 'Failed', 'the write has failed');
    await world.clock.advance(60_000);
    assert.equal(world.stored(), undefined);
    assert.deepEqual(world.provider.deletes, [false]);
    world.stop();
  });

  it('removes a Pod at once that was deleted before anything was created', async () => {
    const world = setUp(aPod(deleting));
    await world.add();
    assert.deepEqual(world.provider.deletes, []);
    assert.equal(world.stored(), undefined);
    world.stop();
  });

  it('deletes the instance by force when the Pod vanishes, and then forgets the Pod', async () => {
    const world = setUp();
    await world.add();
    await world.remove();
    assert.deepEqual(world.provider.deletes, [true]);
    assert.equal(world.knows(), true);
    world.provider.vanish();
    await world.clock.advance(0);
    assert.equal(world.knows(), false);
    world.stop();
  });

  it('fails a Pod whose instance is gone, so that its controller replaces it, and never creates it again', async () => {
    const world = setUp();
    await world.add();
    world.provider.vanish();
    await world.clock.advance(0);
    assert.deepEqual([world.stored()?.status?.phase, world.stored()?.status?.reason], ['Failed', 'NotFound']);
    await world.clock.advance(600_000);
    assert.deepEqual(world.provider.attempts, [1]);
    world.stop();
  });

  it('replaces an instance that could not be placed by a new attempt', async () => {
    const world = setUp();
    await world.add();
    world.provider.show('unschedulable');
    await world.clock.advance(0);
    assert.deepEqual(world.provider.deletes, [false]);
    world.provider.vanish();
    await world.clock.advance(20_000);
    assert.deepEqual(world.provider.attempts, [1, 2]);
    assert.equal(world.stored()?.status?.phase, 'Pending');
    world.stop();
  });

  it('fails a Pod at a deadline that was set while it ran, and stops its instance', async () => {
    const world = setUp();
    await world.add();
    world.provider.show('running');
    await world.clock.advance(0);
    const startTime = new Date(world.clock.nowMs()).toISOString();
    const stored = world.stored() ?? aPod();
    await world.update({
      ...stored,
      spec: { containers: stored.spec?.containers ?? [], activeDeadlineSeconds: 60 },
      status: { ...stored.status, startTime },
    });
    await world.clock.advance(59_000);
    assert.equal(world.stored()?.status?.phase, 'Running');
    await world.clock.advance(2_000);
    assert.deepEqual([world.stored()?.status?.phase, world.stored()?.status?.reason], ['Failed', 'DeadlineExceeded']);
    assert.deepEqual(world.provider.deletes, [false]);
    world.stop();
  });

  it('stops what still runs of a Pod that somebody else has failed', async () => {
    const world = setUp();
    await world.add();
    world.provider.show('running');
    await world.update({ ...(world.stored() ?? aPod()), status: { phase: 'Failed', reason: 'Evicted' } });
    assert.deepEqual(world.provider.deletes, [false]);
    assert.equal(world.stored()?.status?.reason, 'Evicted');
    world.stop();
  });

  it('keeps the instance of a finished Pod for its logs, although each listing shows it anew', async () => {
    const world = setUp();
    await world.add();
    world.provider.show('terminal');
    await world.update({ ...(world.stored() ?? aPod()), status: { phase: 'Succeeded' } });
    for (let minute = 0; minute < 59; minute++) {
      world.provider.show('terminal');
      await world.clock.advance(60_000);
    }
    assert.deepEqual(world.provider.deletes, []);
    await world.clock.advance(90_000);
    assert.deepEqual(world.provider.deletes, [false]);
    world.stop();
  });

  it('keeps to the shorter grace period of a second deletion', async () => {
    const world = setUp();
    await world.add();
    world.provider.show('running');
    await world.update(aPod(deleting, { phase: 'Running' }));
    const second = { deletionTimestamp: '2026-01-01T00:00:05Z', deletionGracePeriodSeconds: 5 };
    await world.update(aPod(second, { phase: 'Running' }));
    await world.clock.advance(4_000);
    assert.deepEqual(world.provider.deletes, [false]);
    await world.clock.advance(2_000);
    assert.deepEqual(world.provider.deletes, [false, true]);
    world.stop();
  });

  it('removes a Pod whose instance does not end only where that is allowed, and goes on deleting the instance', async () => {
    for (const forceRemoveAfterMs of [undefined, 120_000]) {
      const world = setUp(aPod(), forceRemoveAfterMs === undefined ? {} : { forceRemoveAfterMs });
      await world.add();
      world.provider.show('running');
      await world.update(aPod(deleting, { phase: 'Running' }));
      await world.clock.advance(30_000 + 119_000);
      assert.ok(world.stored() !== undefined);
      await world.clock.advance(3_600_000);
      assert.equal(world.stored() === undefined, forceRemoveAfterMs !== undefined);
      assert.equal(
        world.events.some((event) => event.startsWith('Warning PodRemovedEarly')),
        forceRemoveAfterMs !== undefined,
      );
      assert.ok(world.provider.deletes.length > 10, 'asked for again and again');
      world.stop();
    }
  });

  it('asks the API once to remove a Pod that finalizers of others keep', async () => {
    const world = setUp();
    await world.add();
    world.provider.vanish();
    const kept = { ...aPod({ ...deleting, finalizers: ['batch.kubernetes.io/job-tracking'] }, { phase: 'Running' }) };
    await world.update(kept);
    for (let time = 0; time < 3; time++) await world.update(kept);
    assert.equal(world.client.calls.filter(({ verb }) => verb === 'delete').length, 1);
    world.stop();
  });

  it('makes another instance for a lost one that never ran, where that is wanted and nobody else would', async () => {
    for (const [owned, attempts] of [
      [false, [1, 2]],
      [true, [1]],
    ] as const) {
      const ownerReferences = owned
        ? [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'r1', controller: true }]
        : [];
      const world = setUp(aPod({ ownerReferences }), { lostBarePods: 'recreate' });
      await world.add();
      world.provider.vanish();
      await world.clock.advance(0);
      assert.deepEqual(world.provider.attempts, attempts);
      assert.equal(world.stored()?.status?.phase, owned ? 'Failed' : 'Pending');
      world.stop();
    }
  });

  it('says that exit codes are not known of an instance that ended while nobody ran', async () => {
    const world = setUp(aPod({}, { phase: 'Running' }));
    world.provider.claim = 'eci-1';
    await world.add();
    world.provider.vanish();
    await world.clock.advance(0);
    assert.match(world.stored()?.status?.message ?? '', /ended while eci-kubelet did not run: with what exit codes/);
    world.stop();
  });
});
