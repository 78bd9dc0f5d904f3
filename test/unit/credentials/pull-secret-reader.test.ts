import assert from 'node:assert/strict';
import { createPullSecretReader, type PullSecretPort } from '../../../src/credentials/pull-secret-reader.ts';
import type { KubeSecret, Pod, ServiceAccount } from '../../../src/kube/types.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

function secret(server: string, userName: string): KubeSecret {
  const document = JSON.stringify({ auths: { [server]: { auth: base64(`${userName}:p`) } } });
  return { type: 'kubernetes.io/dockerconfigjson', data: { '.dockerconfigjson': base64(document) } };
}

function cluster(secrets: Record<string, KubeSecret>, accounts: Record<string, ServiceAccount> = {}): PullSecretPort {
  return {
    getSecret: async (namespace, name) => {
      const found = secrets[`${namespace}/${name}`];
      return found === undefined ? undefined : { ...found, metadata: { namespace, name } };
    },
    getServiceAccount: async (namespace, name) => accounts[`${namespace}/${name}`],
  };
}

function pod(names: string[], serviceAccountName?: string): Pod {
  return {
    metadata: { namespace: 'team', name: 'web' },
    spec: {
      containers: [],
      imagePullSecrets: names.map((name) => ({ name })),
      ...(serviceAccountName === undefined ? {} : { serviceAccountName }),
    },
  };
}

describe('pull secrets of a Pod', () => {
  it('come from the Pod first, then from its ServiceAccount', async () => {
    const port = cluster(
      {
        'team/own': secret('a.example.com', 'pod'),
        'team/sa': secret('a.example.com', 'account'),
        'team/sa2': secret('b.example.com', 'account'),
      },
      { 'team/builder': { imagePullSecrets: [{ name: 'sa' }, { name: 'sa2' }] } },
    );
    const { credentials } = await createPullSecretReader(port).forPod(pod(['own'], 'builder'));
    assert.deepEqual(
      credentials.map(({ server, userName, source }) => [server, userName, source]),
      [
        ['a.example.com', 'pod', 'team/own'],
        ['b.example.com', 'account', 'team/sa2'],
      ],
    );
  });

  it('may be missing or malformed: the Pod goes on with a warning each', async () => {
    const port = cluster({ 'team/good': secret('a.example.com', 'u'), 'team/bad': { type: 'Opaque' } });
    const { credentials, notes } = await createPullSecretReader(port).forPod(pod(['gone', 'bad', 'good']));
    assert.equal(credentials.length, 1);
    assert.deepEqual(
      notes.map(({ type, reason, message }) => [type, reason, message]),
      [
        ['Warning', 'PullSecretNotFound', 'Secret team/gone of imagePullSecrets does not exist.'],
        [
          'Warning',
          'PullSecretInvalid',
          'Secret team/bad of imagePullSecrets is of type Opaque; use kubernetes.io/dockerconfigjson.',
        ],
      ],
    );
  });

  it('that cannot be read are not taken for missing', async () => {
    const port: PullSecretPort = {
      getSecret: async () => {
        throw new Error('forbidden');
      },
    };
    await assert.rejects(createPullSecretReader(port).forPod(pod(['own'])), /forbidden/);
  });

  it('are read without a ServiceAccount, too', async () => {
    const { credentials } = await createPullSecretReader(cluster({ 'team/own': secret('a.b', 'u') })).forPod(
      pod(['own']),
    );
    assert.equal(credentials.length, 1);
  });
});

describe('pull secrets of an ImageCache', () => {
  const malformed = ['regcred', 'a:b:c', ':name', 'ns:', 'NS:name', 'ns:na me', 'ns/name', ''];
  for (const reference of malformed) {
    it(`must not be written as "${reference}"`, async () => {
      const { problems, pending } = await createPullSecretReader(cluster({})).forImageCache([reference]);
      assert.deepEqual(
        problems.map(({ key, value }) => [key, value]),
        [['spec.imagePullSecrets[0]', reference]],
      );
      assert.deepEqual(pending, []);
    });
  }

  it('are waited for while missing or malformed', async () => {
    const port = cluster({ 'a/bad': { type: 'Opaque' }, 'b/good': secret('x.y', 'u') });
    const { credentials, pending, problems } = await createPullSecretReader(port).forImageCache([
      'a:bad',
      'b:good',
      'c:gone',
    ]);
    assert.equal(credentials.length, 1);
    assert.deepEqual(
      pending.map(({ reason }) => reason),
      ['PullSecretInvalid', 'PullSecretNotFound'],
    );
    assert.deepEqual(problems, []);
  });

  it('overrule each other in the order of the list, with a word', async () => {
    const port = cluster({ 'a/one': secret('x.y', 'first'), 'b/two': secret('x.y', 'second') });
    const { credentials, notes, pending } = await createPullSecretReader(port).forImageCache(['a:one', 'b:two']);
    assert.deepEqual(
      credentials.map(({ userName }) => userName),
      ['first'],
    );
    assert.match(notes[0]?.message ?? '', /x\.y is in the Secrets a\/one and b\/two; the first is used/);
    assert.deepEqual(pending, []);
  });

  it('come from allowed namespaces only', async () => {
    const port = cluster({ 'kube-system/s': secret('x.y', 'u') });
    const reader = createPullSecretReader(port, { allowedNamespaces: ['team'] });
    const { credentials, problems } = await reader.forImageCache(['kube-system:s']);
    assert.deepEqual(credentials, []);
    assert.match(problems[0]?.message ?? '', /allowed: team/);
  });
});
