import assert from 'node:assert/strict';
import { ConflictBook } from '../../../../src/credential-helper/namespaces/conflict-book.ts';
import { ConflictScout } from '../../../../src/credential-helper/namespaces/conflict-scout.ts';
import type { Namespace } from '../../../../src/credential-helper/namespaces/namespace.ts';
import { ObjectStore } from '../../../../src/kube/object-store.ts';
import { noLog } from '../../../../src/telemetry/types.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { aHelperConfig } from '../../../support/helper-config.ts';
import { MemoryApi } from '../../../support/memory-api.ts';
import { secretPath } from '../../../support/namespaces-bench.ts';

describe('the look for Secrets of others in a replica that does not lead', () => {
  let clock: FakeClock;
  let api: MemoryApi;
  let conflicts: ConflictBook;
  let stopped: AbortController;
  let isLeading: boolean;
  let reads: number;

  const foreign = { metadata: { uid: 'theirs' }, type: 'kubernetes.io/dockerconfigjson' };
  const start = (options: { webhook?: boolean; adoptExisting?: boolean } = {}): void => {
    const namespaces = new ObjectStore<Namespace>();
    for (const name of ['one', 'two', 'unwatched']) namespaces.set({ metadata: { name, uid: name } });
    const config = aHelperConfig({
      namespaces: { kind: 'named', names: ['one', 'two'] },
      webhook: { enabled: options.webhook ?? true, failurePolicy: 'Ignore', timeoutSeconds: 10 },
    });
    const scout = new ConflictScout({
      client: {
        get: async (path) => {
          reads += 1;
          return await api.get(path);
        },
      },
      clock,
      logger: noLog,
      source: { current: () => ({ kind: 'complete', config }) },
      namespaces,
      conflicts,
      isLeading: () => isLeading,
      adoptExisting: options.adoptExisting ?? false,
    });
    void scout.run(stopped.signal);
  };

  beforeEach(() => {
    clock = new FakeClock();
    api = new MemoryApi();
    conflicts = new ConflictBook();
    stopped = new AbortController();
    isLeading = false;
    reads = 0;
    for (const name of ['two', 'unwatched']) api.objects.set(secretPath(name), { ...foreign });
  });

  afterEach(() => stopped.abort());

  it('finds them within moments, where namespaces are watched', async () => {
    start();
    await clock.advance(1000);
    assert.deepEqual(conflicts.list(), ['two']);
    assert.equal(reads, 2);
  });

  it('looks again every ten minutes or so', async () => {
    start();
    await clock.advance(1000);
    api.objects.delete(secretPath('two'));
    api.objects.set(secretPath('one'), { ...foreign });
    await clock.advance(1_200_000);
    assert.deepEqual(conflicts.list(), ['one']);
    assert.ok(reads <= 8, String(reads));
  });

  it('keeps what it knows while the API server does not answer', async () => {
    start();
    await clock.advance(1000);
    api.refuse(/^get /, 'InternalError', 500);
    await clock.advance(1_200_000);
    assert.deepEqual(conflicts.list(), ['two']);
  });

  it('takes those for none that would be taken over', async () => {
    start({ adoptExisting: true });
    await clock.advance(1000);
    assert.deepEqual(conflicts.list(), []);
  });

  it('asks for nothing while it leads, or without a webhook', async () => {
    isLeading = true;
    start();
    start({ webhook: false });
    await clock.advance(60_000);
    assert.equal(reads, 0);
    // What the leader has found out is not touched.
    conflicts.note('two', true);
    await clock.advance(60_000);
    assert.deepEqual(conflicts.list(), ['two']);
  });
});
