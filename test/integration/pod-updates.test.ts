import assert from 'node:assert/strict';
import type { Pod } from '../../src/kube/types.ts';
import { containerGroups } from '../support/cloud-resources.ts';
import { eventually } from '../support/eventually.ts';
import { writeFixture } from '../support/fixture-file.ts';
import { createPlatform } from '../support/platform.ts';
import type { Platform } from '../support/platform.ts';
import { createPod, crossAccountChain, crossAccountImage, readPod, untilPodRuns } from '../support/sandbox-pods.ts';
import type { ProductProcess } from '../support/product-process.ts';

const plain = { image: 'docker.io/library/nginx:1', annotations: {} };

describe('Pods that are edited while they run', function () {
  this.timeout(90_000);
  let platform: Platform;
  let product: ProductProcess;

  before(async function () {
    const fixture = await writeFixture(({ images = [] }) => {
      for (const tag of ['1', '2', '3'])
        images.push({ host: 'docker.io', repository: 'library/nginx', tag, public: true });
    });
    platform = await createPlatform(this, { fixture });
    product = await platform.start();
  });

  after(() => platform?.dispose());

  const setImage = (name: string, image: string) => platform.kubectl(['set', 'image', `pod/${name}`, `app=${image}`]);

  const untilImageRuns = (name: string, image: string): Promise<Pod> =>
    eventually(`Pod ${name} runs ${image}`, async () => {
      const pod = await readPod(platform, name);
      const [status] = pod?.status?.containerStatuses ?? [];
      if (status?.image === image && status.state?.running !== undefined && status.ready) return pod;
      throw new Error(JSON.stringify(pod?.status));
    });

  const updates = async () =>
    (await platform.simulator.journal()).filter(({ action }) => action === 'UpdateContainerGroup').length;

  it('get a new image in place: the same Pod, group and address, one update, Running all the while', async () => {
    const before = await untilPodRuns(platform, await createPod(platform, 'web', plain));
    await untilImageRuns('web', plain.image);
    const phases = platform.kubectl([
      ...['get', 'pod', 'web', '--watch', '--request-timeout=10s'],
      ...['-o', 'jsonpath={.status.phase}{"\\n"}'],
    ]);
    await setImage('web', 'docker.io/library/nginx:2');
    const after = await untilImageRuns('web', 'docker.io/library/nginx:2');
    assert.equal(after.metadata?.uid, before.metadata?.uid);
    const id = 'k8s.aliyun.com/eci-instance-id';
    assert.equal(after.metadata?.annotations?.[id], before.metadata?.annotations?.[id]);
    assert.equal(after.status?.podIP, before.status?.podIP);
    assert.equal((await containerGroups(platform.simulator)).length, 1);
    assert.equal(await updates(), 1);
    await eventually('the event is there', async () =>
      (await platform.events('Pod', 'web')).some((event) => event.startsWith('ProviderUpdateSuccess: ECI accepted')),
    );
    assert.deepEqual(new Set((await phases).trim().split('\n')), new Set(['Running']));
  });

  it('get an image that was set while nobody ran', async () => {
    await product.kill('SIGKILL');
    await setImage('web', 'docker.io/library/nginx:3');
    product = await platform.start();
    await untilImageRuns('web', 'docker.io/library/nginx:3');
    assert.equal(await updates(), 2);
    await product.kill('SIGKILL');
    product = await platform.start();
    await eventually('the process knows its Pods', () => product.metrics());
    assert.equal(await updates(), 2, 'what was applied is remembered');
    assert.equal((await containerGroups(platform.simulator)).length, 1);
  });

  it('get an image back that they had before: the same image is no repetition', async () => {
    await setImage('web', 'docker.io/library/nginx:2');
    await untilImageRuns('web', 'docker.io/library/nginx:2');
    assert.equal(await updates(), 3);
  });

  it('pull a private image with a password that is resolved for the update', async () => {
    const pod = await createPod(platform, 'private', { ...plain, annotations: crossAccountChain });
    await untilPodRuns(platform, pod);
    await setImage('private', crossAccountImage);
    await untilImageRuns('private', crossAccountImage);
  });

  it('are left alone when a label changes, and say so when an annotation does', async () => {
    const before = await updates();
    await platform.kubectl(['label', 'pod/web', 'tier=front']);
    await platform.kubectl(['annotate', 'pod/web', 'k8s.aliyun.com/eci-use-specs=4-8Gi']);
    await eventually('the event is there', async () =>
      (await platform.events('Pod', 'web')).some((event) => event.startsWith('AnnotationChangedTooLate')),
    );
    assert.equal(await updates(), before);
  });

  it('end at a deadline that was set while they ran', async () => {
    await platform.kubectl(['patch', 'pod/web', '--patch', '{"spec":{"activeDeadlineSeconds":1}}']);
    const pod = await eventually('the Pod has failed', async () => {
      const now = await readPod(platform, 'web');
      return now?.status?.phase === 'Failed' ? now : undefined;
    });
    assert.equal(pod.status?.reason, 'DeadlineExceeded');
    assert.equal(pod.status?.containerStatuses?.[0]?.state?.terminated?.exitCode, 137);
    await eventually('its group is gone', async () => {
      const groups = await containerGroups(platform.simulator, pod.metadata?.uid);
      return groups.length === 0;
    });
  });

  it('have the events of ECI, each once, also after a restart', async () => {
    const pulled = async () =>
      (await platform.events('Pod', 'private')).filter((event) => event.startsWith('Pulled')).length;
    const before = await eventually('a pull was told', pulled);
    await product.kill('SIGKILL');
    product = await platform.start();
    await setImage('private', 'docker.io/library/nginx:2');
    await untilImageRuns('private', 'docker.io/library/nginx:2');
    await eventually('the next pull was told', async () => (await pulled()) > before);
    assert.equal(await pulled(), before + 1);
  });
});
