import assert from 'node:assert/strict';
import { MissingObjects } from '../../../src/node/missing-objects.ts';
import { noLog } from '../../../src/telemetry/types.ts';
import { FakeClock, settle } from '../../support/fake-clock.ts';
import { FakeKubeClient } from '../../support/fake-kube-client.ts';

const settings = { kind: 'ConfigMap', namespace: 'shop', name: 'settings' } as const;
const robot = { kind: 'ServiceAccount', namespace: 'shop', name: 'robot' } as const;
const password = { kind: 'Secret', namespace: 'shop', name: 'password', key: 'a' } as const;

function setUp() {
  const clock = new FakeClock();
  const client = new FakeKubeClient();
  const refreshed: string[] = [];
  const woken: string[] = [];
  const refresh = ({ name }: { name: string }): void => void refreshed.push(name);
  const missing = new MissingObjects({ client, clock, random: () => 0.5, logger: noLog, refresh });
  missing.onAppeared((uid) => woken.push(uid));
  const stop = new AbortController();
  const running = missing.run(stop.signal);
  const appear = async (name: string, resourceVersion: string): Promise<void> => {
    client.announce({ type: 'ADDED', object: { metadata: { name, resourceVersion } } });
    await settle();
  };
  const finish = async (): Promise<void> => {
    stop.abort();
    await running;
    await settle();
  };
  return { clock, client, missing, refreshed, woken, appear, finish };
}

describe('objects that waiting Pods miss', () => {
  it('are watched one by one by name, and by nothing broader', async () => {
    const world = setUp();
    world.missing.waitFor('u1', [settings, robot]);
    await settle();
    assert.deepEqual(
      world.client.calls.map(({ verb, path, body }) => [verb, path, (body as { fieldSelector: string }).fieldSelector]),
      [
        ['watch', '/api/v1/namespaces/shop/configmaps', 'metadata.name=settings'],
        ['watch', '/api/v1/namespaces/shop/serviceaccounts', 'metadata.name=robot'],
      ],
    );
    await world.finish();
    assert.equal(world.client.openWatches(), 0);
  });

  it('have one watch however many Pods wait, which ends with the last of them', async () => {
    const world = setUp();
    for (const uid of ['u1', 'u2', 'u3']) world.missing.waitFor(uid, [settings]);
    await settle();
    assert.equal(world.client.openWatches(), 1);
    world.missing.forget('u1');
    world.missing.waitFor('u2', [robot]);
    await settle();
    assert.equal(world.client.openWatches(), 2);
    world.missing.forget('u3');
    await settle();
    assert.equal(world.client.openWatches(), 1);
    await world.finish();
  });

  it('wake every Pod that waits when they appear, after readers were told to ask anew', async () => {
    const world = setUp();
    for (const uid of ['u1', 'u2']) world.missing.waitFor(uid, [settings]);
    await settle();
    await world.appear('settings', '1');
    assert.deepEqual([world.refreshed, world.woken], [['settings'], ['u1', 'u2']]);
    await world.appear('settings', '1');
    assert.equal(world.woken.length, 2, 'the same version is no news');
    await world.appear('settings', '2');
    assert.equal(world.woken.length, 4);
    await world.finish();
  });

  it('are read again and again where they are Secrets, which are not watched', async () => {
    const world = setUp();
    world.missing.waitFor('u1', [password]);
    await world.clock.advance(20_000);
    assert.deepEqual([world.client.openWatches(), world.woken], [0, []]);
    const secret = { metadata: { name: 'password', namespace: 'shop', resourceVersion: '5' } };
    world.client.put('/api/v1/namespaces/shop/secrets/password', secret);
    await world.clock.advance(20_000);
    assert.deepEqual([world.refreshed, world.woken], [['password'], ['u1']]);
    world.missing.forget('u1');
    await settle();
    const { length } = world.client.calls;
    await world.clock.advance(60_000);
    assert.equal(world.client.calls.length, length, 'nobody waits any more');
    await world.finish();
  });

  it('are watched again after a failure, and read where that is forbidden', async () => {
    const world = setUp();
    world.client.fail('watch', 'InternalError', 500);
    world.missing.waitFor('u1', [settings]);
    await world.clock.advance(10_000);
    assert.equal(world.client.openWatches(), 1);
    world.client.fail('watch', 'Forbidden', 403);
    world.missing.waitFor('u2', [robot]);
    world.client.put('/api/v1/namespaces/shop/serviceaccounts/robot', { metadata: { resourceVersion: '5' } });
    await world.clock.advance(60_000);
    assert.equal(world.client.openWatches(), 1);
    assert.deepEqual(world.woken, ['u2']);
    await world.finish();
  });

  it('with a name that no object can have are not asked for', async () => {
    const world = setUp();
    world.missing.waitFor('u1', [{ kind: 'Secret', namespace: 'shop', name: '../../kube-system/secrets/x' }]);
    await settle();
    assert.deepEqual(world.client.calls, []);
    await world.finish();
  });

  it('beyond a hundred wait for the next look of their Pods', async () => {
    const world = setUp();
    for (let index = 0; index < 150; index++) {
      world.missing.waitFor(`u${index}`, [{ ...settings, name: `settings-${index}` }]);
    }
    assert.equal(world.missing.size(), 100);
    await world.finish();
  });
});
