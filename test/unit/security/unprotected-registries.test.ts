import assert from 'node:assert/strict';
import { parseImageCacheAnnotations } from '../../../src/annotations/parse-image-cache-annotations.ts';
import type { CredentialResolver, HostOutcome } from '../../../src/credentials/types.ts';
import { prepareImageCache } from '../../../src/imagecache/prepare.ts';
import { Secret } from '../../../src/secret.ts';
import { aContainer, aPod } from '../../support/pod-builder.ts';
import { setUp } from '../eci/provider-setup.ts';

const HOST = 'images.example.com';
const resolved = { kind: 'resolved', entry: {}, chain: 'a', regionId: 'cn-hangzhou', expiresAtMs: 0 } as const;

/** Credentials for one host of the given kind. */
function resolving(outcome: HostOutcome): CredentialResolver {
  const password = { server: outcome.host, userName: 'u', password: new Secret('CANARY') };
  return {
    resolve: async () => ({ imageRegistryCredentials: [password], acrRegistryInfos: [], hosts: [outcome], notes: [] }),
  };
}

/** The aliases of hosts count for pulls as well: without verified TLS they choose who hears the password. */
function podWith(annotations: Record<string, string>, image = `${HOST}/team/app:v1`) {
  const hosts = { 'k8s.aliyun.com/eci-custom-hosts': JSON.stringify([{ host: HOST, ip: '203.0.113.9' }]) };
  return aPod({ annotations: { ...hosts, ...annotations }, spec: { containers: [aContainer({ image })] } });
}

describe('a password from a role chain', () => {
  const refused: Readonly<Record<string, [key: string, list: string, outcome: HostOutcome]>> = {
    'the host is pulled over plain HTTP': ['plain-http-registry', HOST, { host: HOST, ...resolved }],
    'its certificate is not verified': ['insecure-registry', HOST, { host: HOST, ...resolved }],
    'the list writes it in capitals': ['insecure-registry', 'Images.Example.com', { host: HOST, ...resolved }],
    'the list names the default port': ['insecure-registry', `${HOST}:443`, { host: HOST, ...resolved }],
    'the image names the default port': ['insecure-registry', HOST, { host: `${HOST}:443`, ...resolved }],
    'it is one of several': ['insecure-registry', `a.example.com, ${HOST}`, { host: HOST, ...resolved }],
    'ECI runs the chain': ['insecure-registry', HOST, { host: HOST, kind: 'forwarded', entry: {}, chain: 'a' }],
  };
  for (const [sentence, [key, list, outcome]] of Object.entries(refused)) {
    it(`is given to no Pod when ${sentence}`, async () => {
      const { eci, provider } = setUp({ credentials: resolving(outcome) });
      const created = await provider.create(podWith({ [`k8s.aliyun.com/${key}`]: list }), { number: 1 });
      assert.ok(created.kind === 'held');
      assert.deepEqual([created.reason, created.problems[0]?.key], ['InvalidAnnotation', `k8s.aliyun.com/${key}`]);
      assert.equal(eci.count('createContainerGroup'), 0);
    });
  }

  it('is given when other registries are the insecure ones', async () => {
    const { provider } = setUp({ credentials: resolving({ host: HOST, ...resolved }) });
    const pod = podWith({ 'k8s.aliyun.com/insecure-registry': 'harbor.example.com,ages.example.com' });
    assert.equal((await provider.create(pod, { number: 1 })).kind, 'created');
  });

  it('does not stand in the way of a Secret that users wrote themselves', async () => {
    const { provider } = setUp({ credentials: resolving({ host: HOST, kind: 'pull-secret', source: 'a/b' }) });
    const pod = podWith({ 'k8s.aliyun.com/insecure-registry': HOST });
    assert.equal((await provider.create(pod, { number: 1 })).kind, 'created');
  });

  it('is given to no image cache that is made over plain HTTP', async () => {
    const prepared = await prepareImageCache(
      {
        metadata: { name: 'web', uid: 'u', annotations: { 'k8s.aliyun.com/plain-http-registry': HOST } },
        spec: { images: [`${HOST}/team/app:v1`] },
      },
      {
        attempt: 1,
        parseAnnotations: parseImageCacheAnnotations,
        readPullSecrets: async () => ({ credentials: [], problems: [], pending: [], notes: [] }),
        credentials: resolving({ host: HOST, ...resolved }),
        defaults: { regionId: 'cn-hangzhou', clusterId: 'c', vSwitchIds: ['vsw-1'], securityGroupId: 'sg-1' },
      },
    );
    assert.ok(prepared.kind === 'invalid');
    assert.equal(prepared.problems[0]?.key, 'k8s.aliyun.com/plain-http-registry');
  });
});
