import assert from 'node:assert/strict';
import { EciKubeletError } from '../../../../src/errors.ts';
import { AFTER_ANNOTATION } from '../../../../src/node/pod-creator.ts';
import { PATH, aPod, setUp, lost, noStock } from '../../../support/pod-controller-bench.ts';

describe('the Pod controller, creating', () => {
  it('creates once and writes id, conditions and status with one patch', async () => {
    const world = setUp();
    await world.add();
    assert.deepEqual(world.provider.attempts, [1]);
    assert.deepEqual(world.client.writes(), [`patch strategic ${PATH}/status`]);
    assert.equal(world.stored()?.metadata?.annotations?.['k8s.aliyun.com/eci-instance-id'], 'eci-1');
    assert.deepEqual(world.stored()?.status?.conditions, [
      { type: 'ImageCredentials', status: 'True', message: 'a chain' },
    ]);
    assert.deepEqual(world.events, ['Normal ProviderCreateSuccess: accepted']);
    world.stop();
  });

  for (const [what, reason, expected] of [
    ['writes what it had put off when it is asked to stop', new Error('received SIGTERM'), '10.0.0.8'],
    [
      'writes nothing any more when another replica may lead by now',
      new EciKubeletError('LeadershipLost', 'the lease could not be renewed'),
      '10.0.0.7',
    ],
  ] as const) {
    it(what, async () => {
      const world = setUp();
      let podIP = '10.0.0.7';
      world.provider.status = () => ({ phase: 'Running', podIP });
      await world.add();
      world.provider.show('running');
      await world.clock.advance(0);
      podIP = '10.0.0.8';
      world.provider.show('running');
      await world.clock.advance(100);
      assert.equal(world.stored()?.status?.podIP, '10.0.0.7', 'a second has not passed since the last write');
      await world.end(reason);
      assert.equal(world.stored()?.status?.podIP, expected);
    });
  }

  it('repeats the write-back until it sticks, without creating again', async () => {
    const world = setUp();
    for (let time = 0; time < 2; time++) world.client.fail('patch', 'InternalError', 500);
    await world.add();
    assert.equal(world.stored()?.metadata?.annotations, undefined);
    await world.clock.advance(2_000);
    assert.equal(world.stored()?.metadata?.annotations?.['k8s.aliyun.com/eci-instance-id'], 'eci-1');
    assert.deepEqual(world.provider.attempts, [1]);
    world.stop();
  });

  it('tries the same attempt again after a lost answer, and says so on the Pod', async () => {
    const world = setUp();
    world.provider.answers = [lost];
    await world.add();
    assert.match(world.events[0] ?? '', /^Warning ProviderCreateFailed: Local\.Timeout: .*R1/);
    assert.equal(world.stored()?.status?.phase, 'Pending');
    await world.clock.advance(2_000);
    assert.deepEqual(world.provider.attempts, [1, 1]);
    assert.equal(world.stored()?.metadata?.annotations?.['k8s.aliyun.com/eci-instance-id'], 'eci-1');
    world.stop();
  });

  it('waits longer each time while nothing answers, although each failure that it writes brings the Pod back', async () => {
    const world = setUp();
    world.provider.answers = Array.from({ length: 30 }, () => lost);
    await world.add();
    for (let second = 0; second < 60; second++) {
      await world.update(world.stored() ?? aPod());
      await world.clock.advance(1000);
    }
    // After 0, 1, 3, 7, 15 and 31 seconds.
    assert.deepEqual(world.provider.attempts, [1, 1, 1, 1, 1, 1]);
    world.stop();
  });

  it('takes a new attempt after a definite refusal, remembers it on the Pod, and waits in between', async () => {
    const world = setUp();
    world.provider.answers = [noStock, noStock];
    await world.add();
    assert.equal(world.stored()?.status?.reason, 'ContainerInstanceScheduleFailed');
    await world.clock.advance(14_000);
    assert.deepEqual(world.provider.attempts, [1]);
    await world.clock.advance(2_000);
    assert.deepEqual(world.provider.attempts, [1, 2]);
    assert.equal(world.stored()?.metadata?.annotations?.['eci.alibabacloud.com/create-attempt'], '2');
    await world.update(world.stored() ?? aPod());
    await world.clock.advance(28_000);
    assert.deepEqual(world.provider.attempts, [1, 2], 'our own annotation is no edit of the user');
    await world.clock.advance(4_000);
    assert.deepEqual(world.provider.attempts, [1, 2, 3]);
    world.stop();
  });

  it('tells each attempt what ended the one before, and writes it down for the next process', async () => {
    const world = setUp();
    world.provider.answers = [noStock];
    await world.add();
    await world.clock.advance(20_000);
    assert.deepEqual(world.provider.after, [undefined, 'OperationDenied.NoStock']);
    const stored = world.stored();
    assert.equal(stored?.metadata?.annotations?.[AFTER_ANNOTATION], 'OperationDenied.NoStock');
    world.stop();

    const next = setUp(stored);
    next.provider.answers = [lost];
    await next.add();
    assert.deepEqual([next.provider.attempts, next.provider.after], [[2], ['OperationDenied.NoStock']]);
    next.stop();
  });

  it('gives up after the first definite refusal when the Pod asks for that, also after a restart', async () => {
    const world = setUp();
    world.provider.giveUp = true;
    world.provider.answers = [noStock];
    await world.add();
    await world.clock.advance(3_600_000);
    assert.deepEqual(world.provider.attempts, [1]);
    const status = world.stored()?.status;
    assert.deepEqual([status?.phase, status?.reason], ['Pending', 'ContainerInstanceScheduleFailed']);
    // This is what kubectl prints.
    assert.equal(status?.containerStatuses?.[0]?.state?.waiting?.reason, 'ProviderFailed');
    world.stop();

    const next = setUp(world.stored());
    next.provider.giveUp = true;
    await next.add();
    await next.clock.advance(3_600_000);
    assert.deepEqual(next.provider.attempts, [], 'a new process does not start it again');
    await next.update({ ...(next.stored() ?? aPod()), spec: { containers: [], activeDeadlineSeconds: 100_000 } });
    assert.deepEqual(next.provider.attempts, [1], 'an edit does');
    next.stop();
  });

  it('does not give up for what passes by itself', async () => {
    const world = setUp();
    world.provider.giveUp = true;
    world.provider.placementClass = 'transient';
    await world.add();
    world.provider.show('unschedulable');
    await world.clock.advance(0);
    world.provider.vanish();
    await world.clock.advance(5_000);
    assert.deepEqual(world.provider.attempts, [1, 2]);
    world.stop();
  });

  it('creates nothing before the instances were listed', async () => {
    const world = setUp();
    world.provider.synced = false;
    await world.add();
    assert.deepEqual(world.provider.attempts, []);
    world.stop();
  });

  it('adopts an instance that an earlier process made', async () => {
    const world = setUp();
    world.provider.show('running');
    await world.add();
    assert.deepEqual(world.provider.attempts, []);
    assert.match(world.events[0] ?? '', /ProviderAdopted/);
    assert.equal(world.stored()?.status?.phase, 'Running');
    world.stop();
  });
});
