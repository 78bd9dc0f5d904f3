import assert from 'node:assert/strict';
import { systemClock } from '../../src/clock.ts';
import { createReflector } from '../../src/kube/reflector.ts';
import type { Reflector } from '../../src/kube/reflector.ts';
import type { ConfigMap } from '../../src/kube/types.ts';
import { controlPlaneOrSkip } from '../support/control-plane.ts';
import type { ControlPlane } from '../support/control-plane.ts';
import { eventually } from '../support/eventually.ts';
import { createKubeSandbox } from '../support/kube-sandbox.ts';
import type { KubeSandbox } from '../support/kube-sandbox.ts';

describe('the reflector, with a real API server', function () {
  this.timeout(60_000);
  let plane: ControlPlane;
  let sandbox: KubeSandbox;
  let reflector: Reflector<ConfigMap>;
  let stop: AbortController;
  let done: Promise<void>;
  let seen: string[];

  before(async function () {
    plane = await controlPlaneOrSkip(this);
    sandbox = await createKubeSandbox(plane);
  });
  after(() => sandbox?.dispose());

  const path = (name = ''): string => `/api/v1/namespaces/${sandbox.namespace}/configmaps${name && `/${name}`}`;
  const create = (name: string): Promise<unknown> =>
    sandbox.client.create(path(), {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, labels: { watched: 'yes' } },
    });
  const sees = (line: string): Promise<boolean> =>
    eventually(`${line} among ${seen.join(', ')}`, async () => seen.includes(line), { everyMs: 20 }).then(() => true);

  beforeEach(async () => {
    stop = new AbortController();
    seen = [];
    reflector = createReflector<ConfigMap>({
      client: sandbox.client,
      path: path(),
      labelSelector: 'watched=yes',
      clock: systemClock,
      onEvent: ({ type, object }) => seen.push(`${type} ${object.metadata?.name}`),
    });
    done = reflector.run(stop.signal);
    await reflector.waitForSync(AbortSignal.timeout(10_000));
  });
  afterEach(async () => {
    stop.abort();
    await done;
  });

  it('follows what is created, changed, taken out of the selector and deleted', async () => {
    await create('a');
    await create('b');
    await sees('added b');
    await sandbox.client.patch(path('a'), { data: { key: 'value' } }, 'merge');
    await sees('updated a');
    assert.deepEqual(reflector.get(`${sandbox.namespace}/a`)?.data, { key: 'value' });
    await sandbox.client.patch(path('a'), { metadata: { labels: { watched: null } } }, 'merge');
    await sees('deleted a');
    await sandbox.client.delete(path('b'));
    await sees('deleted b');
    assert.deepEqual(reflector.list(), []);
  });

  it('catches up after the API server was killed, without losing or inventing anything', async () => {
    await create('kept');
    await create('renewed');
    await sees('added renewed');
    const uid = reflector.get(`${sandbox.namespace}/renewed`)?.metadata?.uid;
    await plane.kill('kube-apiserver');
    await eventually('the loss is noticed', async () => !reflector.isCurrent(), { everyMs: 20 });
    assert.equal(reflector.list().length, 2);
    await plane.start('kube-apiserver');
    await sandbox.client.delete(path('renewed'));
    await create('renewed');
    await create('late');
    await sees('added late');
    await sees('deleted renewed');
    assert.notEqual(reflector.get(`${sandbox.namespace}/renewed`)?.metadata?.uid, uid);
    assert.deepEqual(
      new Set(reflector.list().map((object) => object.metadata?.name)),
      new Set(['kept', 'late', 'renewed']),
    );
    assert.deepEqual(
      seen.filter((line) => line.endsWith(' kept')),
      ['added kept'],
    );
  });
});
