import assert from 'node:assert/strict';
import type { AcrRegistryInfo } from '../../../../src/alibaba/eci-requests.ts';
import { changedAnnotations } from '../../../../src/eci/update/changed-annotations.ts';
import type { Pod } from '../../../../src/kube/types.ts';
import { Secret } from '../../../../src/secret.ts';
import { clusterObjects } from '../../../support/cluster-objects.ts';
import { aTokenVolume } from '../../../support/pod-builder.ts';
import { noCredentials, setUp, tagsOf } from '../provider-setup.ts';

const pod = (image = 'nginx:2', spec: Partial<NonNullable<Pod['spec']>> = {}): Pod => ({
  metadata: { uid: 'u1', name: 'web', namespace: 'default' },
  spec: { containers: [{ name: 'web', image, env: [{ name: 'A', value: 'b' }] }], ...spec },
});
const change = { containers: true, initContainers: false, number: 1, attempt: 1 };

async function running(
  status = 'Running',
  acrRegistryInfos: AcrRegistryInfo[] = [],
  more: Parameters<typeof setUp>[0] = {},
) {
  const imageRegistryCredentials = [{ server: 'r', userName: 'u', password: new Secret('p') }];
  const resolve = () => Promise.resolve({ ...noCredentials, imageRegistryCredentials, acrRegistryInfos });
  const world = setUp({ credentials: { resolve }, ...more });
  world.eci.seed({ containerGroupId: 'eci-u1', status, tags: tagsOf('u1'), intranetIp: '10.0.0.7' });
  await world.run(2);
  return world;
}

describe('an update of the images of a group', () => {
  it('sends every container as a whole, the credentials, and nothing that did not change', async () => {
    const { provider, eci, stop } = await running();
    const outcome = await provider.update(pod('nginx:2', { initContainers: [{ name: 'init', image: 'i' }] }), change);
    assert.deepEqual(
      [outcome.kind, outcome.message],
      ['updated', 'ECI accepted the update of container group eci-u1 to i, nginx:2'],
    );
    const [request] = eci.updates;
    assert.deepEqual(Object.keys(request ?? {}).sort(), [
      'clientToken',
      'container',
      'containerGroupId',
      'imageRegistryCredential',
      'updateType',
    ]);
    assert.deepEqual([request?.updateType, request?.clientToken], ['IncrementalUpdate', 'u1-u1-1']);
    assert.deepEqual(request?.container?.[0]?.environmentVar, [{ key: 'A', value: 'b' }]);
    await stop();
  });

  it('leaves the group as it is: no second one, the same address', async () => {
    const { provider, eci, run, stop } = await running();
    await provider.update(pod(), change);
    await run(30);
    assert.deepEqual([...eci.groups.keys()], ['eci-u1']);
    assert.equal(eci.groups.get('eci-u1')?.intranetIp, '10.0.0.7');
    await stop();
  });

  it('takes variables as they are now, and leaves volumes and tokens alone, whatever became of them', async () => {
    const volume = aTokenVolume();
    const spec = {
      containers: [
        {
          name: 'web',
          image: 'nginx:2',
          envFrom: [{ configMapRef: { name: 'settings' } }],
          volumeMounts: [
            { name: volume.name, mountPath: '/t' },
            { name: 'gone', mountPath: '/g' },
          ],
        },
      ],
      volumes: [volume, { name: 'gone', secret: { secretName: 'gone' } }],
    };
    const never = (): Promise<never> => Promise.reject(new Error('no token is needed'));
    const references = clusterObjects({ configMaps: { settings: { data: { A: 'now' } } } }, { createToken: never });
    const { provider, eci, stop } = await running('Running', [], { references });
    assert.equal((await provider.update(pod('nginx:2', spec), change)).kind, 'updated');
    assert.deepEqual(eci.updates[0]?.container?.[0]?.environmentVar, [{ key: 'A', value: 'now' }]);
    await stop();
  });

  it('waits for a ConfigMap that its variables need', async () => {
    const { provider, eci, stop } = await running();
    const containers = [{ name: 'web', image: 'nginx:2', envFrom: [{ configMapRef: { name: 'gone' } }] }];
    const outcome = await provider.update(pod('nginx:2', { containers }), change);
    assert.deepEqual([outcome.kind, outcome.message], ['later', 'ConfigMap default/gone does not exist']);
    assert.deepEqual(eci.updates, []);
    await stop();
  });

  for (const status of ['Scheduling', 'Restarting', 'Updating', 'Terminating']) {
    it(`waits while the group is ${status}`, async () => {
      const { provider, eci, stop } = await running(status);
      assert.equal((await provider.update(pod(), change)).kind, 'later');
      assert.deepEqual(eci.updates, []);
      await stop();
    });
  }

  it('is not sent with roles that it cannot carry, and says what to do', async () => {
    const { provider, eci, stop } = await running('Running', [
      { instanceId: 'cri-a', arnService: 'acs:ram::1:role/r' },
    ]);
    const outcome = await provider.update(pod(), change);
    assert.equal(outcome.kind, 'impossible');
    assert.match(outcome.message, /role ARNs of cri-a: delete the Pod/);
    assert.deepEqual(eci.updates, []);
    await stop();
  });

  it('carries registry entries that need no role', async () => {
    const { provider, eci, stop } = await running('Running', [{ instanceId: 'cri-a', domain: ['d'] }]);
    assert.equal((await provider.update(pod(), change)).kind, 'updated');
    assert.deepEqual(eci.updates[0]?.acrRegistryInfo, [{ instanceId: 'cri-a', domain: ['d'] }]);
    await stop();
  });

  it('takes another token where an earlier process used this one with other credentials', async () => {
    const { provider, eci, stop } = await running();
    eci.fail('updateContainerGroup', 'IdempotentParameterMismatch');
    assert.equal((await provider.update(pod(), change)).kind, 'updated');
    assert.deepEqual(
      eci.updates.map(({ clientToken }) => clientToken),
      ['u1-u1-2'],
    );
    await stop();
  });

  it('is impossible for a Pod that could not be created either', async () => {
    const { provider, stop } = await running();
    const outcome = await provider.update({ ...pod('nginx:2', { hostNetwork: true }) }, change);
    assert.equal(outcome.kind, 'impossible');
    await stop();
  });
});

describe('annotations that count at creation only', () => {
  const annotated = (annotations: Record<string, string>): Pod => ({ metadata: { annotations } });
  it('are named when they differ; those of others and what the program writes itself are not', () => {
    const before = annotated({ 'k8s.aliyun.com/eci-use-specs': '1-2Gi', other: 'a' });
    const after = annotated({
      'k8s.aliyun.com/eci-use-specs': '2-4Gi',
      'k8s.aliyun.com/eci-instance-id': 'eci-1',
      other: 'b',
    });
    assert.deepEqual(changedAnnotations(before, after), ['k8s.aliyun.com/eci-use-specs']);
    assert.deepEqual(changedAnnotations(after, after), []);
  });
});
