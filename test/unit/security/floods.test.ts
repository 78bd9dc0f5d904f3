import assert from 'node:assert/strict';
import { pairAcrAnnotations } from '../../../src/annotations/pair-acr-annotations.ts';
import { createPullSecretReader } from '../../../src/credentials/pull-secret-reader.ts';
import { parseImageReference } from '../../../src/images/image-reference.ts';
import { createCachedReads } from '../../../src/kube/cached-reads.ts';
import type { KubeSecret } from '../../../src/kube/types.ts';
import { revealText } from '../../../src/secret.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { clusterObjects } from '../../support/cluster-objects.ts';
import { resolveWith } from '../eci/resolve-with.ts';
import { aContainer, aPod } from '../../support/pod-builder.ts';

const names = Array.from({ length: 5000 }, (_, index) => `secret-${index}`);

/** A docker configuration with so many servers. */
function bigSecret(servers: number, entry: object): KubeSecret {
  const auths = Object.fromEntries(Array.from({ length: servers }, (_, index) => [`r${index}.example.com`, entry]));
  const document = Buffer.from(JSON.stringify({ auths })).toString('base64');
  return { type: 'kubernetes.io/dockerconfigjson', data: { '.dockerconfigjson': document } };
}

describe('an object with thousands of pull Secrets', () => {
  it('costs fifty reads as a Pod, and is told', async () => {
    let reads = 0;
    const reader = createPullSecretReader({
      getSecret: async () => {
        reads += 1;
        return undefined;
      },
    });
    const pod = aPod({ spec: { imagePullSecrets: names.map((name) => ({ name })) } });
    const { notes } = await reader.forPod(pod);
    assert.equal(reads, 50);
    assert.match(notes.at(-1)?.message ?? '', /Of 5000 Secrets .* first 50/);
  });

  it('costs no read as an ImageCache, which fails with one problem', async () => {
    const reader = createPullSecretReader({ getSecret: async () => assert.fail('read') });
    const { problems } = await reader.forImageCache(names.map((name) => `team:${name}`));
    assert.deepEqual(
      problems.map(({ key }) => key),
      ['spec.imagePullSecrets'],
    );
  });

  it('is told ten things about one Secret, not ten thousand', async () => {
    const unusable = createPullSecretReader({ getSecret: async () => bigSecret(10_000, {}) });
    const pod = aPod({ spec: { imagePullSecrets: [{ name: 'a' }, { name: 'b' }] } });
    assert.equal((await unusable.forPod(pod)).notes.length, 20);
    const usable = createPullSecretReader({
      getSecret: async () => bigSecret(10_000, { username: 'u', password: 'p' }),
    });
    const read = await usable.forPod(pod);
    assert.deepEqual([read.credentials.length, read.notes.length], [10_000, 10]);
  });
});

describe('objects that are read on demand', () => {
  it('are forgotten when they fill the memory', async () => {
    let reads = 0;
    const data = { '.dockerconfigjson': 'a'.repeat(1_000_000) };
    const get = async <T>(path: string): Promise<T> => {
      reads += 1;
      return { metadata: { name: path }, data } as T;
    };
    const cached = createCachedReads({ client: { get, list: () => assert.fail('listed') }, clock: new FakeClock() });
    for (const name of names.slice(0, 100)) await cached.secret('team', name);
    await cached.secret('team', 'secret-99');
    assert.equal(reads, 100, 'the last one is remembered');
    await cached.secret('team', 'secret-0');
    assert.equal(reads, 101, 'the first one is not');
  });
});

describe('variables that refer to variables', () => {
  it('do not grow without end: the Pod is held', async () => {
    const env = [{ name: 'V0', value: 'x'.repeat(1000) }];
    for (let index = 1; index < 60; index += 1) {
      env.push({ name: `V${index}`, value: `$(V${index - 1})`.repeat(50) });
    }
    const container = aContainer({ env });
    const { containers, findings } = await resolveWith(aPod({ spec: { containers: [container] } }), clusterObjects());
    const variables = containers.get('app')?.variables ?? [];
    const total = variables.reduce((sum, { value = '' }) => sum + revealText(value).length, 0);
    assert.ok(total < 500_000, `${total} characters`);
    assert.match(findings.problems[0]?.message ?? '', /refer to fewer or shorter ones/);
  });
});

describe('names that only fill memory', () => {
  it('are refused in role ARNs, instance ids and regions', () => {
    const long = 'a'.repeat(200_000);
    const keys = ['acr-instance-ids', 'acr-service-arns', 'acr-user-arns'].map((key) => `k8s.aliyun.com/${key}`);
    for (const value of [
      `cri-${long}`,
      `cn-${long}:cri-a`,
      `acs:ram::1:role/${long}`,
      `acs:ram::${'1'.repeat(99)}:role/a`,
    ]) {
      for (const key of keys) assert.notEqual(pairAcrAnnotations({ [key]: value }).problems.length, 0);
    }
  });

  it('are not repeated in messages', () => {
    for (const image of [`a/${'-'.repeat(500_000)}`, `${'_'.repeat(500_000)}.com/a`]) {
      assert.throws(
        () => parseImageReference(image),
        (error: Error) => error.message.length < 600,
      );
    }
  });
});

describe('a region in an annotation', () => {
  for (const region of [
    'oss-cn-hangzhou',
    'cn',
    'cnhangzhou',
    'cn-',
    'cn-a.evil.com',
    'cn-a/',
    'CN-hangzhou',
    'cn--a',
  ]) {
    it(`is not ${region}, which would make another host of the registry service`, () => {
      const { problems } = pairAcrAnnotations({ 'k8s.aliyun.com/acr-instance-ids': `${region}:cri-abc` });
      assert.equal(problems.length, 1);
    });
  }
});

describe('a role in an annotation', () => {
  it('has ASCII letters only, so that no other role answers to its name in a cache that ignores case', () => {
    for (const role of ['pull\u212Aer', 'r\u00f4le', 'a b', 'a*']) {
      const { problems } = pairAcrAnnotations({ 'k8s.aliyun.com/acr-service-arns': `acs:ram::1:role/${role}` });
      assert.equal(problems.length, 1, role);
    }
  });
});
