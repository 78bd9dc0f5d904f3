import assert from 'node:assert/strict';
import { readProjectedFiles } from '../../../../src/eci/create/projected-files.ts';
import type { ServiceAccountPort } from '../../../../src/eci/types.ts';
import type { Pod, Volume } from '../../../../src/kube/types.ts';
import { Secret } from '../../../../src/secret.ts';
import { aContainer, aPod, aTokenVolume } from '../../../support/pod-builder.ts';
import { serviceAccounts, testConfig } from '../provider-setup.ts';

type TokenOptions = Parameters<ServiceAccountPort['createToken']>[2];

function podWith(volume: Volume): Pod {
  const volumeMounts = [{ name: volume.name, mountPath: '/m' }];
  return aPod({ spec: { serviceAccountName: 'robot', containers: [aContainer({ volumeMounts })], volumes: [volume] } });
}

function tokenVolume(token: { audience?: string; expirationSeconds?: number }): Volume {
  return { name: 't', projected: { sources: [{ serviceAccountToken: { path: 'token', ...token } }] } };
}

async function askedFor(volume: Volume): Promise<TokenOptions[]> {
  const asked: TokenOptions[] = [];
  const port = serviceAccounts({
    createToken: (_namespace, _account, options) => {
      asked.push(options);
      return Promise.resolve({ token: new Secret('t'), expiresAtMs: 1 });
    },
  });
  await readProjectedFiles(podWith(volume), port, testConfig);
  return asked;
}

describe('readProjectedFiles', () => {
  it('reads the injected volume: token, root certificates and namespace', async () => {
    const read = await readProjectedFiles(podWith(aTokenVolume()), serviceAccounts(), testConfig);
    assert.ok(read.kind === 'ready');
    const files = read.files.get(aTokenVolume().name) ?? [];
    assert.deepEqual(
      files.map((file) => [file.path, Buffer.from(file.content, 'base64').toString()]),
      [
        ['token', 'token-of-the-pod'],
        ['ca.crt', 'CERTIFICATE'],
        ['namespace', 'default'],
      ],
    );
  });

  it('asks for exactly what the injected volume says, bound to the Pod', async () => {
    assert.deepEqual(await askedFor(aTokenVolume()), [
      { audiences: [], expirationSeconds: 3607, podName: 'web', podUid: aPod().metadata?.uid },
    ]);
  });

  it('raises the lifetime only for other audiences', async () => {
    const [own] = await askedFor(tokenVolume({ expirationSeconds: 600 }));
    const [other] = await askedFor(tokenVolume({ audience: 'sts.aliyuncs.com', expirationSeconds: 600 }));
    const [longer] = await askedFor(tokenVolume({ audience: 'vault', expirationSeconds: 100_000 }));
    assert.equal(own?.expirationSeconds, 600);
    assert.deepEqual([other?.audiences, other?.expirationSeconds], [['sts.aliyuncs.com'], 86_400]);
    assert.equal(longer?.expirationSeconds, 100_000);
  });

  it('waits for the root certificates, and for their key', async () => {
    for (const configMap of [undefined, { data: {} }]) {
      const port = serviceAccounts({ getConfigMap: () => Promise.resolve(configMap) });
      const read = await readProjectedFiles(podWith(aTokenVolume()), port, testConfig);
      assert.equal(read.kind, 'waiting');
    }
  });

  it('asks for nothing when nobody mounts the volume', async () => {
    const port = serviceAccounts({ createToken: () => Promise.reject(new Error('not expected')) });
    const read = await readProjectedFiles(aPod({ spec: { volumes: [aTokenVolume()] } }), port, testConfig);
    assert.ok(read.kind === 'ready' && read.files.size === 0);
  });

  it('sends file modes as octal digits', async () => {
    const items = [{ path: 'n', mode: 0o400, fieldRef: { fieldPath: 'metadata.name' } }];
    const volume = { name: 'd', projected: { sources: [{ downwardAPI: { items } }] } };
    const read = await readProjectedFiles(podWith(volume), serviceAccounts(), testConfig);
    assert.ok(read.kind === 'ready');
    assert.equal(read.files.get('d')?.[0]?.mode, 400);
  });

  it('tells file and size when a file is too large', async () => {
    const port = serviceAccounts({
      getConfigMap: () => Promise.resolve({ data: { 'ca.crt': 'x'.repeat(33 * 1024) } }),
    });
    const read = await readProjectedFiles(podWith(aTokenVolume()), port, testConfig);
    assert.ok(read.kind === 'ready');
    assert.deepEqual(
      read.problems.map((problem) => problem.value),
      ['33792 bytes'],
    );
  });
});
