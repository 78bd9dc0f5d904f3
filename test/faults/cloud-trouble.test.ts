import assert from 'node:assert/strict';
import type { Node, Pod } from '../../src/kube/types.ts';
import type { ImageCacheObject } from '../../src/imagecache/types.ts';
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

const error = { kind: 'error', status: 500, code: 'InternalError' };
const throttle = { kind: 'throttle', retryAfterMs: 300 };
const gatewayPage = { kind: 'html' };
const reset = { kind: 'reset' };
const halfAnswer = { kind: 'garbage' };
const lostAnswer = { kind: 'lost' };
const slow = { kind: 'delay', delayMs: 500 };

/**
 * What each action meets, in this order, ahead of the first answer that is as it should be. A single object waits twice as long
 * after each failure, so there are many only where there are many objects.
 */
const troublesOfCreation = {
  AssumeRole: [error, gatewayPage, slow],
  GetAuthorizationToken: [throttle, reset, halfAnswer],
  ListInstanceEndpoint: [reset, error, gatewayPage],
  CreateContainerGroup: [error, throttle, gatewayPage, reset, halfAnswer, slow],
  DescribeContainerGroupStatus: [halfAnswer, throttle, slow],
  CreateImageCache: [gatewayPage, lostAnswer],
  DescribeImageCaches: [throttle, reset, halfAnswer],
};
const troublesOfDeletion = {
  DeleteContainerGroup: [error, throttle, gatewayPage, reset, halfAnswer, lostAnswer],
  DescribeContainerGroups: [error, gatewayPage, reset],
  DeleteImageCache: [throttle, lostAnswer],
  DescribeImageCaches: [error, gatewayPage],
};

const podNames = ['a', 'b', 'c', 'd', 'e', 'f'];

describe('trouble at the cloud', function () {
  this.timeout(90_000);
  let platform: Platform;
  let phases: PhaseRecorder[];
  let cache: ImageCacheObject;

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

  const addTroubles = async (troubles: Readonly<Record<string, readonly object[]>>): Promise<void> => {
    for (const [action, list] of Object.entries(troubles))
      for (const trouble of list) await platform.simulator.addFault({ action, count: 1, ...trouble });
  };

  const countCalls = async (action: string): Promise<number> => (await platform.simulator.journal({ action })).length;

  it('of every kind, at every action, delays Pods and image caches and does no more', async () => {
    await addTroubles(troublesOfCreation);
    let pods: Pod[];
    [pods, cache] = await Promise.all([
      Promise.all(podNames.map((name) => createPod(platform, name))),
      createImageCache(platform, 'cache'),
    ]);
    await Promise.all([...pods.map((pod) => untilPodRuns(platform, pod)), untilImageCacheIsReady(platform, cache)]);

    for (const pod of pods) {
      assert.equal((await containerGroups(platform.simulator, pod.metadata?.uid)).length, 1, pod.metadata?.name);
    }
    assert.equal((await containerGroups(platform.simulator)).length, pods.length);
    assert.equal((await imageCaches(platform.simulator)).length, 1);
    // Each failure costs one more call and no other, whoever asked; two roles and one password serve everybody.
    assert.ok((await countCalls('CreateContainerGroup')) <= pods.length + 5);
    assert.ok((await countCalls('CreateImageCache')) <= 2);
    assert.ok((await countCalls('AssumeRole')) <= 2 + 2);
    assert.ok((await countCalls('GetAuthorizationToken')) <= 1 + 3);
  });

  it('does not keep what is deleted alive, nor the objects from going', async () => {
    const pods = (await Promise.all(podNames.map((name) => readPod(platform, name)))).filter(
      (pod) => pod !== undefined,
    );
    await addTroubles(troublesOfDeletion);
    await Promise.all([
      ...pods.map((pod) => deletePod(platform, pod.metadata?.name ?? '')),
      deleteImageCache(platform, cache),
    ]);
    await Promise.all(pods.map((pod) => untilPodIsGone(platform, pod)));
    await eventually('the image cache is gone', async () => (await readImageCache(platform, cache)) === undefined);
    assert.equal((await imageCaches(platform.simulator, cache.metadata?.uid)).length, 0);
    assert.ok(
      (await countCalls('DeleteContainerGroup')) <= pods.length + troublesOfDeletion.DeleteContainerGroup.length,
    );
  });

  it('that lasts and stops everything leaves the node ready and its Pods as they are, at a bounded rate of calls', async () => {
    const old = await createPod(platform, 'old');
    await untilPodRuns(platform, old);
    const before = (await platform.simulator.journal()).length;
    const startedAtMs = Date.now();
    await platform.simulator.addFault({ action: '*', kind: 'error', status: 503, code: 'ServiceUnavailable' });
    const young: Pod[] = await Promise.all(['young-1', 'young-2', 'young-3'].map((name) => createPod(platform, name)));
    await eventually(
      'the node tells that ECI does not answer',
      async () => (await condition('ECIReachable')) === 'False',
    );
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
