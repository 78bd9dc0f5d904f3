import assert from 'node:assert/strict';
import type { Pod } from '../../../../src/kube/types.ts';
import { aPod, setUp, lost, noStock } from '../../../support/pod-controller-bench.ts';

describe('the Pod controller, with what changes', () => {
  it('writes once more when the Pod runs, and nothing while nothing changes', async () => {
    const world = setUp();
    await world.add();
    world.provider.show('running');
    await world.clock.advance(0);
    assert.equal(world.stored()?.status?.phase, 'Running');
    world.provider.show('running');
    await world.clock.advance(60_000);
    assert.equal(world.client.writes().length, 2);
    world.stop();
  });

  it('holds a Pod without any further call, and looks again at once when it is edited', async () => {
    const world = setUp();
    const problems = [{ key: 'k8s.aliyun.com/acr-instance-ids', value: 'x', message: 'write cri-…' }];
    world.provider.answers = [{ kind: 'held', reason: 'InvalidAnnotation', problems, conditions: [], notes: [] }];
    await world.add();
    await world.clock.advance(120_000);
    assert.deepEqual(world.provider.attempts, [1]);
    assert.equal(world.stored()?.status?.reason, 'ProviderFailed');
    await world.update({
      ...aPod({ annotations: { 'k8s.aliyun.com/acr-instance-ids': 'cri-1' } }),
      status: world.stored()?.status ?? {},
    });
    assert.deepEqual(world.provider.attempts, [1, 1]);
    assert.equal(world.stored()?.status?.reason, undefined, 'the reason is cleared once it is over');
    world.stop();
  });

  const withImage = (stored: Pod | undefined, image: string): Pod => ({
    ...(stored ?? aPod()),
    spec: { containers: [{ name: 'web', image }] },
  });

  describe('an image that is changed', () => {
    it('is given to the instance once, and noted on the Pod', async () => {
      const world = setUp();
      await world.add();
      world.provider.show('running');
      await world.update(withImage(world.stored(), 'nginx:2'));
      assert.deepEqual(world.provider.updates, [{ containers: true, initContainers: false, number: 1, attempt: 1 }]);
      assert.deepEqual(world.events.slice(1), ['Normal ProviderUpdateSuccess: accepted']);
      assert.match(world.stored()?.metadata?.annotations?.['eci.alibabacloud.com/applied-spec'] ?? '', /"updates":1/);
      await world.update(world.stored() ?? aPod());
      await world.clock.advance(600_000);
      assert.equal(world.provider.updates.length, 1);
      assert.deepEqual(world.provider.attempts, [1], 'the Pod is not created again');
      world.stop();
    });

    it('while nobody ran is noticed after the start', async () => {
      const first = setUp();
      await first.add();
      first.stop();
      const later = setUp(withImage(first.stored(), 'nginx:2'));
      later.provider.claim = 'eci-1';
      later.provider.show('running');
      await later.add();
      assert.equal(later.provider.updates.length, 1);
      later.stop();
    });

    it('is no news for a Pod that an earlier version of the program made', async () => {
      const world = setUp(aPod({}, { phase: 'Running' }));
      world.provider.claim = 'eci-1';
      world.provider.show('running');
      await world.add();
      assert.deepEqual(world.provider.updates, []);
      assert.ok(world.stored()?.metadata?.annotations?.['eci.alibabacloud.com/applied-spec']);
      world.stop();
    });

    it('is tried again with back-off under another token, and at once when it is corrected', async () => {
      const world = setUp();
      await world.add();
      world.provider.show('running');
      world.provider.updateAnswers = [lost, lost, lost];
      await world.update(withImage(world.stored(), 'nginx:2'));
      await world.clock.advance(3_500);
      assert.deepEqual(
        world.provider.updates.map(({ attempt }) => attempt),
        [1, 2, 3],
      );
      assert.match(world.events[1] ?? '', /^Warning ProviderUpdateFailed: Local.Timeout: no \(request id R1\)$/);
      await world.update(withImage(world.stored(), 'nginx:3'));
      assert.equal(world.provider.updates.length, 4);
      assert.equal(world.events.at(-1), 'Normal ProviderUpdateSuccess: accepted');
      world.stop();
    });

    it('that cannot be given to the instance is told, and tried again every five minutes only', async () => {
      const world = setUp();
      await world.add();
      world.provider.show('running');
      world.provider.updateAnswers = [{ kind: 'impossible', notes: [], message: 'roles cannot travel' }];
      await world.update(withImage(world.stored(), 'nginx:2'));
      await world.clock.advance(240_000);
      assert.equal(world.provider.updates.length, 1);
      assert.equal(world.events.at(-1), 'Warning ProviderUpdateFailed: roles cannot travel');
      world.stop();
    });
  });

  it('says once that an annotation came too late, and that an ephemeral container is not started', async () => {
    const world = setUp();
    await world.add();
    world.provider.show('running');
    await world.clock.advance(0);
    world.provider.late = ['k8s.aliyun.com/eci-use-specs'];
    const before = world.stored() ?? aPod();
    const after: Pod = {
      ...before,
      spec: { containers: before.spec?.containers ?? [], ephemeralContainers: [{ name: 'debug', image: 'busybox' }] },
    };
    world.edit(before, after);
    await world.clock.advance(0);
    assert.deepEqual(world.provider.updates, []);
    assert.deepEqual(world.events.slice(1), [
      'Normal AnnotationChangedTooLate: k8s.aliyun.com/eci-use-specs: read at creation only; delete the Pod to have the change take effect',
      'Warning UnsupportedPodSpec: ephemeral container debug is not started: ECI cannot add a container to a running container group',
    ]);
    world.stop();
  });

  it('answers a resize request with a condition, which is withdrawn with the request', async () => {
    const world = setUp();
    await world.add();
    world.provider.show('running');
    const resized = (cpu: string | undefined): Pod => ({
      ...(world.stored() ?? aPod()),
      spec: {
        containers: [
          { name: 'web', image: 'nginx', ...(cpu === undefined ? {} : { resources: { requests: { cpu } } }) },
        ],
      },
    });
    const pending = () => world.stored()?.status?.conditions?.find(({ type }) => type === 'PodResizePending');
    await world.update(resized('2'));
    await world.clock.advance(2_000);
    assert.deepEqual([pending()?.status, pending()?.reason], ['True', 'Infeasible']);
    await world.update(resized(undefined));
    await world.clock.advance(2_000);
    assert.equal(pending()?.status, 'False');
    assert.deepEqual(world.provider.updates, []);
    world.stop();
  });

  it('has nothing to do with static Pods and with Pods of other nodes', async () => {
    const world = setUp();
    await world.add(aPod({ annotations: { 'kubernetes.io/config.mirror': 'x' } }));
    await world.add({ ...aPod(), spec: { containers: [], nodeName: 'another' } });
    assert.deepEqual([world.provider.attempts, world.knows()], [[], false]);
    world.stop();
  });

  it('passes on what the cloud says about an instance, to the Pods that it knows', async () => {
    const world = setUp();
    await world.add();
    world.provider.say({ uid: 'u1', type: 'Normal', reason: 'Pulled', message: 'image' });
    world.provider.say({ uid: 'stranger', type: 'Normal', reason: 'Pulled', message: 'image' });
    assert.deepEqual(world.events.slice(1), ['Normal Pulled: image']);
    world.stop();
  });

  it('tries a waiting Pod again when what it misses appears, and watches it no longer then', async () => {
    const missing = [{ kind: 'ConfigMap', namespace: 'shop', name: 'settings' }] as const;
    const world = setUp();
    world.provider.answers = [
      { kind: 'waiting', reason: 'MandatoryConfigMapNotFound', message: 'no settings', missing, notes: [] },
    ];
    await world.add();
    assert.deepEqual([world.provider.attempts, world.missing.size()], [[1], 1]);
    await world.clock.advance(60_000);
    assert.deepEqual(world.provider.attempts, [1]);
    world.client.announce({ type: 'ADDED', object: { metadata: { name: 'settings', resourceVersion: '7' } } });
    await world.clock.advance(0);
    assert.deepEqual([world.provider.attempts, world.missing.size()], [[1, 1], 0]);
    world.stop();
  });

  it('tries what is held at once after a change of the configuration, but nothing that gave up', async () => {
    for (const giveUp of [false, true]) {
      const world = setUp();
      world.provider.giveUp = giveUp;
      world.provider.answers = [noStock];
      await world.add();
      world.retryHeld();
      await world.clock.advance(0);
      assert.deepEqual(world.provider.attempts, giveUp ? [1] : [1, 2]);
      world.stop();
    }
  });
});
