import assert from 'node:assert/strict';
import { createWorkQueue } from '../../../src/kube/work-queue.ts';
import type { Pod } from '../../../src/kube/types.ts';
import { MissingObjects } from '../../../src/node/missing-objects.ts';
import { PodController } from '../../../src/node/pod-controller.ts';
import { StatusWriter } from '../../../src/node/status-writer.ts';
import { noLog, noMetrics } from '../../../src/telemetry/types.ts';
import { FakeKubeClient } from '../../support/fake-kube-client.ts';
import { setUp as setUpProvider, tagsOf } from './provider-setup.ts';

const MINUTE = 60;
const path = (name: string): string => `/api/v1/namespaces/default/pods/${name}`;

/** The Pod controller with the ECI provider, as they are wired in the program, on a cloud and an API server in memory. */
function setUp() {
  const cloud = setUpProvider();
  const { clock, eci, provider } = cloud;
  const client = new FakeKubeClient();
  const missing = new MissingObjects({ client, clock, random: () => 0.5, logger: noLog, refresh: () => {} });
  const controller = new PodController({
    client,
    clock,
    logger: noLog,
    metrics: noMetrics,
    events: { emit: () => {}, flush: async () => {} },
    queue: createWorkQueue({ name: 'pods', clock, random: () => 0.5 }),
    provider,
    statusWriter: new StatusWriter({ client, clock }),
    missing,
    nodeName: 'eci-node',
    random: () => 0.5,
    workers: 32,
    finishedRetentionMs: 3_600_000,
  });
  const stop = new AbortController();
  void controller.run(stop.signal);
  const add = (name: string, more: Partial<NonNullable<Pod['spec']>> = {}): void => {
    const pod: Pod = {
      metadata: { uid: `uid-${name}`, name, namespace: 'default', creationTimestamp: '2026-01-01T00:00:00Z' },
      spec: { containers: [{ name: 'app', image: 'nginx' }], dnsPolicy: 'Default', ...more },
      status: { phase: 'Pending' },
    };
    client.put(path(name), pod);
    controller.handle({ type: 'added', object: pod, previous: undefined });
  };
  return {
    ...cloud,
    add,
    phases: (): (string | undefined)[] => [...client.objects.values()].map((object) => (object as Pod).status?.phase),
    everFailed: (): boolean => JSON.stringify(client.calls).includes('"phase":"Failed"'),
    runAll: (): void => {
      for (const group of eci.groups.values()) {
        group.status = 'Running';
        group.containers = [{ name: 'app' }];
      }
    },
    stop: async (): Promise<void> => {
      stop.abort();
      await cloud.stop();
    },
  };
}

describe('a cloud in trouble for long', () => {
  it('that throttles for ten minutes while 200 Pods that are never restarted are created fails none of them', async () => {
    const world = setUp();
    await world.run(2);
    world.eci.fail('createContainerGroup', 'Throttling', { times: 100_000 });
    for (let index = 0; index < 200; index++) world.add(`job-${index}`, { restartPolicy: 'Never' });
    await world.run(10 * MINUTE);
    assert.equal(world.eci.groups.size, 0);
    world.eci.faults.length = 0;
    await world.run(7 * MINUTE);
    assert.equal(world.eci.groups.size, 200, 'one group for each Pod');
    world.runAll();
    await world.run(MINUTE);
    assert.deepEqual([...new Set(world.phases())], ['Running']);
    assert.equal(world.everFailed(), false);
    await world.stop();
  });

  it('that does not answer for fifteen minutes changes nothing about the Pods that run', async () => {
    const world = setUp();
    await world.run(2);
    for (let index = 0; index < 10; index++) world.add(`web-${index}`);
    await world.run(5);
    world.runAll();
    await world.run(MINUTE);
    for (const action of ['describeContainerGroups', 'describeContainerGroupStatus'] as const) {
      world.eci.fail(action, 'ServiceUnavailable', { times: 100_000, httpStatus: 503 });
    }
    await world.run(15 * MINUTE);
    assert.equal(world.provider.health()?.reachable, false);
    assert.deepEqual([...new Set(world.phases())], ['Running']);
    world.eci.faults.length = 0;
    await world.run(3 * MINUTE);
    assert.equal(world.provider.health()?.reachable, true);
    assert.equal(world.eci.groups.size, 10);
    assert.equal(world.eci.count('deleteContainerGroup'), 0);
    assert.equal(world.everFailed(), false);
    await world.stop();
  });

  it('that shows an empty list, as to somebody who may not look, loses no Pod and makes nothing twice', async () => {
    const world = setUp();
    await world.run(2);
    for (let index = 0; index < 10; index++) world.add(`web-${index}`);
    await world.run(5);
    world.runAll();
    await world.run(MINUTE);
    world.eci.canList = false;
    await world.run(60 * MINUTE);
    assert.deepEqual([...new Set(world.phases())], ['Running']);
    assert.equal(world.eci.count('createContainerGroup'), 10);
    assert.equal(world.everFailed(), false);
    await world.stop();
  });

  it('is asked at most 60 times a minute about 5,000 Pods that run', async () => {
    const world = setUp();
    for (let index = 0; index < 5_000; index++) {
      world.eci.seed({ containerGroupId: `eci-${index}`, status: 'Running', tags: tagsOf(`uid-${index}`) });
    }
    await world.run(2 * MINUTE);
    const before = world.eci.journal.length;
    // A poll of this cloud tells every group each time; what a poll costs beyond its first page is not counted here.
    await world.run(10 * MINUTE);
    const calls = world.eci.journal.slice(before).filter(({ query }) => query['nextToken'] === undefined);
    const sweepPages = world.eci.journal
      .slice(before)
      .filter(({ query }) => query['nextToken'] !== undefined && query['sinceSecond'] === undefined);
    assert.ok((calls.length + sweepPages.length) / 10 <= 60, `${calls.length} calls and ${sweepPages.length} pages`);
    await world.stop();
  });
});
