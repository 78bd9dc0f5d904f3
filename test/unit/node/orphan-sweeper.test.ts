import assert from 'node:assert/strict';
import { OrphanSweeper } from '../../../src/node/orphan-sweeper.ts';
import type { OrphanMode } from '../../../src/node/orphan-sweeper.ts';
import { noLog, noMetrics } from '../../../src/telemetry/types.ts';
import { FakeKubeClient } from '../../support/fake-kube-client.ts';
import { setUp as setUpProvider, tagsOf } from '../eci/provider-setup.ts';

const MINUTE = 60_000;
const PATH = '/api/v1/namespaces/default/pods/web';

/** The sweeper with the ECI provider as it is wired in the program, on a cloud and an API server in memory. */
async function setUp(options: {
  groups: readonly string[];
  knownPods?: readonly string[];
  mode?: OrphanMode;
  pods?: number;
  /** Of the Pods, as it stands in the tags. */
  name?: string;
}) {
  const events: string[] = [];
  const cloud = setUpProvider();
  for (const uid of options.groups) cloud.eci.seed({ containerGroupId: `eci-${uid}`, tags: tagsOf(uid, options.name) });
  const client = new FakeKubeClient();
  const watch = { current: true };
  const known = new Set(options.knownPods);
  const sweeper = new OrphanSweeper({
    client,
    clock: cloud.clock,
    logger: noLog,
    metrics: noMetrics,
    provider: cloud.provider,
    isKnownPod: (uid) => known.has(uid),
    podsSynced: () => watch.current,
    random: () => 0.5,
    events: {
      emit: (_target, type, reason, message) => events.push(`${type} ${reason}: ${message}`),
      flush: async () => {},
    },
    nodeName: 'eci-node',
    mode: options.mode ?? 'delete',
    countPods: () => options.pods ?? known.size,
  });
  const stop = new AbortController();
  void sweeper.run(stop.signal);
  await cloud.run(1);
  return {
    client,
    watch,
    events,
    stopped: () => sweeper.suspiciousOrphans(),
    failDeletes: (times: number) => cloud.eci.fail('deleteContainerGroup', 'InternalError', { times, httpStatus: 500 }),
    groups: () => [...cloud.eci.groups.keys()],
    minutes: (count: number) => cloud.clock.advance(count * MINUTE),
    stop: async () => {
      stop.abort();
      await cloud.stop();
    },
  };
}

describe('the orphan sweeper', () => {
  it('deletes the group of a Pod that was deleted by force while nobody ran, after five minutes', async () => {
    const world = await setUp({ groups: ['gone', 'alive'], knownPods: ['alive'] });
    await world.minutes(5);
    assert.deepEqual(
      world.groups(),
      ['eci-gone', 'eci-alive'],
      'it may belong to a Pod that the watch has not brought yet',
    );
    await world.minutes(1);
    assert.deepEqual(world.groups(), ['eci-alive']);
    await world.stop();
  });

  it('deletes nothing of a Pod that the API server still has, whatever the watch says', async () => {
    const world = await setUp({ groups: ['hidden'] });
    world.client.put(PATH, { metadata: { uid: 'hidden', name: 'web', namespace: 'default' } });
    await world.minutes(15);
    assert.deepEqual(world.groups(), ['eci-hidden']);
    await world.stop();
  });

  it('deletes the group when the name belongs to another Pod by now', async () => {
    const world = await setUp({ groups: ['old'] });
    world.client.put(PATH, { metadata: { uid: 'new', name: 'web', namespace: 'default' } });
    await world.minutes(7);
    assert.deepEqual(world.groups(), []);
    await world.stop();
  });

  it('leaves a group alone that does not say which Pod it is of, or says what is no name', async () => {
    for (const name of ['', '../pods', 'web?watch=1', 'Web']) {
      const world = await setUp({ groups: ['nameless'], name });
      await world.minutes(15);
      assert.deepEqual(world.groups(), ['eci-nameless'], JSON.stringify(name));
      await world.stop();
    }
  });

  it('takes an error of the API server for no proof', async () => {
    const world = await setUp({ groups: ['gone'] });
    for (let sweep = 0; sweep < 3; sweep++) world.client.fail('get', 'InternalError', 500);
    await world.minutes(7.5);
    assert.deepEqual(world.groups(), ['eci-gone']);
    await world.minutes(2);
    assert.deepEqual(world.groups(), []);
    await world.stop();
  });

  it('goes on to the others when one cannot be deleted', async () => {
    const world = await setUp({ groups: ['stuck', 'gone'] });
    world.failDeletes(1);
    await world.minutes(5.5);
    assert.deepEqual(world.groups(), ['eci-stuck']);
    await world.minutes(1);
    assert.deepEqual(world.groups(), []);
    await world.stop();
  });

  it('judges nothing while the Pods are not known for sure', async () => {
    const world = await setUp({ groups: ['gone'] });
    world.watch.current = false;
    await world.minutes(30);
    assert.deepEqual(world.groups(), ['eci-gone']);
    await world.stop();
  });

  it('deletes none of many: that looks like the wrong cluster', async () => {
    const groups = Array.from({ length: 10 }, (_, index) => `pod-${index}`);
    const world = await setUp({ groups });
    await world.minutes(30);
    assert.equal(world.groups().length, 10);
    assert.equal(world.stopped(), 10);
    assert.match(world.events[0] ?? '', /^Warning OrphanSweepStopped: 10 container groups .*delete-orphans=10$/);
    await world.stop();
  });

  it('deletes many once somebody has confirmed exactly that number on the Node', async () => {
    const groups = Array.from({ length: 10 }, (_, index) => `pod-${index}`);
    const world = await setUp({ groups });
    const confirm = (count: string) =>
      world.client.put('/api/v1/nodes/eci-node', {
        metadata: { name: 'eci-node', annotations: { 'eci.alibabacloud.com/delete-orphans': count } },
      });
    confirm('9');
    await world.minutes(10);
    assert.equal(world.groups().length, 10);
    confirm('10');
    await world.minutes(2);
    assert.deepEqual(world.groups(), []);
    assert.equal(world.events.filter((event) => event.startsWith('Normal OrphanDeleted')).length, 10);
    await world.stop();
  });

  it('only tells of orphans where it may not delete them', async () => {
    const world = await setUp({ groups: ['gone'], mode: 'report' });
    await world.minutes(10);
    assert.deepEqual(world.groups(), ['eci-gone']);
    assert.match(world.events[0] ?? '', /^Warning OrphanFound: container group eci-gone has no Pod default\/web$/);
    await world.stop();
  });

  it('does nothing at all when it is off', async () => {
    const world = await setUp({ groups: ['gone'], mode: 'off' });
    await world.minutes(30);
    assert.deepEqual([world.groups(), world.events, world.client.calls], [['eci-gone'], [], []]);
    await world.stop();
  });
});
