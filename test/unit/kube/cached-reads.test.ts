import assert from 'node:assert/strict';
import { createCachedReads } from '../../../src/kube/cached-reads.ts';
import type { CachedReads } from '../../../src/kube/cached-reads.ts';
import { KubeApiError } from '../../../src/kube/errors.ts';
import { FakeClock } from '../../support/fake-clock.ts';

function setUp(existing: Set<string> = new Set()): { reads: CachedReads; clock: FakeClock; asked: string[] } {
  const clock = new FakeClock();
  const asked: string[] = [];
  const client = {
    get: async <T>(path: string): Promise<T> => {
      asked.push(path);
      if (!existing.has(path)) throw new KubeApiError({ message: 'no', reason: 'NotFound', httpStatus: 404 });
      return { metadata: { resourceVersion: String(asked.length) } } as T;
    },
    list: async (path: string): Promise<{ items: never[]; resourceVersion: string }> => {
      asked.push(path);
      return { items: [], resourceVersion: '1' };
    },
  };
  return { reads: createCachedReads({ client, clock }), clock, asked };
}

const SETTINGS = '/api/v1/namespaces/team/configmaps/settings';

describe('createCachedReads', () => {
  it('asks once for callers at the same time, and within half a minute', async () => {
    const { reads, clock, asked } = setUp(new Set([SETTINGS]));
    await Promise.all([reads.configMap('team', 'settings'), reads.configMap('team', 'settings')]);
    await clock.advance(29_000);
    await reads.configMap('team', 'settings');
    assert.deepEqual(asked, [SETTINGS]);
    await clock.advance(2_000);
    await reads.configMap('team', 'settings');
    assert.equal(asked.length, 2);
  });

  it('asks again for who must not see what was read before', async () => {
    const { reads, clock, asked } = setUp(new Set([SETTINGS]));
    const before = await reads.configMap('team', 'settings');
    await clock.advance(5_000);
    const createdAtMs = clock.nowMs();
    await clock.advance(1_000);
    const after = await reads.configMap('team', 'settings', createdAtMs);
    assert.notDeepEqual(after, before);
    await reads.configMap('team', 'settings', createdAtMs);
    assert.equal(asked.length, 2);
  });

  it('gives what it has read just now to who wants it from the future, and shares reads under way', async () => {
    const { reads, clock, asked } = setUp(new Set([SETTINGS]));
    const soon = clock.nowMs() + 2_000;
    const all = await Promise.all([1, 2, 3].map(async () => await reads.configMap('team', 'settings', soon)));
    assert.equal(all.filter((object) => object !== undefined).length, 3);
    assert.deepEqual(asked, [SETTINGS]);
  });

  it('sees soon that something has appeared, and at once when told so', async () => {
    const existing = new Set<string>();
    const { reads, clock } = setUp(existing);
    assert.equal(await reads.configMap('team', 'settings'), undefined);
    existing.add(SETTINGS);
    assert.equal(await reads.configMap('team', 'settings'), undefined);
    reads.forget({ kind: 'ConfigMap', namespace: 'team', name: 'settings', key: 'a' });
    assert.ok(await reads.configMap('team', 'settings'));
    existing.clear();
    await clock.advance(31_000);
    assert.equal(await reads.configMap('team', 'settings'), undefined);
    existing.add(SETTINGS);
    await clock.advance(2_100);
    assert.ok(await reads.configMap('team', 'settings'));
  });

  it('lists nothing but Services, and everything else by name', async () => {
    const { reads, asked } = setUp();
    await reads.services('team');
    await reads.services('team');
    await reads.service('default', 'kubernetes');
    await reads.secret('team', 'login');
    await reads.persistentVolumeClaim('team', 'data');
    await reads.persistentVolume('pv-1');
    assert.deepEqual(asked, [
      '/api/v1/namespaces/team/services',
      '/api/v1/namespaces/default/services/kubernetes',
      '/api/v1/namespaces/team/secrets/login',
      '/api/v1/namespaces/team/persistentvolumeclaims/data',
      '/api/v1/persistentvolumes/pv-1',
    ]);
  });

  it('does not take a failure for absence', async () => {
    const clock = new FakeClock();
    const failure = new KubeApiError({ message: 'no', reason: 'InternalError', httpStatus: 500 });
    const client = { get: () => Promise.reject(failure), list: () => Promise.reject(failure) };
    const reads = createCachedReads({ client, clock });
    await assert.rejects(reads.secret('team', 'login'), failure);
    await assert.rejects(reads.services('team'), failure);
  });
});
