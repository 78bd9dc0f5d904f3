import assert from 'node:assert/strict';
import type { Pod } from '../../src/kube/types.ts';
import { containerGroups } from '../support/cloud-resources.ts';
import { eventually } from '../support/eventually.ts';
import { createPlatform } from '../support/platform.ts';
import type { Platform } from '../support/platform.ts';
import type { ProductProcess } from '../support/product-process.ts';
import { createPod, deletePod, readPod, untilPodIsGone, untilPodRuns } from '../support/sandbox-pods.ts';

const plain = { image: 'nginx', annotations: {} };

describe('the end of a Pod', function () {
  this.timeout(90_000);
  let platform: Platform;
  let product: ProductProcess;

  before(async function () {
    platform = await createPlatform(this);
    product = await platform.start();
  });

  after(async () => await platform?.dispose());

  const deletions = async (): Promise<number> =>
    (await platform.simulator.journal({ action: 'DeleteContainerGroup' })).length;

  /** Deletes a Pod. @returns all that a watcher saw of it, the object of the DELETED event last. */
  const watchDeletion = async (pod: Pod): Promise<Pod[]> => {
    const { client, namespace } = platform.sandbox;
    const { name = '', uid } = pod.metadata ?? {};
    const path = `/api/v1/namespaces/${namespace}/pods`;
    const { resourceVersion } = await client.list<Pod>(path);
    const seen: Pod[] = [];
    const deleting = deletePod(platform, name, 30);
    for await (const { type, object } of client.watch(path, { resourceVersion }, AbortSignal.timeout(60_000))) {
      if (object.metadata?.uid !== uid) continue;
      seen.push(object);
      if (type === 'DELETED') break;
    }
    await deleting;
    return seen;
  };

  it('keeps the object with its grace until the group is gone, shows how it ended, and takes it off the list', async () => {
    const pod = await untilPodRuns(platform, await createPod(platform, 'graceful', plain));
    const before = await deletions();
    const seen = await watchDeletion(pod);
    const graces = seen.map(({ metadata }) => metadata?.deletionGracePeriodSeconds);
    assert.ok(graces.includes(30), `graces: ${JSON.stringify(graces)}`);
    assert.ok(seen.every(({ metadata }) => metadata?.deletionTimestamp !== undefined));
    const last = seen.at(-1)?.status;
    assert.equal(last?.phase, 'Failed');
    assert.ok(last.containerStatuses?.every(({ state }) => state?.terminated?.reason !== undefined));
    assert.deepEqual(await containerGroups(platform.simulator, pod.metadata?.uid), [], 'the group went first');
    assert.equal(await deletions(), before + 1);
    const running = await platform.plane.kubectl([
      ...['get', '--raw', `/api/v1/nodes/${platform.sandbox.nodeName}/proxy/runningpods/`],
    ]);
    assert.ok(!running.includes(pod.metadata?.uid ?? ''));
  });

  it('without grace removes the object at once, and the group follows', async () => {
    const pod = await untilPodRuns(platform, await createPod(platform, 'at-once', plain));
    await deletePod(platform, 'at-once', 0);
    assert.equal(await readPod(platform, 'at-once'), undefined);
    await untilPodIsGone(platform, pod);
  });

  it('is left alone by the next process when it has come before', async () => {
    const env = (code: string) => [
      { name: 'ECI_SIM_EXIT_AFTER_MS', value: '200' },
      { name: 'ECI_SIM_EXIT_CODE', value: code },
    ];
    const expected: Record<string, string> = { succeeded: 'Succeeded', failed: 'Failed' };
    for (const [name, phase] of Object.entries(expected)) {
      const app = { name: 'app', image: 'nginx', env: env(phase === 'Failed' ? '42' : '0') };
      await createPod(platform, name, { ...plain, spec: { restartPolicy: 'Never', containers: [app] } });
    }
    const ended = async (): Promise<(Pod | undefined)[]> =>
      await Promise.all(Object.keys(expected).map((name) => readPod(platform, name)));
    await eventually('both have ended', async () => {
      const phases = (await ended()).map((pod) => pod?.status?.phase);
      return phases.join() === Object.values(expected).join();
    });
    await product.kill('SIGTERM');
    const before = await ended();
    const changes = async (): Promise<string[]> =>
      (await platform.simulator.journal())
        .filter(({ action }) => /^(Create|Update|Delete)ContainerGroup$/.test(action))
        .map(({ action, result }) => `${action} ${result}`);
    const calls = await changes();

    product = await platform.start();
    await untilPodRuns(platform, await createPod(platform, 'later', plain));
    assert.deepEqual((await changes()).slice(calls.length), ['CreateContainerGroup OK']);
    const versions = (pods: (Pod | undefined)[]) => pods.map((pod) => pod?.metadata?.resourceVersion);
    assert.deepEqual(versions(await ended()), versions(before));
  });
});
