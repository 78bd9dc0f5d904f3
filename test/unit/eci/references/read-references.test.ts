import assert from 'node:assert/strict';
import { readReferences } from '../../../../src/eci/references/read-references.ts';
import { readTokens } from '../../../../src/eci/references/read-tokens.ts';
import type { ReferencePort } from '../../../../src/eci/types.ts';
import { KubeApiError } from '../../../../src/kube/errors.ts';
import type { Pod, Volume } from '../../../../src/kube/types.ts';
import { Secret } from '../../../../src/secret.ts';
import { clusterObjects } from '../../../support/cluster-objects.ts';
import { aContainer, aPod, aTokenVolume } from '../../../support/pod-builder.ts';
import { testConfig } from '../provider-setup.ts';
import { resolveWith } from '../resolve-with.ts';

const CREATED = '2026-03-01T12:00:00Z';
const options = { ...testConfig, nowMs: 9_000, purpose: 'create' } as const;

const pod = aPod({
  metadata: { creationTimestamp: CREATED },
  spec: {
    containers: [
      aContainer({
        envFrom: [{ configMapRef: { name: 'settings' } }, { secretRef: { name: 'login', optional: true } }],
      }),
    ],
  },
});

function failing(httpStatus: number): KubeApiError {
  return new KubeApiError({ message: `status ${httpStatus}`, reason: 'Whatever', httpStatus });
}

function podWith(volume: Volume): Pod {
  const volumeMounts = [{ name: volume.name, mountPath: '/m' }];
  return aPod({ spec: { serviceAccountName: 'robot', containers: [aContainer({ volumeMounts })], volumes: [volume] } });
}

describe('readReferences', () => {
  it('wants nothing from before the Pod was made, and for an update nothing from before now', async () => {
    const asked: number[] = [];
    const cluster = clusterObjects(
      {},
      {
        configMap: (_namespace, _name, notBeforeMs) => {
          asked.push(notBeforeMs);
          return Promise.resolve({});
        },
      },
    );
    await readReferences(pod, cluster, options);
    await readReferences(pod, cluster, { ...options, purpose: 'update' });
    assert.deepEqual(asked, [Date.parse(CREATED) + 2000, 9_000]);
  });

  it('asks for no Service where the configuration or the Pod says so', async () => {
    const never = (): Promise<never> => Promise.reject(new Error('asked'));
    const strict: ReferencePort = { ...clusterObjects(), service: never, services: never };
    await readReferences(aPod(), strict, { ...options, serviceVariables: false });
    const unlinked = aPod({ spec: { enableServiceLinks: false } });
    await readReferences(unlinked, strict, { ...options, apiServer: { host: 'a', port: 1 } });
    await assert.rejects(readReferences(unlinked, strict, options));
  });

  it('waits where a right is missing, for optional objects too', async () => {
    const refuse = (): Promise<never> => Promise.reject(failing(403));
    const { findings } = await resolveWith(pod, clusterObjects({}, { configMap: refuse, secret: refuse }));
    assert.deepEqual(
      findings.notes.map(({ reason }) => reason),
      ['FailedToReadMandatoryConfigMap', 'FailedToReadOptionalSecret'],
    );
    assert.equal(findings.missing.length, 2);
    assert.match(findings.message, /Secret default\/login cannot be read: status 403/);
  });

  it('concludes nothing from any other failure', async () => {
    const cluster = clusterObjects({}, { configMap: () => Promise.reject(failing(500)) });
    await assert.rejects(readReferences(pod, cluster, options), { httpStatus: 500 });
  });

  it('reads the Secret of a volume where the volume says', async () => {
    const asked: string[] = [];
    const cluster = clusterObjects(
      {
        claims: { data: { spec: { volumeName: 'pv' }, status: { phase: 'Bound' } } },
        volumes: {
          pv: {
            spec: {
              csi: {
                driver: 'ossplugin.csi.alibabacloud.com',
                volumeHandle: 'x',
                nodePublishSecretRef: { namespace: 'storage', name: 'keys' },
              },
            },
          },
        },
      },
      {
        secret: (namespace, name) => {
          asked.push(`${namespace}/${name}`);
          return Promise.resolve({});
        },
      },
    );
    await readReferences(podWith({ name: 'v', persistentVolumeClaim: { claimName: 'data' } }), cluster, options);
    assert.deepEqual(asked, ['storage/keys']);
  });
});

describe('readTokens', () => {
  type Asked = Parameters<ReferencePort['createToken']>[2];
  const tokenVolume = (token: { audience?: string; expirationSeconds?: number }): Volume => ({
    name: 't',
    projected: { sources: [{ serviceAccountToken: { path: 'token', ...token } }] },
  });
  async function askedFor(volume: Volume): Promise<Asked | undefined> {
    const asked: Asked[] = [];
    const createToken: ReferencePort['createToken'] = (_namespace, _account, wanted) => {
      asked.push(wanted);
      return Promise.resolve({ token: new Secret('t'), expiresAtMs: 1 });
    };
    await readTokens(podWith(volume), { createToken }, testConfig);
    return asked[0];
  }

  it('asks for exactly what the injected volume says, bound to the Pod', async () => {
    assert.deepEqual(await askedFor(aTokenVolume()), {
      audiences: [],
      expirationSeconds: 3607,
      podName: 'web',
      podUid: aPod().metadata?.uid,
    });
  });

  it('raises the lifetime only for other audiences', async () => {
    assert.equal((await askedFor(tokenVolume({ expirationSeconds: 600 })))?.expirationSeconds, 600);
    const other = await askedFor(tokenVolume({ audience: 'sts.aliyuncs.com', expirationSeconds: 600 }));
    assert.deepEqual([other?.audiences, other?.expirationSeconds], [['sts.aliyuncs.com'], 86_400]);
    assert.equal(
      (await askedFor(tokenVolume({ audience: 'vault', expirationSeconds: 100_000 })))?.expirationSeconds,
      100_000,
    );
    assert.equal((await askedFor(tokenVolume({})))?.expirationSeconds, 3600);
  });

  it('waits for a ServiceAccount that is missing', async () => {
    const read = await readTokens(
      podWith(aTokenVolume()),
      { createToken: () => Promise.reject(failing(404)) },
      testConfig,
    );
    assert.ok(read.kind === 'waiting');
    assert.deepEqual(read.missing, [{ kind: 'ServiceAccount', namespace: 'default', name: 'robot' }]);
  });

  it('says when the first of several tokens ends', async () => {
    const volume: Volume = {
      name: 'v',
      projected: {
        sources: [
          { serviceAccountToken: { path: 'a', audience: 'late' } },
          { serviceAccountToken: { path: 'b', audience: 'early' } },
        ],
      },
    };
    const cluster = clusterObjects(
      {},
      {
        createToken: (_namespace, _account, { audiences }) =>
          Promise.resolve({ token: new Secret('t'), expiresAtMs: audiences[0] === 'late' ? 20 : 10 }),
      },
    );
    assert.equal((await resolveWith(podWith(volume), cluster)).tokenExpiresAtMs, 10);
  });
});
