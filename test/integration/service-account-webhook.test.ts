import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { OWN_SERVICE_ACCOUNT, SECRET_NAME, WEBHOOK_CONFIGURATION } from '../../src/credential-helper/names.ts';
import type { ServiceAccount } from '../../src/kube/types.ts';
import { freePort } from '../support/child-process.ts';
import { controlPlaneOrSkip, type ControlPlane } from '../support/control-plane.ts';
import { eventually } from '../support/eventually.ts';
import { installHelper } from '../support/install-helper.ts';
import { createKubeSandbox, type KubeSandbox } from '../support/kube-sandbox.ts';
import { TcpService } from '../support/tcp-service.ts';
import { startWebhookReplica, type WebhookReplica } from '../support/webhook-replica.ts';

const CONFIGURATION = `mutatingwebhookconfiguration/${WEBHOOK_CONFIGURATION}`;
const OURS = { name: SECRET_NAME };

describe('the webhook for ServiceAccounts in a real cluster', function () {
  this.timeout(120_000);
  let plane: ControlPlane;
  let watched: KubeSandbox;
  let other: KubeSandbox;
  let kubeconfigPath: string;
  let uninstall: () => Promise<void>;
  const service = new TcpService();
  const replicas = new Set<WebhookReplica>();
  let url: string;

  const configure = async (webhook: string): Promise<void> => {
    const data = {
      'service-account': 'app, busy',
      'watch-namespace': watched.namespace,
      'webhook-configuration': webhook,
    };
    const metadata = { name: 'acr-configuration', namespace: 'kube-system' };
    const text = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data });
    await plane.kubectl(['apply', '-f', '-'], text);
  };
  const start = async (): Promise<WebhookReplica> => {
    const replica = await startWebhookReplica({ kubeconfigPath, url, port: await freePort() });
    replicas.add(replica);
    await eventually('the replica is ready', async () => replica.isReady(), { everyMs: 50 });
    service.endpoints = [...service.endpoints, replica.port];
    return replica;
  };
  const stop = async (replica: WebhookReplica): Promise<void> => {
    const ending = replica.stop();
    // A Service hears of it a moment later.
    await delay(500);
    service.endpoints = service.endpoints.filter((port) => port !== replica.port);
    await ending;
    replicas.delete(replica);
  };
  const create = async (
    { client, namespace }: KubeSandbox,
    name: string,
    more: Partial<ServiceAccount> = {},
  ): Promise<ServiceAccount> =>
    await client.create<ServiceAccount>(`/api/v1/namespaces/${namespace}/serviceaccounts`, {
      ...{ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name } },
      ...more,
    });
  const dryRun = async (): Promise<ServiceAccount> => {
    const manifest = {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'app', namespace: watched.namespace },
    };
    const args = ['create', '--dry-run=server', '-o', 'json', '-f', '-'];
    return JSON.parse(await plane.kubectl(args, JSON.stringify(manifest))) as ServiceAccount;
  };
  const remove = async ({ client, namespace }: KubeSandbox, name: string): Promise<void> =>
    await client.delete(`/api/v1/namespaces/${namespace}/serviceaccounts/${name}`);
  const stored = async (path: string): Promise<string> =>
    (await plane.kubectl(['get', CONFIGURATION, '--ignore-not-found', '-o', `jsonpath=${path}`])).trim();

  before(async function () {
    plane = await controlPlaneOrSkip(this);
    uninstall = await installHelper(plane);
    kubeconfigPath = await plane.createServiceAccountKubeconfig('kube-system', OWN_SERVICE_ACCOUNT);
    [watched, other] = [await createKubeSandbox(plane), await createKubeSandbox(plane)];
    url = `https://127.0.0.1:${await service.listen()}`;
    await configure('enable: true\ntimeout-seconds: 5');
    await start();
  });

  after(async () => {
    for (const replica of replicas) await replica.stop();
    await service.close();
    if (plane === undefined) return;
    await plane.kubectl(['delete', CONFIGURATION, '--ignore-not-found']);
    await plane.kubectl(['delete', 'configmap/acr-configuration', '-n', 'kube-system', '--ignore-not-found']);
    await Promise.all([watched.dispose(), other.dispose()]);
    await uninstall();
  });

  it('has the entry in the very answer to the creation', async () => {
    const account = await create(watched, 'app');
    assert.deepEqual(account.imagePullSecrets, [OURS]);
    await remove(watched, 'app');
  });

  it('keeps what the creator put there, in its order', async () => {
    const account = await create(watched, 'app', { imagePullSecrets: [{ name: 'b' }, { name: 'a' }] });
    assert.deepEqual(account.imagePullSecrets, [{ name: 'b' }, { name: 'a' }, OURS]);
    await remove(watched, 'app');
  });

  it('leaves those alone that are not selected, and those of other namespaces', async () => {
    assert.equal((await create(watched, 'builder')).imagePullSecrets, undefined);
    assert.equal((await create(other, 'app')).imagePullSecrets, undefined);
  });

  it('answers a dry run in the same way, and leaves nothing', async () => {
    const account = await dryRun();
    assert.deepEqual(account.imagePullSecrets, [OURS]);
    await assert.rejects(watched.client.get(`/api/v1/namespaces/${watched.namespace}/serviceaccounts/app`), {
      code: 'Kube.NotFound',
    });
  });

  it('is asked about watched namespaces by their name, where the API server labels them with it', async () => {
    const expression = await stored('{.webhooks[0].namespaceSelector.matchExpressions[0].values}');
    assert.equal(expression, plane.minorVersion < 21 ? '' : JSON.stringify([watched.namespace]));
    assert.equal(await stored('{.webhooks[0].reinvocationPolicy} {.webhooks[0].sideEffects}'), 'IfNeeded None');
  });

  it('puts its configuration right within seconds', async () => {
    const patch = '[{"op":"replace","path":"/webhooks/0/rules/0/resources","value":["configmaps"]}]';
    await plane.kubectl(['patch', CONFIGURATION, '--type=json', '-p', patch]);
    await eventually(
      'it is as before',
      async () => (await stored('{.webhooks[0].rules[0].resources}')) === '["serviceaccounts"]',
      { timeoutMs: 10_000 },
    );
  });

  it('follows its settings, and goes when it is turned off', async () => {
    await configure('enable: true\ntimeout-seconds: 17');
    await eventually('the new timeout stands', async () => (await stored('{.webhooks[0].timeoutSeconds}')) === '17');
    await configure('enable: false');
    await eventually('it is gone', async () => (await stored('{.kind}')) === '');
    await configure('enable: true\ntimeout-seconds: 5');
    await eventually('it is back', async () => (await stored('{.webhooks[0].timeoutSeconds}')) === '5');
    await eventually('it attaches', async () => (await dryRun()).imagePullSecrets);
  });

  it('misses no ServiceAccount, and none fails, while replicas restart one after the other', async () => {
    await start();
    let created = 0;
    const over = new AbortController();
    const missed: string[] = [];
    const creating = (async () => {
      while (!over.signal.aborted) {
        const account = await create(watched, 'busy');
        created += 1;
        if (account.imagePullSecrets?.[0]?.name !== SECRET_NAME) missed.push(String(created));
        await remove(watched, 'busy');
      }
    })();
    try {
      for (const replica of [...replicas]) {
        await start();
        await stop(replica);
      }
    } finally {
      over.abort();
      await creating;
    }
    assert.deepEqual(missed, [], `of ${created}`);
    assert.ok(created > 100, `${created} in all`);
  });

  it('keeps nobody from creating ServiceAccounts while no replica runs', async () => {
    for (const replica of [...replicas]) await stop(replica);
    assert.equal((await create(watched, 'app')).imagePullSecrets, undefined);
  });
});
