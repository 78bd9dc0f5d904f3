import assert from 'node:assert/strict';
import type { KubeSecret } from '../../../../src/kube/types.ts';
import { NamespacesBench, aContent, accountPath, secretPath } from '../../../support/namespaces-bench.ts';

const OURS = 'acr-credential-secret-aggregation';
const everybody = { serviceAccounts: { kind: 'all' as const } };
const secretOf = (bench: NamespacesBench, namespace: string): KubeSecret | undefined =>
  bench.api.objects.get(secretPath(namespace));
const holds = (bench: NamespacesBench, namespace: string, password: string): boolean =>
  Buffer.from(secretOf(bench, namespace)?.data?.['.dockerconfigjson'] ?? '', 'base64')
    .toString('utf8')
    .includes(password);
const noteOf = (bench: NamespacesBench): string | undefined =>
  secretOf(bench, 'shop')?.metadata?.annotations?.['acr-credential-helper/attached-service-accounts'];
const reads = (bench: NamespacesBench): string[] => bench.reads.map((path) => path.replace('/api/v1/namespaces/', ''));

describe('the controller of namespaces, in trouble', () => {
  let bench: NamespacesBench;

  beforeEach(async () => {
    bench = new NamespacesBench();
    bench.addNamespace('shop');
    for (const name of ['first', 'second', 'third']) bench.putAccount('shop', name);
    await bench.setConfig(everybody);
  });

  afterEach(() => bench.stop());

  it('does not write a ServiceAccount again after a conflict once the lease is lost', async () => {
    bench.api.refuse(/patch .*\/first$/, 'Conflict', 409, 1);
    const { api } = bench;
    const get = api.get.bind(api);
    // Whoever leads next may have another configuration already.
    api.get = async <T>(path: string) => {
      if (path === accountPath('shop', 'first')) bench.stop();
      return await get<T>(path);
    };
    await bench.passOnce();
    for (const name of ['first', 'second', 'third']) assert.deepEqual(bench.pullSecrets('shop', name), []);
  });

  it('renews in time also while ServiceAccounts come and go in as many other namespaces as are worked on at a time', async () => {
    const busy = Array.from({ length: 12 }, (_, index) => `busy-${index}`);
    await bench.setConfig({ ...everybody, namespaces: { kind: 'all' } });
    for (const name of busy) bench.addNamespace(name);
    await bench.passOnce();
    const { api } = bench;
    const patch = api.patch.bind(api);
    let born = 0;
    api.patch = async <T>(...call: Parameters<typeof patch>) => {
      await bench.clock.sleep(100);
      const namespace = busy.find((name) => call[0].includes(`/${name}/secrets/`));
      // Before the turn ends there is news again.
      if (namespace !== undefined) bench.putAccount(namespace, `young-${(born += 1)}`);
      return await patch<T>(...call);
    };
    for (const name of busy) bench.putAccount(name, 'default');
    await bench.clock.advance(1000);
    bench.content = aContent('second');
    bench.controller.changed();
    await bench.clock.advance(30_000);
    assert.ok(holds(bench, 'shop', 'second'));
  });

  it('attaches the others where one ServiceAccount cannot be written, and tells of that one', async () => {
    bench.api.refuse(/patch .*\/second$/, 'Forbidden', 403);
    await bench.passOnce();
    assert.deepEqual(bench.pullSecrets('shop', 'first'), [OURS]);
    assert.deepEqual(bench.pullSecrets('shop', 'third'), [OURS]);
    const [report] = bench.reports;
    assert.deepEqual([report?.reason, report?.on], ['AttachFailed', 'ServiceAccount shop/second']);
    bench.api.refusals.length = 0;
    await bench.clock.advance(40_000);
    assert.deepEqual(bench.pullSecrets('shop', 'second'), [OURS]);
  });

  it('renews the Secret where a ServiceAccount cannot be detached, and goes on noting that one', async () => {
    await bench.passOnce();
    bench.api.refuse(/patch .*\/second$/, 'Forbidden', 403);
    bench.content = aContent('fresh');
    await bench.setConfig({ serviceAccounts: { kind: 'named', names: ['first'] } });
    assert.ok(holds(bench, 'shop', 'fresh'));
    assert.equal(noteOf(bench), 'first,second');
    bench.api.refusals.length = 0;
    await bench.clock.advance(40_000);
    assert.equal(noteOf(bench), 'first');
    assert.deepEqual(bench.pullSecrets('shop', 'second'), []);
  });

  it('keeps the Secret of a namespace that is not watched any more while a ServiceAccount cannot be detached', async () => {
    await bench.passOnce();
    bench.api.refuse(/patch .*\/second$/, 'InternalError', 500);
    await bench.setConfig({ ...everybody, namespaces: { kind: 'named', names: ['other'] } });
    assert.deepEqual(bench.pullSecrets('shop', 'first'), []);
    assert.ok(secretOf(bench, 'shop') !== undefined);
    bench.api.refusals.length = 0;
    await bench.clock.advance(40_000);
    assert.deepEqual(bench.pullSecrets('shop', 'second'), []);
    assert.equal(secretOf(bench, 'shop'), undefined);
  });

  it('recovers by itself soon after an API server that was away for two minutes', async () => {
    await bench.passOnce();
    bench.content = aContent('fresh');
    bench.api.refuse(/./, 'ServiceUnavailable', 503);
    bench.controller.changed();
    await bench.clock.advance(120_000);
    assert.ok(!holds(bench, 'shop', 'fresh'));
    assert.equal(bench.controller.status().served, 0);
    bench.api.refusals.length = 0;
    await bench.clock.advance(36_000);
    assert.ok(holds(bench, 'shop', 'fresh'));
    assert.equal(bench.controller.status().served, 1);
    assert.deepEqual(bench.reports, []);
  });

  it('tells of a quota in its words, and of other refusals without what was sent', async () => {
    for (const [status, reason, expected] of [
      [403, 'Forbidden', /: Forbidden$/],
      [422, 'Invalid', /the API server answers 422 Invalid$/],
    ] as const) {
      const other = new NamespacesBench();
      other.addNamespace('shop');
      other.api.refuse(/create/, reason, status);
      await other.passOnce();
      assert.deepEqual(
        [other.reports[0]?.reason, other.reports[0]?.on],
        ['SecretWriteFailed', 'Namespace undefined/shop'],
      );
      assert.match(other.reports[0]?.message ?? '', expected);
      other.stop();
    }
  });

  it('tells where it may not read, and nothing of what passes by itself', async () => {
    for (const [call, reason, status, told] of [
      ['get', 'Forbidden', 403, ['SecretWriteFailed']],
      ['get', 'TooManyRequests', 429, []],
      ['create', 'Unauthorized', 401, []],
      ['create', 'InternalError', 500, []],
    ] as const) {
      const other = new NamespacesBench();
      other.addNamespace('shop');
      other.api.refuse(new RegExp(`^${call} `), reason, status);
      await other.passOnce();
      assert.deepEqual(
        other.reports.map((report) => report.reason),
        told,
        `${call} ${status}`,
      );
      other.stop();
    }
  });

  it('gives up for a moment on a Secret that somebody else writes all the time', async () => {
    await bench.passOnce();
    bench.content = aContent('fresh');
    bench.api.beforeWrite = ({ path }) => {
      if (path === secretPath('shop')) bench.api.edit(path, () => {});
    };
    bench.controller.changed();
    await bench.clock.advance(100);
    const tries = bench.writes().filter((write) => write.startsWith('patch shop/secrets')).length;
    assert.equal(tries, 5);
    bench.api.beforeWrite = () => {};
    await bench.clock.advance(40_000);
    assert.ok(holds(bench, 'shop', 'fresh'));
  });

  it('serves a namespace that was deleted and made again', async () => {
    await bench.passOnce();
    for (const name of ['first', 'second', 'third']) bench.removeAccount('shop', name);
    bench.removeNamespace('shop');
    bench.api.objects.clear();
    bench.addNamespace('shop');
    bench.putAccount('shop', 'first');
    await bench.clock.advance(100);
    assert.ok(holds(bench, 'shop', 'first'));
    assert.deepEqual(bench.pullSecrets('shop', 'first'), [OURS]);
  });

  it('writes nothing for a ServiceAccount that is deleted', async () => {
    await bench.passOnce();
    const before = bench.writes().length;
    bench.removeAccount('shop', 'second');
    await bench.clock.advance(100);
    assert.equal(bench.writes().length, before);
  });

  it('is done with a conflict within a minute or so of its end, and is in conflict until then', async () => {
    const foreign = { metadata: { uid: 'theirs' }, type: 'Opaque' };
    bench.api.objects.set(secretPath('shop'), structuredClone(foreign));
    await bench.passOnce();
    for (let second = 0; second < 200; second += 10) {
      await bench.clock.advance(10_000);
      assert.ok(bench.conflicts.isConflicted('shop'));
    }
    assert.ok(reads(bench).length <= 5);
    bench.api.objects.delete(secretPath('shop'));
    await bench.clock.advance(80_000);
    assert.ok(!bench.conflicts.isConflicted('shop'));
    assert.deepEqual(bench.pullSecrets('shop', 'first'), [OURS]);
  });

  it('looks into namespaces that are not watched once and slowly, and into new ones not at all', async () => {
    for (let index = 100; index < 150; index += 1) bench.addNamespace(`unwatched-${index}`);
    await bench.passOnce();
    await bench.clock.advance(5_000);
    const early = reads(bench).length;
    assert.ok(early >= 20 && early <= 30, String(early));
    await bench.clock.advance(20_000);
    assert.equal(reads(bench).length, 51);
    for (const name of ['first', 'second', 'third']) bench.show('shop', name);
    bench.addNamespace('young');
    bench.putAccount('young', 'default');
    bench.controller.changed();
    await bench.clock.advance(20_000);
    assert.equal(reads(bench).length, 51);
  });

  it('hands what an earlier run has left to the book, in the order in which it is written, until that has enough', async () => {
    bench.addNamespace('also');
    bench.addNamespace('zoo');
    await bench.setConfig({ namespaces: { kind: 'named', names: ['zoo', 'shop', 'also'] } });
    await bench.passOnce();
    bench.recoveredAfter = 2;
    await bench.controller.recover(AbortSignal.timeout(1000));
    assert.deepEqual(bench.recovered, ['also', 'shop']);
  });

  it('works again after it was stopped, from what is there then', async () => {
    await bench.passOnce();
    bench.stop();
    await bench.clock.advance(100);
    bench.api.objects.delete(secretPath('shop'));
    bench.api.edit(accountPath('shop', 'first'), (stored) => Object.assign(stored, { imagePullSecrets: [] }));
    bench.show('shop', 'first');
    assert.ok(!bench.conflicts.isComplete());
    await bench.passOnce();
    await bench.clock.advance(40_000);
    assert.ok(holds(bench, 'shop', 'first'));
    assert.deepEqual(bench.pullSecrets('shop', 'first'), [OURS]);
    assert.ok(bench.conflicts.isComplete());
  });
});
