import assert from 'node:assert/strict';
import { findHolder } from '../../../../src/credential-helper/namespaces/lease-watch.ts';
import { uninstall, type UninstallSummary } from '../../../../src/credential-helper/namespaces/uninstall.ts';
import { tellUninstall } from '../../../../src/cli/credential-helper-uninstall.ts';
import type { KubeObject, ListResult } from '../../../../src/kube/types.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { MemoryApi } from '../../../support/memory-api.ts';
import { accountPath, secretPath } from '../../../support/namespaces-bench.ts';

const OURS = 'acr-credential-secret-aggregation';
const NOTE = 'acr-credential-helper/attached-service-accounts';
const lease = { namespace: 'kube-system', name: 'aliyun-acr-credential-helper' };
const leasePath = '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/aliyun-acr-credential-helper';
const webhookPath = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/aliyun-acr-credential-helper';
const label = { 'app.kubernetes.io/managed-by': 'aliyun-acr-credential-helper' };

describe('uninstalling the credential helper', () => {
  let api: MemoryApi;
  let clock: FakeClock;
  let namespaces: KubeObject[];

  beforeEach(() => {
    api = new MemoryApi();
    clock = new FakeClock();
    namespaces = [];
    addNamespace('shop', { labels: label, annotations: { [NOTE]: 'default,gone' } });
    addAccount('shop', 'default', ['theirs', OURS]);
    addAccount('shop', 'by-hand', [OURS]);
    addAccount('shop', 'plain', ['theirs']);
    addNamespace('foreign', { annotations: { [NOTE]: 'default' } });
    addAccount('foreign', 'default', [OURS]);
    addNamespace('empty');
    put(webhookPath, { labels: label });
  });

  const put = (path: string, metadata: object, rest: object = {}): void => {
    api.objects.set(path, { metadata: { uid: path, ...metadata }, ...rest });
    api.edit(path, () => {});
  };
  const addNamespace = (name: string, secret?: object): void => {
    namespaces.push({ metadata: { name } });
    if (secret !== undefined) put(secretPath(name), secret, { type: 'kubernetes.io/dockerconfigjson' });
  };
  const addAccount = (namespace: string, name: string, entries: readonly string[]): void =>
    put(
      accountPath(namespace, name),
      { namespace, name },
      { imagePullSecrets: entries.map((entry) => ({ name: entry })) },
    );
  const entriesOf = (namespace: string, name: string): unknown =>
    api.objects.get(accountPath(namespace, name))?.['imagePullSecrets'];
  const hold = (holderIdentity: string): void =>
    put(leasePath, {}, { spec: { holderIdentity, leaseDurationSeconds: 15, renewTime: 'yesterday' } });

  const run = async (options: { force?: boolean; dryRun?: boolean } = {}): Promise<UninstallSummary> => {
    const client = {
      get: <T>(path: string) => api.get<T>(path),
      create: <T>(path: string, body: object) => api.create<T>(path, body),
      patch: <T>(path: string, body: object, type: 'merge' | 'strategic' | 'json') => api.patch<T>(path, body, type),
      delete: (path: string, deletion?: { uid?: string }) => api.delete(path, deletion),
      list: async <T extends KubeObject>(path: string): Promise<ListResult<T>> => {
        const accounts = [...api.objects].flatMap(([key, object]) =>
          key.includes('/serviceaccounts/') ? [object] : [],
        );
        const items: KubeObject[] = path === '/api/v1/namespaces' ? namespaces : accounts;
        return { items: structuredClone(items) as T[], resourceVersion: '1' };
      },
    };
    const running = uninstall({ client, clock, lease, force: false, dryRun: false, ...options });
    await clock.advance(20_000);
    return await running;
  };
  const everything = {
    webhook: 'removed',
    detached: ['shop/default'],
    deleted: ['shop'],
    foreign: ['foreign'],
    left: ['foreign/default', 'shop/by-hand'],
    failures: [],
  } as const;

  it('takes away what is ours, and names what is not', async () => {
    assert.deepEqual(await run(), everything);
    assert.deepEqual(entriesOf('shop', 'default'), [{ name: 'theirs' }]);
    assert.deepEqual(entriesOf('shop', 'by-hand'), [{ name: OURS }]);
    assert.deepEqual(entriesOf('foreign', 'default'), [{ name: OURS }]);
    assert.ok(!api.objects.has(secretPath('shop')) && api.objects.has(secretPath('foreign')));
    assert.ok(!api.objects.has(webhookPath));
    const again = await run();
    assert.deepEqual([again.webhook, again.detached, again.deleted], ['absent', [], []]);
  });

  it('only says so in a dry run', async () => {
    const before = structuredClone([...api.objects]);
    assert.deepEqual(await run({ dryRun: true }), everything);
    assert.deepEqual([...api.objects], before);
    assert.match(
      tellUninstall(await run({ dryRun: true }), { dryRun: true }).stdout,
      /^ServiceAccount shop\/default: would be detached$/m,
    );
  });

  it('leaves a webhook of somebody else', async () => {
    put(webhookPath, {});
    assert.equal((await run()).webhook, 'foreign');
    assert.ok(api.objects.has(webhookPath));
  });

  it('keeps the Secret where a ServiceAccount cannot be detached, goes on elsewhere, and says so', async () => {
    addNamespace('zoo', { labels: label, annotations: { [NOTE]: 'default' } });
    addAccount('zoo', 'default', [OURS]);
    api.refuse(/patch .*shop\/serviceaccounts\/default$/, 'Forbidden', 403);
    const summary = await run();
    assert.deepEqual(summary.deleted, ['zoo']);
    assert.deepEqual(
      summary.failures.map(({ what }) => what),
      ['the ServiceAccount shop/default'],
    );
    assert.ok(api.objects.has(secretPath('shop')));
    assert.match(tellUninstall(summary, { dryRun: false }).stderr, /^the ServiceAccount shop\/default: .*Forbidden$/m);
  });

  it('is refused while somebody renews the lease, whatever times it shows', async () => {
    hold('pod-1');
    const renewing = clock
      .sleep(3000)
      .then(() => put(leasePath, {}, { spec: { holderIdentity: 'pod-1', renewTime: 'now' } }));
    const summary = await run();
    await renewing;
    assert.equal(summary.refusedFor, 'pod-1');
    assert.ok(api.objects.has(secretPath('shop')));
    assert.match(tellUninstall(summary, { dryRun: false }).stderr, /^nothing was changed: pod-1 runs/);
    assert.deepEqual((await run({ force: true })).deleted, ['shop']);
  });

  it('goes on after a holder that died', async () => {
    hold('pod-1');
    assert.equal((await run()).refusedFor, undefined);
  });

  it('does not wait where nobody holds the lease', async () => {
    hold('');
    assert.equal(await findHolder({ client: api, clock, lease }), undefined);
    api.objects.clear();
    assert.equal(await findHolder({ client: api, clock, lease }), undefined);
  });
});
