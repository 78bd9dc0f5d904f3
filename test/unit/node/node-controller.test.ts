import assert from 'node:assert/strict';
import type { Node } from '../../../src/kube/types.ts';
import type { NodeHealth } from '../../../src/node/node-conditions.ts';
import { NodeController } from '../../../src/node/node-controller.ts';
import type { NodeControllerOptions } from '../../../src/node/node-controller.ts';
import type { NodeSettings } from '../../../src/node/node-object.ts';
import { noLog } from '../../../src/telemetry/types.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { MemoryApi } from '../../support/memory-api.ts';

const PATH = '/api/v1/nodes/eci';
const provider = { key: 'virtual-kubelet.io/provider', value: 'alibabacloud', effect: 'NoSchedule' };
const unreachableKey = 'eci.alibabacloud.com/unreachable';

interface World {
  api: MemoryApi;
  clock: FakeClock;
  settings: NodeSettings;
  health: NodeHealth;
  probe: { healthy: boolean };
  leases: { available: boolean; renewals: number };
  node: () => Node;
  controller: NodeController;
  /** Tells the controller what the watch would tell. */
  watch: () => void;
  /** Lets the loop run. */
  run: (seconds: number) => Promise<void>;
  statusWrites: () => number;
  stop: () => Promise<unknown>;
}

function setUp(options: Partial<NodeControllerOptions> & { watching?: boolean } = {}, api = new MemoryApi()): World {
  const clock = new FakeClock();
  const stopping = new AbortController();
  let running: Promise<void> | undefined;
  const world: World = {
    api,
    clock,
    settings: {
      name: 'eci',
      labels: { team: 'shop' },
      taints: [provider],
      capacity: { cpu: '100', pods: '10' },
      regionId: 'cn-hangzhou',
      architecture: 'amd64',
      internalIp: '10.0.0.9',
      kubeletPort: 10_250,
      kubernetesVersion: 'v1.20.2',
      productVersion: '0.1.0',
    },
    health: { ready: true, cloud: { reachable: true, message: '' } },
    probe: { healthy: true },
    leases: { available: true, renewals: 0 },
    node: () => api.objects.get(PATH) as Node,
    controller: undefined as unknown as NodeController,
    watch: () => {
      const object = structuredClone(world.node());
      world.controller.handle({ type: 'updated', object, previous: undefined });
    },
    run: async (seconds) => {
      running ??= world.controller.run(stopping.signal);
      // What it ends with is looked at when the test stops it.
      running.catch(() => {});
      await clock.advance(seconds * 1000);
    },
    statusWrites: () => api.writes.filter(({ path }) => path === `${PATH}/status`).length,
    stop: async () => {
      stopping.abort();
      return await running?.catch((error: unknown) => error);
    },
  };
  world.controller = new NodeController({
    client: api,
    clock,
    logger: noLog,
    random: () => 0.5,
    nodeName: 'eci',
    settings: () => world.settings,
    health: () => world.health,
    probe: { isHealthy: () => world.probe.healthy, probe: () => Promise.resolve() },
    lease: { isAvailable: () => world.leases.available, renewSoon: () => (world.leases.renewals += 1) },
    watchIsCurrent: () => options.watching ?? true,
    onDeleted: 'recreate',
    taintUnreachable: false,
    ...options,
  });
  return world;
}

async function registered(options: Partial<NodeControllerOptions> = {}): Promise<World> {
  const world = setUp(options);
  await world.controller.register();
  return world;
}

function condition(node: Node, type: string): string | undefined {
  return node.status?.conditions?.find((candidate) => candidate.type === type)?.status;
}

describe('the controller of the Node object', () => {
  it('creates a Node with everything on it, and tells its UID', async () => {
    const { node, controller, leases } = await registered();
    assert.equal(node().metadata?.labels?.['type'], 'virtual-kubelet');
    assert.deepEqual(node().spec?.taints, [provider]);
    assert.equal(node().status?.capacity?.['cpu'], '100');
    assert.equal(condition(node(), 'Ready'), 'True');
    assert.equal(controller.uid(), node().metadata?.uid);
    assert.equal(leases.renewals, 1);
  });

  it('refuses to start on a real node, and tells no UID of it', async () => {
    const world = setUp();
    await world.api.create('/api/v1/nodes', { metadata: { name: 'eci' } });
    await assert.rejects(world.controller.register(), { code: 'NodeNameTaken' });
    assert.equal(world.controller.uid(), undefined);
    assert.equal(world.api.writes.length, 1);
  });

  it('writes the status once a minute and nothing else while nothing happens', async () => {
    const { api, run, stop } = await registered();
    api.writes.length = 0;
    await run(600);
    await stop();
    assert.deepEqual(new Set(api.writes.map(({ path }) => path)), new Set([`${PATH}/status`]));
    assert.equal(api.writes.length, 10);
  });

  it('writes the status every ten seconds where there are no leases', async () => {
    const { api, leases, run, statusWrites, stop } = await registered();
    leases.available = false;
    api.writes.length = 0;
    await run(60);
    await stop();
    assert.equal(statusWrites(), 6);
  });

  it('writes a changed condition without waiting for the interval', async () => {
    const world = await registered();
    await world.run(5);
    world.health = { ready: true, cloud: { reachable: false, reason: 'ECIThrottled', message: 'busy' } };
    await world.run(2);
    assert.equal(condition(world.node(), 'ECIReachable'), 'False');
    await world.stop();
  });

  it('replaces its address at once when that changes', async () => {
    const world = await registered();
    await world.run(5);
    world.settings = { ...world.settings, internalIp: '10.0.0.10' };
    await world.run(2);
    assert.deepEqual(world.node().status?.addresses, [{ type: 'InternalIP', address: '10.0.0.10' }]);
    await world.stop();
  });

  it('puts back what somebody takes away, as soon as the watch tells', async () => {
    const world = await registered();
    await world.run(5);
    world.api.edit(PATH, (object) => {
      object['spec'] = { taints: [] };
      delete object.metadata?.labels?.['type'];
      delete object.metadata?.labels?.['team'];
    });
    world.watch();
    await world.run(0);
    assert.deepEqual(world.node().spec?.taints, [provider]);
    assert.equal(world.node().metadata?.labels?.['type'], 'virtual-kubelet');
    assert.equal(world.node().metadata?.labels?.['team'], 'shop');
    await world.stop();
  });

  it('leaves cordons, foreign labels, taints, conditions and resources alone, also when it writes', async () => {
    const world = await registered();
    await world.run(5);
    const foreignTaint = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' };
    world.api.edit(PATH, (object) => {
      object['spec'] = { unschedulable: true, taints: [foreignTaint] };
      object.metadata = { ...object.metadata, labels: { ...object.metadata?.labels, foreign: 'x' } };
      const status = object['status'] as NonNullable<Node['status']>;
      status.conditions?.push({ type: 'KernelDeadlock', status: 'False' });
      status.capacity = { ...status.capacity, 'example.com/dongle': '3' };
    });
    world.watch();
    await world.run(120);
    const node = world.node();
    assert.equal(node.spec?.unschedulable, true);
    assert.deepEqual(node.spec?.taints, [foreignTaint, provider]);
    assert.equal(node.metadata?.labels?.['foreign'], 'x');
    assert.equal(condition(node, 'KernelDeadlock'), 'False');
    assert.equal(node.status?.capacity?.['example.com/dongle'], '3');
    await world.stop();
  });

  it('takes away what an earlier process had on the Node and this one has not', async () => {
    const first = await registered();
    const second = setUp({}, first.api);
    second.settings = { ...second.settings, labels: {}, taints: [], capacity: { cpu: '100' } };
    first.api.edit(PATH, (object) => {
      const status = object['status'] as NonNullable<Node['status']>;
      status.conditions?.push({ type: 'OfAnOldVersion', status: 'True' });
      const annotations = object.metadata?.annotations ?? {};
      annotations['eci.alibabacloud.com/own-conditions'] += ',OfAnOldVersion';
    });
    await second.controller.register();
    const node = second.node();
    assert.deepEqual(node.spec?.taints, []);
    assert.equal(node.metadata?.labels?.['team'], undefined);
    assert.equal(node.status?.capacity?.['pods'], undefined);
    assert.equal(condition(node, 'OfAnOldVersion'), undefined);
  });

  it('gets rarer with its repairs while somebody keeps undoing them', async () => {
    const world = await registered();
    let undone = 0;
    await world.run(1);
    for (let second = 0; second < 120; second += 1) {
      if ((world.node().spec?.taints ?? []).length > 0) {
        undone += 1;
        world.api.edit(PATH, (object) => (object['spec'] = { taints: [] }));
        world.watch();
      }
      await world.run(1);
    }
    assert.ok(undone > 2 && undone < 20, `${undone} repairs in two minutes`);
    await world.stop();
  });

  it('creates a deleted Node again, and has its lease renewed at once', async () => {
    const world = await registered();
    await world.run(5);
    const before = world.node();
    world.api.objects.delete(PATH);
    world.controller.handle({ type: 'deleted', object: before, previous: before });
    await world.run(0);
    assert.notEqual(world.node().metadata?.uid, before.metadata?.uid);
    assert.equal(world.controller.uid(), world.node().metadata?.uid);
    assert.equal(world.leases.renewals, 2);
    await world.stop();
  });

  it('notices a deletion within ten seconds although nothing can be watched', async () => {
    const world = await registered({ watchIsCurrent: () => false });
    await world.run(5);
    world.api.objects.delete(PATH);
    await world.run(10);
    assert.ok(world.api.objects.has(PATH));
    await world.stop();
  });

  it('ends instead when it is told to, and leaves the Node deleted', async () => {
    const world = await registered({ onDeleted: 'exit' });
    await world.run(5);
    const before = world.node();
    world.api.objects.delete(PATH);
    world.controller.handle({ type: 'deleted', object: before, previous: before });
    await world.run(0);
    assert.equal(((await world.stop()) as { code?: string }).code, 'NodeDeleted');
    assert.equal(world.api.objects.has(PATH), false);
  });

  it('does not touch a machine that registered under its name while the Node was gone', async () => {
    const world = await registered();
    await world.run(5);
    world.api.objects.delete(PATH);
    await world.api.create('/api/v1/nodes', { metadata: { name: 'eci' } });
    world.api.writes.length = 0;
    world.watch();
    await world.run(300);
    assert.deepEqual(world.api.writes, []);
    assert.equal(world.controller.uid(), undefined);
    await world.stop();
  });

  it('writes nothing while this process cannot serve, and everything once it can', async () => {
    const world = await registered();
    world.api.writes.length = 0;
    world.probe.healthy = false;
    world.health = { ready: true, cloud: { reachable: false, message: 'x' } };
    await world.run(300);
    assert.deepEqual(world.api.writes, []);
    world.probe.healthy = true;
    await world.run(2);
    assert.equal(world.statusWrites(), 1);
    await world.stop();
  });

  it('decides again on a fresh read when somebody writes in between', async () => {
    const world = await registered();
    await world.run(5);
    let raced = false;
    world.api.beforeWrite = ({ path }) => {
      if (raced || path !== PATH) return;
      raced = true;
      world.api.edit(PATH, (object) => {
        object['spec'] = { taints: [{ key: 'foreign', effect: 'NoExecute' }] };
      });
    };
    world.api.edit(PATH, (object) => (object['spec'] = { taints: [] }));
    world.watch();
    await world.run(0);
    assert.deepEqual(world.node().spec?.taints, [{ key: 'foreign', effect: 'NoExecute' }, provider]);
    await world.stop();
  });

  it('goes on after the API server refused a write', async () => {
    const world = await registered();
    world.api.refuse(/^patch/, 'InternalError', 500, 3);
    world.settings = { ...world.settings, internalIp: '10.0.0.10' };
    await world.run(120);
    assert.equal(world.node().status?.addresses?.[0]?.address, '10.0.0.10');
    await world.stop();
  });

  it('does not write again and again because the server spells a quantity its own way', async () => {
    const world = await registered();
    world.api.beforeWrite = ({ body }) => {
      const status = body['status'] as NonNullable<Node['status']> | undefined;
      if (status?.capacity !== undefined) status.capacity['cpu'] = '1';
      if (status?.allocatable !== undefined) status.allocatable['cpu'] = '1';
    };
    world.settings = { ...world.settings, capacity: { cpu: '1000m' } };
    world.api.writes.length = 0;
    await world.run(59);
    assert.equal(world.statusWrites(), 1);
    await world.stop();
  });
});

describe('the taint for an unreachable cloud', () => {
  const taintKeys = (world: World): string[] => (world.node().spec?.taints ?? []).map(({ key }) => key);
  const away = { ready: true, cloud: { reachable: false, message: 'no answer' } };

  it('is put on after a minute of outage and taken off with the first answer', async () => {
    const world = await registered({ taintUnreachable: true });
    world.health = away;
    await world.run(55);
    assert.deepEqual(taintKeys(world), [provider.key]);
    await world.run(10);
    assert.deepEqual(taintKeys(world), [provider.key, unreachableKey]);
    world.health = { ready: true, cloud: { reachable: true, message: '' } };
    await world.run(5);
    assert.deepEqual(taintKeys(world), [provider.key]);
    await world.stop();
  });

  it('stays through a restart until something is known', async () => {
    const first = await registered({ taintUnreachable: true });
    first.health = away;
    await first.run(70);
    await first.stop();
    const second = setUp({ taintUnreachable: true }, first.api);
    second.health = { ready: false };
    await second.controller.register();
    assert.deepEqual(taintKeys(second), [provider.key, unreachableKey]);
  });

  it('is not used unless asked for', async () => {
    const world = await registered();
    world.health = away;
    await world.run(300);
    assert.deepEqual(taintKeys(world), [provider.key]);
    await world.stop();
  });
});
