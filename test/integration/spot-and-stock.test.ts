import assert from 'node:assert/strict';
import type { Pod } from '../../src/kube/types.ts';
import { containerGroups } from '../support/cloud-resources.ts';
import { eventually } from '../support/eventually.ts';
import { createPlatform } from '../support/platform.ts';
import type { Platform } from '../support/platform.ts';
import { withPrefix } from '../support/pod-manifest.ts';
import { createImageCache, removeImageCaches, untilImageCacheIsReady } from '../support/sandbox-image-caches.ts';
import {
  createPod,
  crossAccountChain,
  deletePod,
  readPod,
  untilPodIsGone,
  untilPodRuns,
} from '../support/sandbox-pods.ts';

const ZONE_K = { zoneId: 'cn-hangzhou-k', vSwitchId: 'vsw-bp1xpiowfm5vo8o3c0001' };
const ZONE_I = { zoneId: 'cn-hangzhou-i', vSwitchId: 'vsw-bp1rzuzm6nu27mc0c0002' };
const BOTH = `${ZONE_K.vSwitchId},${ZONE_I.vSwitchId}`;
const NGINX = 'nginx:latest';
/** A second attempt comes 12 to 18 seconds after a failure for want of stock. */
const SECOND_ATTEMPT_MS = 45_000;

describe('when ECI has no room, or takes it back', function () {
  this.timeout(120_000);
  let platform: Platform;

  before(async function () {
    platform = await createPlatform(this);
    await platform.start();
  });

  afterEach(async () => {
    if (platform === undefined) return;
    await fetch(`${platform.simulator.url}/_sim/stock`, { method: 'DELETE' });
  });

  after(async () => {
    if (platform === undefined) return;
    await removeImageCaches(platform);
    await platform.dispose();
  });

  const sell = async (rule: Readonly<Record<string, string>>): Promise<void> => {
    await platform.simulator.control('/_sim/stock', rule);
  };

  /** The create requests of one Pod, in order. */
  const requestsOf = async (pod: Pod): Promise<Readonly<Record<string, string>>[]> =>
    (await platform.simulator.journal({ action: 'CreateContainerGroup' }))
      .map(({ parameters }) => parameters)
      .filter(({ ClientToken = '' }) => ClientToken.startsWith(pod.metadata?.uid ?? '-'));

  const zoneOf = (pod: Pod): string | undefined => pod.metadata?.annotations?.['k8s.aliyun.com/eci-instance-zone'];

  const withZone = async (name: string): Promise<Pod> =>
    await eventually(`${name} tells its zone`, async () => {
      const pod = await readPod(platform, name);
      return pod !== undefined && zoneOf(pod) !== undefined ? pod : undefined;
    });

  it('runs in the other zone when the first is sold out, within the one request that names both', async () => {
    await sell({ zoneId: ZONE_K.zoneId, shows: 'at-once' });
    const pod = await createPod(platform, 'other-zone', {
      image: NGINX,
      annotations: withPrefix({ 'eci-vswitch': BOTH, 'eci-schedule-strategy': 'VSwitchOrdered' }),
    });
    await untilPodRuns(platform, pod);
    assert.equal(zoneOf(await withZone('other-zone')), ZONE_I.zoneId);
    assert.equal((await requestsOf(pod)).length, 1);
  });

  it('replaces a group that found no place under a new attempt, which begins in the other zone', async () => {
    await sell({ zoneId: ZONE_K.zoneId, shows: 'late' });
    const pod = await createPod(platform, 'no-place', {
      image: NGINX,
      annotations: withPrefix({ 'eci-vswitch': BOTH, 'eci-schedule-strategy': 'VSwitchOrdered' }),
    });
    await eventually('the Pod says why it has no place', async () => {
      const status = (await readPod(platform, 'no-place'))?.status;
      const created = status?.conditions?.find(({ type }) => type === 'ContainerInstanceCreated');
      return (
        status?.phase === 'Pending' &&
        status.reason === 'ContainerInstanceScheduleFailed' &&
        created?.status === 'False' &&
        created.reason === 'NoStock'
      );
    });
    const running = await untilPodRuns(platform, pod, { timeoutMs: SECOND_ATTEMPT_MS });
    assert.equal(zoneOf(await withZone('no-place')), ZONE_I.zoneId);
    assert.equal(running.status?.reason, undefined, 'the reason is cleared once it is over');

    const [first, second, ...others] = await requestsOf(pod);
    assert.deepEqual(others, []);
    assert.deepEqual([first?.['VSwitchId'], second?.['VSwitchId']], [BOTH, `${ZONE_I.vSwitchId},${ZONE_K.vSwitchId}`]);
    assert.deepEqual(
      [first?.['ClientToken'], second?.['ClientToken']],
      [`${pod.metadata?.uid}-c1`, `${pod.metadata?.uid}-c2`],
    );
    const annotations = running.metadata?.annotations;
    assert.equal(annotations?.['eci.alibabacloud.com/create-attempt-after'], `NoStock ${ZONE_K.vSwitchId}`);
    await eventually('the group without a place is deleted', async () => {
      const groups = await containerGroups(platform.simulator, pod.metadata?.uid);
      return groups.length === 1 && groups[0]?.status === 'Running';
    });
    const events = await platform.events('Pod', 'no-place');
    assert.ok(
      events.some((event) => event.startsWith('ProviderCreateFailed: NoStock')),
      events.join('\n'),
    );
    assert.ok(
      events.some((event) => event.startsWith('PlacementRotated: after NoStock attempt 2')),
      events.join('\n'),
    );
  });

  it('leaves the spot market when it is sold out and the Pod allows that', async () => {
    await sell({ market: 'spot', shows: 'at-once' });
    const pod = await createPod(platform, 'degraded', {
      image: NGINX,
      annotations: withPrefix({ 'eci-spot-strategy': 'SpotAsPriceGo', 'eci-spot-fallback': 'true' }),
    });
    await untilPodRuns(platform, pod, { timeoutMs: SECOND_ATTEMPT_MS });
    const requests = await requestsOf(pod);
    assert.deepEqual(
      requests.map(({ SpotStrategy }) => SpotStrategy),
      ['SpotAsPriceGo', undefined],
    );
    const events = await platform.events('Pod', 'degraded');
    assert.ok(
      events.some((event) => event.startsWith('SpotDegraded: ')),
      events.join('\n'),
    );
  });

  it('announces a reclaim, fails the Pod as a disruption, and lets its Job make another', async () => {
    await platform.kubectl(['create', '-f', '-'], JSON.stringify(spotJob('batch', platform.sandbox.nodeName)));
    const pod = await eventually('the Pod of the Job runs', async () => {
      const [first] = await podsOf('batch');
      return first?.status?.phase === 'Running' ? first : undefined;
    });
    const name = pod.metadata?.name ?? '';
    const [group] = await containerGroups(platform.simulator, pod.metadata?.uid);
    await platform.simulator.control('/_sim/spot-reclaim', { containerGroupId: group?.id });
    const announced = await eventually('the reclaim is announced', async () => {
      const now = await readPod(platform, name);
      const created = now?.status?.conditions?.find(({ type }) => type === 'ContainerInstanceCreated');
      return created?.reason === 'SpotToBeReleased' ? now : undefined;
    });
    assert.equal(announced.status?.phase, 'Running', 'it runs on until its time has come');
    await eventually('the announcement is an event of the Pod', async () =>
      (await platform.events('Pod', name)).some((event) => event.startsWith('SpotToBeReleased: ')),
    );

    await platform.simulator.advance(180_000);
    const failed = await eventually('the Pod is failed', async () => {
      const now = await readPod(platform, name);
      return now?.status?.phase === 'Failed' ? now : undefined;
    });
    assert.equal(failed.status?.reason, 'SpotReclaimed');
    const disruption = failed.status?.conditions?.find(({ type }) => type === 'DisruptionTarget');
    assert.deepEqual([disruption?.status, disruption?.reason], ['True', 'TerminationByKubelet']);
    assert.equal(failed.status?.containerStatuses?.[0]?.state?.terminated?.exitCode, 137);

    // API servers of 1.20 have no podFailurePolicy by which a Job could tell a disruption; the back-off limit replaces the Pod.
    await eventually(
      'the Job has made another Pod',
      async () => {
        const others = (await podsOf('batch')).filter(({ metadata }) => metadata?.uid !== pod.metadata?.uid);
        return others.some(({ status }) => status?.phase === 'Running');
      },
      { timeoutMs: 60_000 },
    );
    await platform.kubectl(['delete', 'job', 'batch', '--wait=false']);
  });

  it('waits for a quota that is used up, and runs once it is not', async () => {
    await platform.simulator.control('/_sim/quotas', { maxCpu: 0 });
    const pod = await createPod(platform, 'over-quota', { image: NGINX });
    await eventually('the Pod says that the quota is used up', async () => {
      const status = (await readPod(platform, 'over-quota'))?.status;
      const created = status?.conditions?.find(({ type }) => type === 'ContainerInstanceCreated');
      return status?.reason === 'ContainerInstanceScheduleFailed' && created?.reason === 'QuotaExceeded';
    });
    await platform.simulator.control('/_sim/quotas', { maxCpu: 100_000 });
    await untilPodRuns(platform, pod, { timeoutMs: SECOND_ATTEMPT_MS });
    const requests = await requestsOf(pod);
    assert.equal(requests[0]?.['VSwitchId'], requests[1]?.['VSwitchId'], 'another zone would not mend it');
  });

  it('gives up at once with fail-fast: a Deployment does not spin, a Pod that is never restarted fails', async () => {
    await sell({ shows: 'at-once' });
    const failFast = withPrefix({ 'eci-fail-strategy': 'fail-fast' });
    const labels = { app: 'impatient' };
    await platform.kubectl(
      ['create', '-f', '-'],
      JSON.stringify({
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'impatient' },
        spec: {
          replicas: 1,
          selector: { matchLabels: labels },
          template: {
            metadata: { labels, annotations: failFast },
            spec: { nodeName: platform.sandbox.nodeName, containers: [{ name: 'app', image: NGINX }] },
          },
        },
      }),
    );
    const bare = await createPod(platform, 'once', {
      image: NGINX,
      annotations: failFast,
      spec: { restartPolicy: 'Never' },
    });
    const givenUp = await eventually('the Pod of the Deployment has given up', async () => {
      const [pod] = await podsOf('impatient');
      return pod?.status?.reason === 'ContainerInstanceScheduleFailed' ? pod : undefined;
    });
    assert.equal(givenUp.status?.phase, 'Pending');
    assert.match(givenUp.status.message ?? '', /OperationDenied\.NoStock/);
    const printed = await platform.kubectl(['get', 'pod', givenUp.metadata?.name ?? '', '--no-headers']);
    assert.match(printed, /ProviderFailed/);
    await platform.waitFor('the bare Pod has failed', 'pod/once', '{.status.phase}', /^Failed$/);

    // There is room again, which nobody is to notice: that is what giving up means. A third Pod shows that time has passed.
    await fetch(`${platform.simulator.url}/_sim/stock`, { method: 'DELETE' });
    await untilPodRuns(platform, await createPod(platform, 'patient', { image: NGINX }));
    await eventually('longer than a second attempt would take', () => Promise.resolve(elapsed(givenUp) > 20_000));
    const pods = await podsOf('impatient');
    assert.deepEqual(
      pods.map(({ metadata, status }) => [metadata?.uid, status?.phase]),
      [[givenUp.metadata?.uid, 'Pending']],
    );
    assert.equal((await requestsOf(givenUp)).length, 1);
    assert.equal((await requestsOf(bare)).length, 1);
    await platform.kubectl(['delete', 'deployment', 'impatient', '--wait=false']);
  });

  it('creates from the image cache that holds every image, and without one where none does', async () => {
    const cache = await untilImageCacheIsReady(platform, await createImageCache(platform, 'match'));
    const imageCacheId = cache.status?.imageCacheId;
    assert.match(imageCacheId ?? '', /^imc-/);
    const annotations = { ...crossAccountChain, ...withPrefix({ 'imc-perfect-match': 'true' }) };
    const [matched, unmatched] = await Promise.all([
      createPod(platform, 'matched', { annotations }),
      createPod(platform, 'unmatched', { annotations: withPrefix({ 'imc-perfect-match': 'true' }), image: NGINX }),
    ]);
    const running = await untilPodRuns(platform, matched);
    assert.equal(running.metadata?.annotations?.['k8s.aliyun.com/eci-matched-image-cache'], imageCacheId);
    const [request] = await requestsOf(matched);
    assert.equal(request?.['ImageSnapshotId'], imageCacheId);
    const events = await platform.events('Pod', 'matched');
    assert.ok(
      events.some((event) => event.startsWith(`ImageCacheMatched: image cache ${imageCacheId}`)),
      events.join('\n'),
    );

    await untilPodRuns(platform, unmatched);
    const [other] = await requestsOf(unmatched);
    assert.deepEqual([other?.['ImageSnapshotId'], other?.['AutoMatchImageCache']], [undefined, 'false']);
    const explained = await platform.events('Pod', 'unmatched');
    assert.ok(
      explained.some((event) => event.startsWith('ImageCacheNotMatched: ')),
      explained.join('\n'),
    );
  });

  it('lets a Pod go whose group was removed behind its back', async () => {
    const pod = await createPod(platform, 'lost', { image: NGINX });
    await untilPodRuns(platform, pod);
    const [group] = await containerGroups(platform.simulator, pod.metadata?.uid);
    await platform.simulator.control('/_sim/remove-group', { containerGroupId: group?.id });
    assert.deepEqual(await containerGroups(platform.simulator, pod.metadata?.uid), []);
    await deletePod(platform, 'lost');
    await untilPodIsGone(platform, pod);
  });

  async function podsOf(app: string): Promise<Pod[]> {
    const text = await platform.kubectl(['get', 'pods', '-l', `app=${app}`, '-o', 'json']);
    return (JSON.parse(text) as { items: Pod[] }).items;
  }
});

function elapsed(pod: Pod): number {
  return Date.now() - Date.parse(pod.metadata?.creationTimestamp ?? '');
}

function spotJob(name: string, nodeName: string): object {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name },
    spec: {
      backoffLimit: 3,
      template: {
        metadata: { labels: { app: name }, annotations: withPrefix({ 'eci-spot-strategy': 'SpotAsPriceGo' }) },
        spec: { nodeName, restartPolicy: 'Never', containers: [{ name: 'work', image: NGINX }] },
      },
    },
  };
}
