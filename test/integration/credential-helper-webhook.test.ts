import assert from 'node:assert/strict';
import {
  CONFIG_NAME,
  CONFIG_NAMESPACE,
  SECRET_NAME,
  WEBHOOK_CONFIGURATION,
} from '../../src/credential-helper/names.ts';
import { callWebhook, patchOf } from '../support/admission-caller.ts';
import { freePort } from '../support/child-process.ts';
import { eventually } from '../support/eventually.ts';
import { configObject, createHelperPlatform, type HelperPlatform } from '../support/helper-platform.ts';
import type { HelperProcess } from '../support/helper-process.ts';
import { TcpService } from '../support/tcp-service.ts';

const CONFIGURATION = `mutatingwebhookconfiguration/${WEBHOOK_CONFIGURATION}`;
const namespace = 'webhook-team';
const conflicted = 'webhook-conflict';

/** Two replicas as they ship, behind a Service in small. */
describe('the webhook of the credential helper as it ships', function () {
  this.timeout(180_000);
  let platform: HelperPlatform;
  const service = new TcpService();
  const replicas = new Map<HelperProcess, number>();
  const over = new AbortController();
  let url: string;

  const configure = async (webhook: string): Promise<void> =>
    await platform.configure({
      'service-account': 'default, app',
      'watch-namespace': `${namespace}, ${conflicted}`,
      'acr-registry-info':
        '- instanceId: cri-b9n8m7l6k5j4h3g2\n  regionId: cn-hangzhou\n  assumeRoleARN: acs:ram::2222222222222222:role/acr-pull',
      'webhook-configuration': webhook,
    });
  const start = async (): Promise<HelperProcess> => {
    const port = await freePort();
    const flags = ['--token-mode', 'workerRole', '--webhook-address', `127.0.0.1:${port}`, '--webhook-url', url];
    const replica = await platform.start({ flags, until: 'alive' });
    replicas.set(replica, port);
    return replica;
  };
  /** What kubelet and kube-proxy do with readiness probes. */
  const probe = async (): Promise<void> => {
    while (!over.signal.aborted) {
      const probed = await Promise.all(
        [...replicas].map(async ([replica, port]) => ((await replica.isReady().catch(() => false)) ? [port] : [])),
      );
      service.endpoints = probed.flat();
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  };
  const bothServe = async (): Promise<void> => {
    await eventually('both replicas are ready', async () => service.endpoints.length === 2, { timeoutMs: 60_000 });
  };
  /** Names in the list of a ServiceAccount, as the answer to its creation shows it. */
  const create = async (name: string, where = namespace): Promise<string> => {
    const manifest = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace: where } };
    const args = ['create', '-o', 'jsonpath={.imagePullSecrets[*].name}', '-f', '-'];
    return await platform.kubectl(args, JSON.stringify(manifest));
  };
  const remove = async (name: string): Promise<string> =>
    await platform.kubectl(['delete', 'serviceaccount', name, '--namespace', namespace, '--ignore-not-found']);
  const stored = async (path: string): Promise<string> =>
    (await platform.kubectl(['get', CONFIGURATION, '--ignore-not-found', '-o', `jsonpath=${path}`])).trim();

  before(async function () {
    platform = await createHelperPlatform(this);
    url = `https://127.0.0.1:${await service.listen()}`;
    await platform.createNamespace(namespace);
    await platform.createNamespace(conflicted);
    const metadata = { name: SECRET_NAME, namespace: conflicted };
    await platform.kubectl(['create', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata }));
    await configure('enable: true\nfailure-policy: Fail\ntimeout-seconds: 5');
    void probe();
    await start();
    await start();
    await bothServe();
  });

  after(async () => {
    over.abort();
    await service.close();
    await platform?.dispose();
  });

  afterEach(async () => void (await remove('app')));

  it('attaches in the very answer, and its Secret follows', async () => {
    assert.equal(await create('app'), SECRET_NAME);
    const { auths } = await platform.secret(namespace, (config) => Object.keys(config.auths).length > 0);
    assert.ok('demo-b-registry.cn-hangzhou.cr.aliyuncs.com' in auths);
  });

  it('says why it does not refuse where namespaces have no label with their name', async function () {
    if (platform.plane.minorVersion >= 21) this.skip();
    await platform.event(configObject, /^ConfigWarning: webhook-configuration: .*kubernetes\.io\/metadata\.name/);
    assert.equal(await stored('{.webhooks[0].failurePolicy}'), 'Ignore');
  });

  it('attaches nothing in a namespace with a foreign Secret, whichever replica is asked', async () => {
    await eventually('the leader has told', async () => {
      return (await stored('{.metadata.annotations.acr-credential-helper/conflicts}')) === conflicted;
    });
    const ca = Buffer.from(await stored('{.webhooks[0].clientConfig.caBundle}'), 'base64').toString();
    for (const port of replicas.values()) {
      const attaches = async (where: string): Promise<boolean> => {
        const object = { metadata: { name: 'app', namespace: where } };
        const request = { uid: 'u', operation: 'CREATE', kind: { kind: 'ServiceAccount' }, namespace: where, object };
        return patchOf(await callWebhook({ port, path: '/service-account/attach', ca, request })) !== undefined;
      };
      await eventually('the replica has read it', async () => !(await attaches(conflicted)));
      assert.ok(await attaches(namespace));
    }
    assert.equal(await create('app', conflicted), '');
  });

  it('misses nothing while a replica is replaced', async () => {
    const [old] = replicas.keys();
    assert.ok(old !== undefined);
    const ended = new AbortController();
    const answers: string[] = [];
    const creating = (async () => {
      while (!ended.signal.aborted) {
        answers.push(await create('app').catch((error: unknown) => String(error)));
        await remove('app');
      }
    })();
    try {
      await start();
      await eventually('three replicas are ready', async () => service.endpoints.length === 3, { timeoutMs: 60_000 });
      assert.equal(await old.kill('SIGTERM'), 0);
      replicas.delete(old);
      await bothServe();
    } finally {
      ended.abort();
      await creating;
    }
    assert.ok(answers.length > 10);
    assert.deepEqual([...new Set(answers)], [SECRET_NAME], `of ${answers.length}`);
  });

  it('leaves to the controller what a killed replica did not answer', async () => {
    const [killed] = replicas.keys();
    assert.ok(killed !== undefined);
    replicas.delete(killed);
    await killed.kill('SIGKILL');
    for (let count = 0; count < 5; count += 1) {
      await create('app');
      await platform.attached(namespace, 'app');
      await remove('app');
    }
    await start();
    await bothServe();
  });

  it('is gone when it is turned off, and ServiceAccounts are attached by the controller', async () => {
    await configure('enable: false');
    await eventually('the configuration is gone', async () => (await stored('{.kind}')) === '');
    await create('app');
    await platform.attached(namespace, 'app');
    // Other suites have had ConfigMaps of this name.
    const name = ['configmap', CONFIG_NAME, '--namespace', CONFIG_NAMESPACE];
    const uid = await platform.kubectl(['get', ...name, '-o', 'jsonpath={.metadata.uid}']);
    const reasons = `jsonpath={.items[?(@.involvedObject.uid=="${uid}")].reason}`;
    const events = await platform.kubectl(['get', 'events', '--namespace', CONFIG_NAMESPACE, '-o', reasons]);
    assert.match(events, /CredentialsRefreshed/);
    assert.doesNotMatch(events, /ConfigInvalid/);
  });
});
