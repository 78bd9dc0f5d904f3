import assert from 'node:assert/strict';
import type { KubeSecret } from '../../../../src/kube/types.ts';
import { NamespacesBench, aContent, accountPath, helperConfig, secretPath } from '../../../support/namespaces-bench.ts';

const OURS = 'acr-credential-secret-aggregation';
const secretOf = (bench: NamespacesBench, namespace: string): KubeSecret | undefined =>
  bench.api.objects.get(secretPath(namespace));
const textOf = (secret: KubeSecret | undefined): string =>
  Buffer.from(secret?.data?.['.dockerconfigjson'] ?? '', 'base64').toString('utf8');
const aSecret = (overrides: Partial<KubeSecret> = {}): KubeSecret => ({
  metadata: { namespace: 'shop', name: OURS, uid: 'theirs', resourceVersion: '5' },
  type: 'kubernetes.io/dockerconfigjson',
  data: { '.dockerconfigjson': 'e30=' },
  ...overrides,
});

describe('the controller of namespaces', () => {
  let bench: NamespacesBench;

  beforeEach(() => {
    bench = new NamespacesBench();
    bench.addNamespace('shop');
    bench.addNamespace('other');
  });

  afterEach(() => bench.stop());

  it('writes the Secret, then the ServiceAccount, once each, and nothing where it does not watch', async () => {
    bench.putAccount('shop', 'default', [{ name: 'theirs' }]);
    bench.putAccount('shop', 'builder');
    bench.putAccount('other', 'default');
    await bench.passOnce();
    assert.deepEqual(bench.writes(), [`create shop/secrets/${OURS}`, 'patch shop/serviceaccounts/default']);
    assert.deepEqual(bench.pullSecrets('shop', 'default'), ['theirs', OURS]);
    const secret = secretOf(bench, 'shop');
    assert.equal(secret?.type, 'kubernetes.io/dockerconfigjson');
    assert.equal(secret.metadata?.labels?.['app.kubernetes.io/managed-by'], 'aliyun-acr-credential-helper');
    assert.equal(secret.metadata.annotations?.['acr-credential-helper/expires-at'], '2026-01-01T01:00:00Z');
    assert.equal(secret.metadata.annotations['acr-credential-helper/attached-service-accounts'], 'default');
    assert.match(textOf(secret), /first/);
    assert.ok(bench.controller.hasPassed());
  });

  it('makes no call for a second look with nothing to do', async () => {
    bench.putAccount('shop', 'default');
    await bench.passOnce();
    bench.show('shop', 'default');
    const [writes, version] = [bench.writes().length, secretOf(bench, 'shop')?.metadata?.resourceVersion];
    bench.api.refuse(/^get /, 'InternalError', 500);
    bench.controller.changed();
    await bench.clock.advance(100);
    assert.equal(bench.writes().length, writes);
    assert.equal(secretOf(bench, 'shop')?.metadata?.resourceVersion, version);
  });

  it('finds after a restart that nothing is to be written', async () => {
    bench.putAccount('shop', 'default');
    await bench.passOnce();
    bench.stop();
    const before = bench.writes();
    const next = new NamespacesBench({ api: bench.api });
    next.addNamespace('shop');
    next.show('shop', 'default');
    await next.passOnce();
    assert.deepEqual(next.writes(), before);
    assert.ok(next.controller.hasPassed());
    next.stop();
  });

  it('renews in place with one patch under the version that it knows', async () => {
    bench.putAccount('shop', 'default');
    await bench.passOnce();
    const uid = secretOf(bench, 'shop')?.metadata?.uid;
    bench.content = aContent('second');
    bench.controller.changed();
    await bench.clock.advance(100);
    assert.deepEqual(bench.writes().slice(2), [`patch shop/secrets/${OURS}`]);
    assert.equal(secretOf(bench, 'shop')?.metadata?.uid, uid);
    assert.match(textOf(secretOf(bench, 'shop')), /second/);
  });

  it('writes and attaches nothing while there is no content, and everything once there is', async () => {
    bench.content = undefined;
    bench.putAccount('shop', 'default');
    await bench.passOnce();
    assert.deepEqual(bench.writes(), []);
    assert.ok(!bench.controller.hasPassed());
    bench.content = aContent();
    bench.controller.changed();
    await bench.clock.advance(100);
    assert.equal(bench.writes().length, 2);
    assert.ok(bench.controller.hasPassed());
  });

  it('serves new namespaces and ServiceAccounts from what it has', async () => {
    await bench.passOnce();
    await bench.setConfig({ namespaces: { kind: 'all' }, serviceAccounts: { kind: 'all' } });
    bench.addNamespace('young');
    bench.putAccount('young', 'default');
    await bench.clock.advance(100);
    assert.deepEqual(bench.pullSecrets('young', 'default'), [OURS]);
    bench.putAccount('young', 'late');
    await bench.clock.advance(100);
    assert.deepEqual(bench.pullSecrets('young', 'late'), [OURS]);
    const annotations = secretOf(bench, 'young')?.metadata?.annotations;
    assert.equal(annotations?.['acr-credential-helper/attached-service-accounts'], 'default,late');
  });

  it('leaves a Secret of somebody else alone, says so, and attaches nobody to it', async () => {
    bench.api.objects.set(secretPath('shop'), { ...aSecret() });
    bench.putAccount('shop', 'default');
    await bench.passOnce();
    assert.deepEqual(bench.writes(), []);
    assert.ok(bench.conflicts.isConflicted('shop'));
    assert.deepEqual(bench.controller.status().conflicts, ['shop']);
    assert.equal(bench.reports[0]?.reason, 'SecretConflict');
    assert.match(bench.reports[0]?.message ?? '', /--adopt-existing/);
  });

  for (const [what, type, adopted] of [
    ['takes over a Secret of the right type', 'kubernetes.io/dockerconfigjson', true],
    ['does not take over one of another type', 'Opaque', false],
  ] as const) {
    it(`${what} where that is asked for`, async () => {
      const adopting = new NamespacesBench({ adoptExisting: true });
      adopting.addNamespace('shop');
      adopting.api.objects.set(secretPath('shop'), { ...aSecret({ type }) });
      adopting.putAccount('shop', 'default');
      await adopting.passOnce();
      assert.equal(adopting.conflicts.isConflicted('shop'), !adopted);
      assert.deepEqual(adopting.pullSecrets('shop', 'default'), adopted ? [OURS] : []);
      assert.equal(secretOf(adopting, 'shop')?.metadata?.uid, 'theirs');
      adopting.stop();
    });
  }

  it('reads again and writes again after a conflict', async () => {
    bench.putAccount('shop', 'default');
    await bench.passOnce();
    bench.api.edit(secretPath('shop'), (secret) => Object.assign(secret, { data: { '.dockerconfigjson': 'e30=' } }));
    bench.content = aContent('second');
    bench.controller.changed();
    await bench.clock.advance(100);
    assert.match(textOf(secretOf(bench, 'shop')), /second/);
  });

  it('attaches a ServiceAccount that others have changed meanwhile, with what they wrote', async () => {
    bench.putAccount('shop', 'default');
    bench.api.edit(accountPath('shop', 'default'), (stored) =>
      Object.assign(stored, { imagePullSecrets: [{ name: 'theirs' }] }),
    );
    await bench.passOnce();
    assert.deepEqual(bench.pullSecrets('shop', 'default'), ['theirs', OURS]);
  });

  it('puts the entry back at most once in 30 s, and names the fight', async () => {
    bench.putAccount('shop', 'default');
    await bench.passOnce();
    const patches = (): number =>
      bench.writes().filter((write) => write.startsWith('patch shop/serviceaccounts')).length;
    const path = accountPath('shop', 'default');
    // As the API server: whoever writes the list takes it over.
    bench.api.beforeWrite = (write) => {
      if (write.path === path) delete bench.api.objects.get(path)?.metadata?.managedFields;
    };
    for (let second = 0; second < 95; second += 1) {
      if (bench.pullSecrets('shop', 'default').includes(OURS)) {
        bench.api.edit(path, (stored) => {
          const managedFields = [
            { manager: 'kubectl', fieldsV1: { 'f:metadata': {} } },
            { manager: 'flux', fieldsV1: { 'f:imagePullSecrets': {} } },
          ];
          Object.assign(stored, { imagePullSecrets: [], metadata: { ...stored.metadata, managedFields } });
        });
        bench.show('shop', 'default');
      }
      await bench.clock.advance(1000);
    }
    assert.equal(patches(), 4);
    const fights = bench.reports.filter(({ reason }) => reason === 'AttachFailed');
    assert.match(fights[0]?.message ?? '', /put back 2 times.* The list was last written by flux\./);
    assert.equal(fights[0]?.on, 'ServiceAccount shop/default');
  });

  it('detaches what is no longer selected, then notes it', async () => {
    bench.putAccount('shop', 'default', [{ name: 'theirs' }]);
    bench.putAccount('shop', 'builder');
    await bench.passOnce();
    await bench.setConfig({ serviceAccounts: { kind: 'named', names: ['builder'] } });
    assert.deepEqual(bench.pullSecrets('shop', 'default'), ['theirs']);
    assert.deepEqual(bench.pullSecrets('shop', 'builder'), [OURS]);
    const annotations = secretOf(bench, 'shop')?.metadata?.annotations;
    assert.equal(annotations?.['acr-credential-helper/attached-service-accounts'], 'builder');
  });

  it('cleans up a namespace that is no longer watched, also when an earlier process served it', async () => {
    bench.putAccount('shop', 'default', [{ name: 'theirs' }]);
    await bench.passOnce();
    bench.stop();
    const next = new NamespacesBench({ api: bench.api });
    next.state = { kind: 'complete', config: { ...helperConfig, namespaces: { kind: 'named', names: ['other'] } } };
    next.addNamespace('shop');
    next.show('shop', 'default');
    await next.passOnce();
    assert.deepEqual(next.pullSecrets('shop', 'default'), ['theirs']);
    assert.equal(secretOf(next, 'shop'), undefined);
    next.stop();
  });

  it('cleans up nothing that is not its own, and nothing at all while the configuration is incomplete', async () => {
    bench.api.objects.set(secretPath('other'), { ...aSecret() });
    bench.putAccount('shop', 'default');
    await bench.passOnce();
    const writes = bench.writes().length;
    bench.state = { kind: 'incomplete', why: 'the ConfigMap is gone' };
    bench.controller.changed();
    await bench.clock.advance(700_000);
    assert.equal(bench.writes().length, writes);
    assert.ok(secretOf(bench, 'other') !== undefined);
  });

  it('has nothing to do with namespaces that end', async () => {
    const ending = new NamespacesBench();
    ending.addNamespace('shop', 'Terminating');
    ending.putAccount('shop', 'default');
    await ending.passOnce();
    assert.deepEqual(ending.writes(), []);
    assert.ok(ending.controller.hasPassed());
    ending.stop();
  });

  it('makes a Secret again that somebody deletes, at the next look', async () => {
    bench.putAccount('shop', 'default');
    await bench.passOnce();
    bench.api.objects.delete(secretPath('shop'));
    await bench.clock.advance(620_000);
    assert.match(textOf(secretOf(bench, 'shop')), /first/);
  });
});
