import assert from 'node:assert/strict';
import type { Node, Pod } from '../../src/kube/types.ts';
import { containerGroups, imageCaches } from '../support/cloud-resources.ts';
import { eventually } from '../support/eventually.ts';
import { recordPhases } from '../support/phase-recorder.ts';
import type { PhaseRecorder } from '../support/phase-recorder.ts';
import { createPlatform } from '../support/platform.ts';
import type { Platform } from '../support/platform.ts';
import {
  createImageCache,
  deleteImageCache,
  readImageCache,
  removeImageCaches,
  untilImageCacheIsReady,
} from '../support/sandbox-image-caches.ts';
import { createPod, deletePod, readPod, untilPodIsGone, untilPodRuns } from '../support/sandbox-pods.ts';

/** Each once for every action, in this order, ahead of the first answer that is as it should be. */
const troubles: readonly Readonly<Record<string, unknown>>[] = [
  { kind: 'error', status: 500, code: 'InternalError' },
  { kind: 'throttle', retryAfterMs: 300 },
  { kind: 'html' },
  { kind: 'reset' },
  { kind: 'garbage' },
  { kind: 'delay', delayMs: 500 },
];

const podNames = ['a', 'b', 'c', 'd', 'e', 'f'];

describe('trouble at the cloud', function () {
  this.timeout(90_000);
  let platform: Platform;
  let phases: PhaseRecorder[];

  before(async function () {
    platform = await createPlatform(this);
    await platform.start();
    phases = await Promise.all([
      recordPhases(platform, `/api/v1/namespaces/${platform.sandbox.namespace}/pods`),
      recordPhases(platform, '/apis/eci.alibabacloud.com/v1/imagecaches'),
    ]);
  });

  afterEach(() => platform?.simulator.clearFaults());

  after(async () => {
    if (platform === undefined) return;
    for (const recorder of phases) await recorder.stop();
    await removeImageCaches(platform);
    await platform.dispose();
  });

  const addTroubles = async (...actions: string[]): Promise<void> => {
    for (const action of actions)
      for (const trouble of troubles) await platform.simulator.addFault({ action, count: 1, ...trouble });
  };

  /** Fewer: a single object waits twice as long after each of them. */
  const addTroublesForOne = async (action: string): Promise<void> => {
    for (const kind of ['html', 'lost']) await platform.simulator.addFault({ action, count: 1, kind });
  };

  const countCalls = async (action: string): Promise<number> =>
    (await platform.simulator.journal({ action })).length;

  it('of every kind, at every action, delays Pods and image caches and does no more', async () => {
    await addTroubles('AssumeRole', 'GetAuthorizationToken', 'ListInstanceEndpoint', 'CreateContainerGroup');
    await addTroubles('DescribeImageCaches', 'DescribeContainerGroupStatus');
    await addTroublesForOne('CreateImageCache');
    const [pods, cache] = await Promise.all([
      Promise.all(podNames.map((name) => createPod(platform, name))),
      createImageCache(platform, 'cache'),
    ]);
    await Promise.all([...pods.map((pod) => untilPodRuns(platform, pod)), untilImageCacheIsReady(platform, cache)]);

    for (const pod of pods) {
      assert.equal((await containerGroups(platform.simulator, pod.metadata?.uid)).length, 1, pod.metadata?.name);
    }
    assert.equal((await containerGroups(platform.simulator)).length, pods.length);
    assert.equal((await imageCaches(platform.simulator)).length, 1);
    // The troubles are counted by the journal as well, save for the one that only delays.
    const failures = troubles.length - 1;
    assert.ok((await countCalls('CreateContainerGroup')) <= pods.length + failures);
    assert.ok((await countCalls('CreateImageCache')) <= 3);
    // Two roles and one password for everybody; the calls of one chain fail one after the other.
    assert.ok((await countCalls('AssumeRole')) <= 2 + failures);
    assert.ok((await countCalls('GetAuthorizationToken')) <= 1 + failures);
  });

  it('does not keep what is deleted alive, nor the objects from going', async () => {
    const pods = (await Promise.all(podNames.map((name) => readPod(platform, name)))).filter((pod) => pod !== undefined);
    await addTroubles('DeleteContainerGroup', 'DescribeContainerGroups');
    await addTroublesForOne('DeleteImageCache');
    const cache = await createImageCache(platform, 'short-lived');
    await untilImageCacheIsReady(platform, cache);
    await Promise.all([
      ...pods.map((pod) => deletePod(platform, pod.metadata?.name ?? '')),
      deleteImageCache(platform, cache),
    ]);
    await Promise.all(pods.map((pod) => untilPodIsGone(platform, pod)));
    await eventually('the image cache is gone', async () => (await readImageCache(platform, cache)) === undefined);
    assert.equal((await imageCaches(platform.simulator, cache.metadata?.uid)).length, 0);
    assert.ok((await countCalls('DeleteContainerGroup')) <= pods.length + troubles.length - 1);
  });

  it('that lasts and stops everything leaves the node ready and its Pods as they are, at a bounded rate of calls', async () => {
    const old = await createPod(platform, 'old');
    await untilPodRuns(platform, old);
    const before = (await platform.simulator.journal()).length;
    const startedAtMs = Date.now();
    await platform.simulator.addFault({ action: '*', kind: 'error', status: 503, code: 'ServiceUnavailable' });
    const young: Pod[] = await Promise.all(['young-1', 'young-2', 'young-3'].map((name) => createPod(platform, name)));
    await eventually('the node tells that ECI does not answer', async () => (await condition('ECIReachable')) === 'False');
    await eventually('each young Pod tells why it is not created', async () => {
      const now = await Promise.all(young.map((pod) => readPod(platform, pod.metadata?.name ?? '')));
      return now.every((pod) =>
        pod?.status?.conditions?.some(
          ({ type, status, reason }) =>
            type === 'ContainerInstanceCreated' && status === 'False' && reason === 'ServiceUnavailable',
        ),
      );
    });
    const calls = (await platform.simulator.journal()).length - before;
    const seconds = (Date.now() - startedAtMs) / 1000;
    // Three Pods, three polls and one listing of image caches, each tried four times and then with growing pauses.
    assert.ok(calls <= 40 + 5 * seconds, `${calls} calls in ${seconds} s`);
    assert.equal(await condition('Ready'), 'True');
    assert.equal((await readPod(platform, 'old'))?.status?.phase, 'Running');

    await platform.simulator.clearFaults();
    await Promise.all(young.map((pod) => untilPodRuns(platform, pod)));
    await eventually('the node tells that ECI answers', async () => (await condition('ECIReachable')) === 'True');
    assert.equal((await containerGroups(platform.simulator)).length, young.length + 1);
  });

  it('never marked anything as Failed', async () => {
    assert.deepEqual(
      phases.flatMap((recorder) => recorder.everIn('Failed')),
      [],
    );
  });

  async function condition(type: string): Promise<string | undefined> {
    const { client, nodeName } = platform.sandbox;
    const node = await client.get<Node>(`/api/v1/nodes/${nodeName}`);
    return node.status?.conditions?.find((candidate) => candidate.type === type)?.status;
  }
});
