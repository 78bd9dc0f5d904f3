import assert from 'node:assert/strict';
import { systemClock } from '../../src/clock.ts';
import { createKubeClient } from '../../src/kube/client.ts';
import { isAlreadyExists, isConflict, isForbidden, isInvalidUid, isNotFound } from '../../src/kube/errors.ts';
import { loadKubeConfig } from '../../src/kube/kube-config.ts';
import { toMicroTime } from '../../src/kube/micro-time.ts';
import { finalizerPatch } from '../../src/kube/patch.ts';
import { patchWithRetry } from '../../src/kube/patch-with-retry.ts';
import type { ConfigMap, Lease, Pod } from '../../src/kube/types.ts';
import { controlPlaneOrSkip } from '../support/control-plane.ts';
import type { ControlPlane } from '../support/control-plane.ts';
import { eventually } from '../support/eventually.ts';
import { createKubeSandbox } from '../support/kube-sandbox.ts';
import type { KubeSandbox } from '../support/kube-sandbox.ts';

describe('the Kubernetes client, with a real API server', () => {
  let plane: ControlPlane;
  let sandbox: KubeSandbox;
  before(async function () {
    plane = await controlPlaneOrSkip(this);
    sandbox = await createKubeSandbox(plane);
    const account = `/api/v1/namespaces/${sandbox.namespace}/serviceaccounts/default`;
    if (plane.hasControllers) await eventually('Pods can be made', () => sandbox.client.get<object>(account));
  });
  after(() => sandbox?.dispose());

  const pods = (): string => `/api/v1/namespaces/${sandbox.namespace}/pods`;
  const configMaps = (): string => `/api/v1/namespaces/${sandbox.namespace}/configmaps`;
  const createPod = (name: string): Promise<Pod> =>
    sandbox.client.create<Pod>(pods(), {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name },
      // Bound to a node, so that a delete without grace is visible as such.
      spec: { nodeName: sandbox.nodeName, containers: [{ name: 'main', image: 'nginx' }] },
    });
  const createConfigMap = (name: string, data: Record<string, string> = {}): Promise<ConfigMap> =>
    sandbox.client.create<ConfigMap>(configMaps(), { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data });

  it('deletes a Pod at once, and only the one with the given UID', async () => {
    const { client } = sandbox;
    const pod = await createPod('precondition');
    const path = `${pods()}/precondition`;
    const wrong = '00000000-0000-0000-0000-000000000000';
    await assert.rejects(client.delete(path, { uid: wrong, gracePeriodSeconds: 0 }), isConflict);
    const after = await client.get<Pod>(path);
    assert.deepEqual([after.metadata?.uid, after.metadata?.deletionTimestamp], [pod.metadata?.uid, undefined]);

    await client.delete(path, { uid: pod.metadata?.uid ?? '', gracePeriodSeconds: 0 });
    await assert.rejects(client.get(path), isNotFound);
    await client.delete(path, { uid: pod.metadata?.uid ?? '', gracePeriodSeconds: 0 });
  });

  it('refuses a status patch for a Pod that has been replaced', async () => {
    await createPod('replaced');
    const body = { metadata: { uid: '00000000-0000-0000-0000-000000000000' }, status: { phase: 'Failed' } };
    const patch = sandbox.client.patch(`${pods()}/replaced/status`, body, 'strategic');
    await assert.rejects(patch, (error) => isInvalidUid(error) || isConflict(error));
    assert.equal((await sandbox.client.get<Pod>(`${pods()}/replaced`)).status?.phase, 'Pending');
  });

  it('merges conditions by type in a strategic patch', async () => {
    await createPod('conditions');
    const path = `${pods()}/conditions/status`;
    const condition = (type: string): object => ({ status: { conditions: [{ type, status: 'True' }] } });
    await sandbox.client.patch(path, condition('Ready'), 'strategic');
    const pod = await sandbox.client.patch<Pod>(path, condition('ImageCredentials'), 'strategic');
    const types = pod.status?.conditions?.map(({ type }) => type) ?? [];
    assert.ok(types.includes('Ready') && types.includes('ImageCredentials'));
  });

  it('sends merge and JSON patches', async () => {
    const { client } = sandbox;
    await createConfigMap('patched', { a: '1', b: '2' });
    const path = `${configMaps()}/patched`;
    await client.patch(path, { data: { a: null, c: '3' } }, 'merge');
    const patched = await client.patch<ConfigMap>(path, [{ op: 'replace', path: '/data/b', value: '4' }], 'json');
    assert.deepEqual(patched.data, { b: '4', c: '3' });
  });

  it('tells a taken name from a stale version', async () => {
    const { client } = sandbox;
    const created = await createConfigMap('contested');
    await assert.rejects(createConfigMap('contested'), isAlreadyExists);
    await client.patch(`${configMaps()}/contested`, { data: { a: '1' } }, 'merge');
    await assert.rejects(client.replace(`${configMaps()}/contested`, created), isConflict);
  });

  it('adds and removes a finalizer while somebody else writes', async () => {
    const { client } = sandbox;
    await createConfigMap('finalized');
    const path = `${configMaps()}/finalized`;
    const finalizer = 'eci.alibabacloud.com/test';
    let rivals = 2;
    await patchWithRetry<ConfigMap>({
      client: {
        get: async <T>(at: string): Promise<T> => {
          const current = await client.get<T>(at);
          if (rivals-- > 0) await client.patch(at, { data: { writes: String(rivals) } }, 'merge');
          return current;
        },
        patch: (at, body, type) => client.patch(at, body, type),
      },
      path,
      type: 'merge',
      build: (current) => finalizerPatch(current, { add: finalizer }),
    });
    const held = await client.get<ConfigMap>(path);
    assert.deepEqual(held.metadata?.finalizers, [finalizer]);
    await client.delete(path);
    const removal = finalizerPatch(await client.get<ConfigMap>(path), { remove: finalizer });
    await client.patch(path, removal ?? {}, 'merge');
    await assert.rejects(client.get(path), isNotFound);
  });

  it('writes MicroTime as leases need it', async () => {
    const { client, namespace, nodeName } = sandbox;
    const nowMs = Date.UTC(2026, 0, 2, 3, 4, 5, 6);
    const lease = await client.create<Lease>(`/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`, {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: nodeName },
      spec: { holderIdentity: nodeName, leaseDurationSeconds: 40, renewTime: toMicroTime(nowMs) },
    });
    assert.equal(lease.spec?.renewTime, '2026-01-02T03:04:05.006000Z');
  });

  it('lists in pages, with types and without managed fields', async () => {
    for (let index = 0; index < 7; index += 1) await createConfigMap(`page-${index}`);
    const { items } = await sandbox.client.list<ConfigMap>(configMaps(), { limit: 3 });
    const listed = items.filter(({ metadata }) => metadata?.name?.startsWith('page-'));
    assert.equal(listed.length, 7);
    assert.deepEqual(
      [listed[0]?.kind, listed[0]?.apiVersion, listed[0]?.metadata?.managedFields],
      ['ConfigMap', 'v1', undefined],
    );
  });

  it('works with the permissions of a ServiceAccount, and says when they do not suffice', async () => {
    const { namespace } = sandbox;
    await plane.kubectl(
      ['-n', namespace, 'create', '-f', '-'],
      '{"apiVersion":"v1","kind":"ServiceAccount","metadata":{"name":"reader"}}',
    );
    await plane.kubectl(['-n', namespace, 'create', 'role', 'reader', '--verb=list', '--resource=configmaps']);
    await plane.kubectl([
      '-n',
      namespace,
      'create',
      'rolebinding',
      'reader',
      '--role=reader',
      `--serviceaccount=${namespace}:reader`,
    ]);
    const path = await plane.createServiceAccountKubeconfig(namespace, 'reader');
    const client = createKubeClient({
      kubeConfig: await loadKubeConfig({ kind: 'file', paths: [path] }),
      clock: systemClock,
    });
    await eventually('the role is in effect', () => client.list(configMaps()));
    await assert.rejects(client.list(`/api/v1/namespaces/${namespace}/secrets`), isForbidden);
    await client.close();
  });
});
