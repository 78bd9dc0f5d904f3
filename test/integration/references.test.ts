import assert from 'node:assert/strict';
import type { Container, Pod } from '../../src/kube/types.ts';
import { containerGroups } from '../support/cloud-resources.ts';
import { eventually } from '../support/eventually.ts';
import { createPlatform } from '../support/platform.ts';
import type { Platform } from '../support/platform.ts';
import { createPod, readPod, untilPodRuns } from '../support/sandbox-pods.ts';

const image = 'nginx';

/** A container that takes one key, and everything, of a ConfigMap and of a Secret. */
function needing(names: { configMap?: string; secret?: string }, optional: boolean): Container {
  const { configMap, secret } = names;
  return {
    name: 'app',
    image,
    env: [
      ...(configMap === undefined
        ? []
        : [{ name: 'MODE', valueFrom: { configMapKeyRef: { name: configMap, key: 'MODE', optional } } }]),
      ...(secret === undefined
        ? []
        : [{ name: 'USER_NAME', valueFrom: { secretKeyRef: { name: secret, key: 'USER_NAME', optional } } }]),
    ],
    envFrom: [
      ...(configMap === undefined ? [] : [{ configMapRef: { name: configMap, optional } }]),
      ...(secret === undefined ? [] : [{ secretRef: { name: secret, optional } }]),
    ],
  };
}

describe('ConfigMaps and Secrets that a Pod refers to', function () {
  this.timeout(120_000);
  let platform: Platform;

  before(async function () {
    platform = await createPlatform(this);
    await platform.start();
  });

  after(async () => await platform?.dispose());

  const create = async (name: string, spec: Partial<Pod['spec']>): Promise<Pod> =>
    await createPod(platform, name, { image, annotations: {}, spec });

  const untilTold = async (pod: string, reason: string): Promise<void> => {
    await eventually(`${pod} has the event ${reason}`, async () => {
      const events = await platform.events('Pod', pod);
      if (events.some((event) => event.startsWith(`${reason}: `))) return true;
      throw new Error(events.join('\n'));
    });
  };

  it('that are optional and missing are told, and the Pod runs', async () => {
    const pod = await create('content', { containers: [needing({ configMap: 'no-map', secret: 'no-secret' }, true)] });
    await untilPodRuns(platform, pod);
    await untilTold('content', 'OptionalConfigMapNotFound');
    await untilTold('content', 'OptionalSecretNotFound');
  });

  it('that are mandatory and missing keep the Pod from the cloud, until they appear', async () => {
    const [map, secret] = await Promise.all([
      create('needs-map', { containers: [needing({ configMap: 'late-map' }, false)] }),
      create('needs-secret', { containers: [needing({ secret: 'late-secret' }, false)] }),
    ]);
    await untilTold('needs-map', 'MandatoryConfigMapNotFound');
    await untilTold('needs-secret', 'MandatorySecretNotFound');
    for (const { metadata } of [map, secret]) {
      assert.deepEqual(await containerGroups(platform.simulator, metadata?.uid), []);
      assert.equal((await readPod(platform, metadata?.name ?? ''))?.status?.phase, 'Pending');
    }
    await platform.kubectl(['create', 'configmap', 'late-map', '--from-literal=MODE=fast']);
    await platform.kubectl(['create', 'secret', 'generic', 'late-secret', '--from-literal=USER_NAME=robot']);
    // Secrets are read again and again rather than watched: at the latest after a minute.
    for (const pod of [map, secret]) {
      await untilPodRuns(platform, pod, { timeoutMs: 90_000 });
      assert.equal((await containerGroups(platform.simulator, pod.metadata?.uid)).length, 1);
    }
  });

  it('a cloud file share, inline by CSI, is part of the group, and the Pod gets ready', async () => {
    const csi = {
      driver: 'nasplugin.csi.alibabacloud.com',
      volumeAttributes: { server: 'share.cn-hangzhou.nas.aliyuncs.com', path: '/data' },
    };
    const pod = await create('shares', {
      volumes: [{ name: 'share', csi }],
      containers: [{ name: 'app', image, volumeMounts: [{ name: 'share', mountPath: '/share' }] }],
    });
    await untilPodRuns(platform, pod);
    await platform.waitFor(
      'the Pod is ready',
      'pod/shares',
      '{.status.conditions[?(@.type=="Ready")].status}',
      /^True$/,
    );
    const calls = await platform.simulator.journal({ action: 'CreateContainerGroup' });
    const sent = calls.map(({ parameters }) => parameters).find((all) => all['Volume.1.Name'] === 'share');
    assert.deepEqual(
      [sent?.['Volume.1.Type'], sent?.['Volume.1.NFSVolume.Server'], sent?.['Volume.1.NFSVolume.Path']],
      ['NFSVolume', 'share.cn-hangzhou.nas.aliyuncs.com', '/data'],
    );
  });
});
