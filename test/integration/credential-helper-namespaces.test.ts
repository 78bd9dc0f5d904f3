import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { AccountWriter, isOfEndingNamespace } from '../../src/credential-helper/namespaces/account-writer.ts';
import { attachPatch } from '../../src/credential-helper/namespaces/attachment.ts';
import { SECRET_NAME } from '../../src/credential-helper/names.ts';
import { isRefusal, secretRefusal } from '../../src/credential-helper/namespaces/reports.ts';
import { runProgram } from '../../src/cli/program.ts';
import { KubeApiError, isConflict, isInvalidUid } from '../../src/kube/errors.ts';
import type { KubeSecret, ServiceAccount } from '../../src/kube/types.ts';
import { controlPlaneOrSkip } from '../support/control-plane.ts';
import { eventually } from '../support/eventually.ts';
import { createKubeSandbox } from '../support/kube-sandbox.ts';
import type { KubeSandbox } from '../support/kube-sandbox.ts';
import { aContent } from '../support/namespaces-bench.ts';
import { recordingIo } from '../unit/cli/recording-io.ts';
import { startNamespaces } from '../support/running-namespaces.ts';
import type { RunningNamespaces } from '../support/running-namespaces.ts';
import { installHelper } from '../support/install-helper.ts';
import type { ControlPlane } from '../support/control-plane.ts';

const NOTE = 'acr-credential-helper/attached-service-accounts';
const TYPE = 'kubernetes.io/dockerconfigjson';

describe('Secrets and ServiceAccounts of watched namespaces, with a real API server', function () {
  this.timeout(60_000);
  let plane: ControlPlane;
  let admin: KubeSandbox;
  let kubeconfigPath: string;
  let uninstallRights: () => Promise<void>;
  let running: RunningNamespaces;
  let watched: string;
  const made: string[] = [];

  before(async function () {
    plane = await controlPlaneOrSkip(this);
    admin = await createKubeSandbox(plane);
    uninstallRights = await installHelper(plane);
    kubeconfigPath = await plane.createServiceAccountKubeconfig('kube-system', 'aliyun-acr-credential-helper');
  });

  after(async () => {
    for (const name of made) await admin.client.delete(`/api/v1/namespaces/${name}`);
    await admin?.dispose();
    await uninstallRights?.();
  });

  beforeEach(async () => {
    watched = await createNamespace();
    running = await startNamespaces({ kubeconfigPath, watched: [watched] });
  });

  afterEach(async () => {
    await running?.stop();
    await running?.close();
  });

  const createNamespace = async (): Promise<string> => {
    const name = `helper-${randomBytes(4).toString('hex')}`;
    made.push(name);
    await admin.client.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    return name;
  };
  const accountPath = (namespace: string, name: string): string =>
    `/api/v1/namespaces/${namespace}/serviceaccounts/${name}`;
  const secretPath = (namespace: string): string => `/api/v1/namespaces/${namespace}/secrets/${SECRET_NAME}`;
  const createAccount = async (namespace: string, name: string, ...entries: string[]): Promise<ServiceAccount> => {
    const imagePullSecrets = entries.map((entry) => ({ name: entry }));
    const body = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name }, imagePullSecrets };
    return await admin.client.create<ServiceAccount>(`/api/v1/namespaces/${namespace}/serviceaccounts`, body);
  };
  const getAccount = (namespace: string, name: string): Promise<ServiceAccount> =>
    admin.client.get<ServiceAccount>(accountPath(namespace, name));
  const entriesOf = async (namespace: string, name: string): Promise<(string | undefined)[]> =>
    ((await getAccount(namespace, name)).imagePullSecrets ?? []).map((entry) => entry.name);
  const createSecret = async (namespace: string, type: string): Promise<KubeSecret> =>
    await admin.client.create<KubeSecret>(`/api/v1/namespaces/${namespace}/secrets`, {
      ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name: SECRET_NAME, labels: { made: 'by-hand' } }, type },
      data: { '.dockerconfigjson': Buffer.from('{"auths":{}}').toString('base64') },
    });
  const attached = (namespace: string, name: string): Promise<(string | undefined)[]> =>
    eventually(`${name} is attached`, async () => {
      const entries = await entriesOf(namespace, name);
      return entries.includes(SECRET_NAME) ? entries : undefined;
    });

  describe('the API server', () => {
    it('answers 409 to a patch of a ServiceAccount under a version that is not the latest, and 422 to a test of it', async () => {
      const { client } = admin;
      await running.stop();
      for (const entries of [[], ['theirs']]) {
        const name = `guarded-${entries.length}`;
        const stale = await createAccount(watched, name, ...entries);
        const path = accountPath(watched, name);
        await client.patch(path, { metadata: { labels: { touched: 'yes' } } }, 'merge');
        await assert.rejects(client.patch(path, attachPatch(stale) ?? [], 'json'), isConflict);
        const test = [{ op: 'test', path: '/metadata/resourceVersion', value: stale.metadata?.resourceVersion }];
        await assert.rejects(client.patch(path, test, 'json'), (error) => statusOf(error) === 422);
        // The token controller writes to young ServiceAccounts as well.
        const after = await eventually('nobody else writes in between', async () =>
          client.patch<ServiceAccount>(path, attachPatch(await getAccount(watched, name)) ?? [], 'json'),
        );
        assert.deepEqual(
          after.imagePullSecrets?.map((entry) => entry.name),
          [...entries, SECRET_NAME],
        );
      }
    });

    it('answers 409 to a patch of a Secret under an old version, and refuses one for another UID', async () => {
      const { client } = admin;
      const secret = await createSecret(admin.namespace, TYPE);
      const { uid = '', resourceVersion = '' } = secret.metadata ?? {};
      const path = secretPath(admin.namespace);
      const labels = { touched: 'yes' };
      await client.patch(path, { metadata: { uid, resourceVersion, labels } }, 'merge');
      await assert.rejects(client.patch(path, { metadata: { uid, resourceVersion, labels } }, 'merge'), isConflict);
      const other = '00000000-0000-0000-0000-000000000000';
      const wrongUid = client.patch(path, { metadata: { uid: other, labels } }, 'merge');
      await assert.rejects(wrongUid, (error) => isConflict(error) || isInvalidUid(error));
      await assert.rejects(client.delete(path, { uid: other }), isConflict);
    });

    it('tells who has written the list of a ServiceAccount, but not who has emptied it', async () => {
      await running.stop();
      const writer = new AccountWriter(admin.client);
      const made = await createAccount(watched, 'fought-over', 'theirs');
      const patch = async (list: string): Promise<void> => {
        await plane.kubectl([
          ...['patch', 'serviceaccount', 'fought-over', '--namespace', watched, '--type', 'merge'],
          ...['--patch', `{"imagePullSecrets":${list}}`],
        ]);
      };
      assert.deepEqual(await writer.editors(made), { others: [] });
      await patch('[{"name":"other"}]');
      assert.deepEqual(await writer.editors(made), { owner: 'kubectl-patch', others: [] });
      await patch('[]');
      assert.deepEqual(await writer.editors(made), { others: [] });
    });

    it('names the quota for which it refuses the Secret', async () => {
      await running.stop();
      const name = await createNamespace();
      await admin.client.create(`/api/v1/namespaces/${name}/resourcequotas`, {
        ...{ apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'no-secrets' } },
        spec: { hard: { secrets: '0' } },
      });
      const refused = await eventually('the quota is in force', async () => {
        const error = await createSecret(name, TYPE).then(
          async () => {
            await admin.client.delete(secretPath(name));
          },
          (failure: unknown) => failure,
        );
        return error instanceof KubeApiError ? error : undefined;
      });
      assert.ok(isRefusal(refused) && !isOfEndingNamespace(refused));
      assert.match(secretRefusal(name, refused).message, /exceeded quota: no-secrets/);
    });

    it('says of a namespace that ends that it ends', async () => {
      const name = await createNamespace();
      await admin.client.create(`/api/v1/namespaces/${name}/configmaps`, {
        ...{ apiVersion: 'v1', kind: 'ConfigMap' },
        metadata: { name: 'held', finalizers: ['example.com/hold'] },
      });
      await admin.client.delete(`/api/v1/namespaces/${name}`);
      await eventually('the namespace ends', async () => {
        const error = await createSecret(name, TYPE).then(
          () => undefined,
          (failure: unknown) => failure,
        );
        return error !== undefined && statusOf(error) === 403 && isOfEndingNamespace(error);
      });
      await admin.client.patch(
        `/api/v1/namespaces/${name}/configmaps/held`,
        { metadata: { finalizers: null } },
        'merge',
      );
    });
  });

  it('serves what is there and what comes, with one write each, and writes nothing without need', async () => {
    await createAccount(watched, 'builder', 'theirs');
    assert.deepEqual(await attached(watched, 'default'), [SECRET_NAME]);
    assert.deepEqual(await attached(watched, 'builder'), ['theirs', SECRET_NAME]);
    const secret = await admin.client.get<KubeSecret>(secretPath(watched));
    assert.equal(secret.type, TYPE);
    assert.equal(secret.metadata?.annotations?.[NOTE], 'builder,default');
    running.renew(aContent('second'));
    const renewed = await eventually('the Secret is renewed', async () => {
      const now = await admin.client.get<KubeSecret>(secretPath(watched));
      return now.data?.['.dockerconfigjson'] === secret.data?.['.dockerconfigjson'] ? undefined : now;
    });
    assert.equal(renewed.metadata?.uid, secret.metadata?.uid);

    // A successor finds nothing to do.
    await running.stop();
    await running.close();
    running = await startNamespaces({ kubeconfigPath, watched: [watched], content: aContent('second') });
    await eventually('the first pass is over', () => Promise.resolve(running.controller.hasPassed()));
    assert.deepEqual(running.writes, []);
    const latest = await admin.client.get<KubeSecret>(secretPath(watched));
    assert.equal(latest.metadata?.resourceVersion, renewed.metadata?.resourceVersion);
  });

  it('keeps every entry of somebody who writes the same ServiceAccounts meanwhile, in order', async () => {
    const names = Array.from({ length: 6 }, (_, index) => `busy-${index}`);
    await Promise.all(names.map((name) => createAccount(watched, name)));
    const append = async (name: string, entry: string): Promise<void> => {
      for (;;) {
        const account = await getAccount(watched, name);
        const imagePullSecrets = [...(account.imagePullSecrets ?? []), { name: entry }];
        try {
          await admin.client.replace(accountPath(watched, name), { ...account, imagePullSecrets });
          return;
        } catch (error) {
          if (!isConflict(error)) throw error;
        }
      }
    };
    await Promise.all(
      names.map(async (name) => {
        for (let round = 0; round < 5; round += 1) await append(name, `theirs-${round}`);
      }),
    );
    for (const name of names) {
      const entries = await attached(watched, name);
      assert.equal(entries.filter((entry) => entry === SECRET_NAME).length, 1);
      assert.deepEqual(
        entries.filter((entry) => entry !== SECRET_NAME),
        ['theirs-0', 'theirs-1', 'theirs-2', 'theirs-3', 'theirs-4'],
      );
    }
  });

  it('takes over a Secret of the right type in place, and never one of another type', async () => {
    await running.stop();
    await running.close();
    const other = await createNamespace();
    // What the first run has written.
    await admin.client.delete(secretPath(watched));
    const [fitting, wrong] = await Promise.all([createSecret(watched, TYPE), createSecret(other, 'Opaque')]);
    running = await startNamespaces({ kubeconfigPath, watched: [watched, other], adoptExisting: true });
    await attached(watched, 'default');
    const adopted = await admin.client.get<KubeSecret>(secretPath(watched));
    assert.equal(adopted.metadata?.uid, fitting.metadata?.uid);
    assert.equal(adopted.metadata?.labels?.['made'], 'by-hand');
    await eventually('the first pass is over', () => Promise.resolve(running.controller.hasPassed()));
    assert.deepEqual(running.controller.status().conflicts, [other]);
    assert.match(running.reports.join('\n'), /SecretConflict.*type is Opaque/);
    const untouched = await admin.client.get<KubeSecret>(secretPath(other));
    assert.equal(untouched.metadata?.resourceVersion, wrong.metadata?.resourceVersion);
    assert.ok(!(await entriesOf(other, 'default')).includes(SECRET_NAME));
  });

  it('takes away what was noted, and nothing else, when a namespace is not watched any more', async () => {
    await createAccount(watched, 'builder', 'theirs');
    await attached(watched, 'builder');
    running.watch([]);
    await eventually('the Secret is gone', async () => {
      const found = await admin.client.get<KubeSecret>(secretPath(watched)).catch((error: unknown) => statusOf(error));
      return found === 404;
    });
    assert.deepEqual(await entriesOf(watched, 'builder'), ['theirs']);
    assert.deepEqual(await entriesOf(watched, 'default'), []);
  });

  it('is uninstalled by the command, under the rights of the helper itself, after a dry run that changes nothing', async () => {
    await createAccount(watched, 'builder', 'theirs');
    await attached(watched, 'builder');
    await attached(watched, 'default');
    await running.stop();
    const command = async (...more: string[]): Promise<string> => {
      const io = recordingIo(['credential-helper', 'uninstall', '--kubeconfig', kubeconfigPath, ...more]);
      assert.equal(await runProgram(io), 0, io.err());
      return io.out();
    };
    const before = await getAccount(watched, 'builder');
    const planned = await command('--force', '--dry-run');
    assert.match(planned, new RegExp(`^ServiceAccount ${watched}/builder: would be detached$`, 'm'));
    assert.match(planned, new RegExp(`^Secret of ${watched}: would be deleted$`, 'm'));
    assert.deepEqual(await getAccount(watched, 'builder'), before);
    assert.equal(await command('--force'), planned.replaceAll('would be ', ''));
    assert.deepEqual(await entriesOf(watched, 'builder'), ['theirs']);
    await assert.rejects(admin.client.get(secretPath(watched)), (error) => statusOf(error) === 404);
  });
});

function statusOf(error: unknown): number | undefined {
  return error instanceof KubeApiError ? error.httpStatus : undefined;
}
