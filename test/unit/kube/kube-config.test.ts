import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEndpointSource } from '../../../src/kube/endpoint.ts';
import { KubeConfigError, loadKubeConfig } from '../../../src/kube/kube-config.ts';
import { locateKubeConfig } from '../../../src/kube/kube-config-location.ts';
import type { KubeConfigChoice, KubeConfigLocation } from '../../../src/kube/kube-config-location.ts';
import { FakeClock } from '../../support/fake-clock.ts';

describe('locateKubeConfig', () => {
  const pod = { serviceHost: '10.0.0.1', servicePort: '443' };
  const cases: Record<string, { choice: KubeConfigChoice; expected: KubeConfigLocation }> = {
    'takes the path that was given before everything else': {
      choice: { path: '/a', kubeconfigVariable: '/b', ...pod, homeDir: '/root' },
      expected: { kind: 'file', paths: ['/a'] },
    },
    'takes several files from KUBECONFIG': {
      choice: { kubeconfigVariable: '/a::/b', ...pod, context: 'c' },
      expected: { kind: 'file', paths: ['/a', '/b'], context: 'c' },
    },
    'takes the ServiceAccount before the home directory': {
      choice: { ...pod, homeDir: '/root' },
      expected: { kind: 'in-cluster', host: '10.0.0.1', port: '443' },
    },
    'falls back to the home directory': {
      choice: { path: '', kubeconfigVariable: '', homeDir: '/root' },
      expected: { kind: 'file', paths: ['/root/.kube/config'] },
    },
  };
  for (const [title, { choice, expected }] of Object.entries(cases)) {
    it(title, () => assert.deepEqual(locateKubeConfig(choice), expected));
  }
});

describe('loadKubeConfig', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'eci-kubelet-test-'));
  });
  afterEach(() => rm(dir, { recursive: true }));

  const write = async (name: string, text: string): Promise<string> => {
    const path = join(dir, name);
    await writeFile(path, text);
    return path;
  };
  const config = (user: string, server = 'https://10.0.0.1:6443'): string => `
apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: "${server}"}}]
users: [{name: u, user: ${user}}]
contexts: [{name: one, context: {cluster: c, user: u, namespace: web}}, {name: two, context: {cluster: c, user: nobody}}]
current-context: one
`;
  const load = (...paths: string[]) => loadKubeConfig({ kind: 'file', paths });
  const authorization = async (path: string): Promise<string | undefined> => {
    const endpoints = createEndpointSource({ loaded: await load(path), clock: new FakeClock() });
    return (await endpoints.current()).headers['authorization'];
  };

  it('reads server, user and namespace of the current context', async () => {
    const path = await write('config', config('{token: abc}'));
    const loaded = await load(path);
    const endpoint = await createEndpointSource({ loaded, clock: new FakeClock() }).current();
    assert.deepEqual(
      [endpoint.baseUrl, endpoint.headers, loaded.namespace, loaded.description],
      ['https://10.0.0.1:6443', { authorization: 'Bearer abc' }, 'web', path],
    );
  });

  it('uses token files, relative to the kubeconfig, and notices when they are rotated', async () => {
    await write('token', 'first\n');
    const path = await write('config', config('{tokenFile: token}'));
    const clock = new FakeClock();
    const endpoints = createEndpointSource({ loaded: await load(path), clock });
    const before = await endpoints.current();
    await write('token', 'second\n');
    const after = await endpoints.renew(before);
    assert.deepEqual(
      [before.headers['authorization'], after?.headers['authorization']],
      ['Bearer first', 'Bearer second'],
    );
  });

  it('runs exec plugins', async () => {
    const credential = {
      apiVersion: 'client.authentication.k8s.io/v1',
      kind: 'ExecCredential',
      status: { token: 'plugged' },
    };
    const exec = { apiVersion: credential.apiVersion, command: 'echo', args: [JSON.stringify(credential)] };
    const path = await write('config', config(JSON.stringify({ exec })));
    assert.equal(await authorization(path), 'Bearer plugged');
  });

  it('says that an exec plugin fails, without what it printed', async () => {
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: 'echo', args: ['secret-token'] };
    const path = await write('config', config(JSON.stringify({ exec })));
    await assert.rejects(authorization(path), (error) => {
      assert.ok(error instanceof KubeConfigError);
      assert.match(error.message, /check its files and exec plugin/);
      assert.doesNotMatch(`${error.message} ${String(error.cause)}`, /secret-token/);
      return true;
    });
  });

  it('merges several files as kubectl does: the first one wins', async () => {
    const first = await write('first', config('{token: first}'));
    const second = await write('second', config('{token: second}').replace('one', 'other'));
    const { kubeConfig } = await load(first, second);
    assert.deepEqual([kubeConfig.getCurrentUser()?.token, kubeConfig.getCurrentContext()], ['first', 'one']);
  });

  it('sends no credentials over plain HTTP, except to this machine', async () => {
    const remote = await write('remote', config('{token: abc}', 'http://10.0.0.1:8080'));
    const local = await write('local', config('{token: abc}', 'http://127.0.0.1:8001'));
    assert.deepEqual([await authorization(remote), await authorization(local)], [undefined, 'Bearer abc']);
  });

  it('reads the ServiceAccount of the Pod', async () => {
    await write('token', 'pod-token');
    await write('ca.crt', 'CERTIFICATE');
    await write('namespace', 'kube-system\n');
    const location = { kind: 'in-cluster', host: 'fd00::1', port: '443', serviceAccountDir: dir } as const;
    const loaded = await loadKubeConfig(location);
    const endpoint = await createEndpointSource({ loaded, clock: new FakeClock() }).current();
    assert.deepEqual(
      [endpoint.baseUrl, endpoint.headers['authorization'], String(endpoint.tls.ca), loaded.namespace],
      ['https://[fd00::1]:443', 'Bearer pod-token', 'CERTIFICATE', 'kube-system'],
    );
  });

  it('changes the identity of TLS material exactly when that changes', async () => {
    const ids: string[] = [];
    for (const ca of ['one', 'one', 'two']) {
      const data = Buffer.from(ca).toString('base64');
      const text = config('{token: abc}').replace(
        'cluster: {server',
        `cluster: {certificate-authority-data: ${data}, server`,
      );
      const loaded = await load(await write('config', text));
      ids.push((await createEndpointSource({ loaded, clock: new FakeClock() }).current()).tls.id);
    }
    assert.equal(ids[0], ids[1]);
    assert.notEqual(ids[1], ids[2]);
  });

  const faults: Record<string, { prepare: () => Promise<string>; code: string; says: RegExp }> = {
    'a missing file': {
      prepare: async () => join(dir, 'absent'),
      code: 'KubeConfig.NotFound',
      says: /correct the path/,
    },
    'a directory': {
      prepare: async () => {
        await mkdir(join(dir, 'folder'));
        return join(dir, 'folder');
      },
      code: 'KubeConfig.NotReadable',
      says: /EISDIR.*let the user that runs this program read it/,
    },
    'something that is not YAML': {
      prepare: () => write('config', '{token: secret-token'),
      code: 'KubeConfig.Invalid',
      says: /kubectl config view/,
    },
    'something else than a kubeconfig': {
      prepare: () => write('config', '- a'),
      code: 'KubeConfig.Invalid',
      says: /no clusters, users and contexts/,
    },
    'an entry without name': {
      prepare: () => write('config', 'clusters: [{cluster: {server: x}}]'),
      code: 'KubeConfig.Invalid',
      says: /kubectl config view/,
    },
    'no current context': {
      prepare: () => write('config', config('{token: abc}').replace('current-context: one', '')),
      code: 'KubeConfig.NoContext',
      says: /no current-context; choose one of: one, two/,
    },
    'a context that is not there': {
      prepare: () => write('config', config('{token: abc}').replace('current-context: one', 'current-context: three')),
      code: 'KubeConfig.NoContext',
      says: /no context "three"; choose one of: one, two/,
    },
    'a context whose user is not there': {
      prepare: () => write('config', config('{token: abc}').replace('current-context: one', 'current-context: two')),
      code: 'KubeConfig.NoContext',
      says: /names the user "nobody"/,
    },
  };
  for (const [title, { prepare, code, says }] of Object.entries(faults)) {
    it(`names the remedy for ${title}`, async () => {
      const path = await prepare();
      await assert.rejects(load(path), (error) => {
        assert.ok(error instanceof KubeConfigError);
        assert.equal(error.code, code);
        assert.match(error.message, says);
        assert.doesNotMatch(error.message, /secret-token/);
        return true;
      });
    });
  }

  it('names the remedy when there is no ServiceAccount token', async () => {
    const location = { kind: 'in-cluster', host: '10.0.0.1', port: '443', serviceAccountDir: dir } as const;
    await assert.rejects(loadKubeConfig(location), { code: 'KubeConfig.NotInCluster' });
  });
});
