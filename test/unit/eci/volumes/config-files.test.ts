import assert from 'node:assert/strict';
import type { ReferencePort } from '../../../../src/eci/types.ts';
import type { Pod, Volume } from '../../../../src/kube/types.ts';
import { revealText, Secret } from '../../../../src/secret.ts';
import { clusterObjects } from '../../../support/cluster-objects.ts';
import { aContainer, aPod, aTokenVolume } from '../../../support/pod-builder.ts';
import { filesOf, resolveWith } from '../resolve-with.ts';

const cluster = clusterObjects({
  configMaps: {
    settings: { data: { 'b.conf': 'line 1\nline 2\n', 'a.conf': 'ä' }, binaryData: { raw: 'AAH/' } },
    empty: {},
  },
  secrets: { login: { user: 'robot', key: '-----BEGIN KEY-----\nAAAA\n-----END KEY-----\n' } },
});

function podWith(volume: Volume, mounts = [{ name: volume.name, mountPath: '/m' }]): Pod {
  return aPod({
    metadata: { labels: { tier: 'front', app: 'a"b' }, annotations: { note: 'two\nlines' } },
    spec: {
      serviceAccountName: 'robot',
      containers: [aContainer({ volumeMounts: mounts, resources: { limits: { cpu: '250m' } } })],
      volumes: [volume],
    },
  });
}

const projected = (...sources: NonNullable<NonNullable<Volume['projected']>['sources']>): Volume => ({
  name: 'v',
  projected: { sources },
});

describe('files of volumes', () => {
  const cases: Readonly<Record<string, readonly [Volume, Record<string, string>]>> = {
    'every key of a ConfigMap, sorted, binary ones too': [
      { name: 'v', configMap: { name: 'settings' } },
      { 'a.conf': 'ä', 'b.conf': 'line 1\nline 2\n', raw: Buffer.from('AAH/', 'base64').toString('utf8') },
    ],
    'only the items, where they say': [
      { name: 'v', configMap: { name: 'settings', items: [{ key: 'b.conf', path: 'sub/dir/c.conf' }] } },
      { 'sub/dir/c.conf': 'line 1\nline 2\n' },
    ],
    'everything for an empty list of items': [
      { name: 'v', secret: { secretName: 'login', items: [] } },
      { key: '-----BEGIN KEY-----\nAAAA\n-----END KEY-----\n', user: 'robot' },
    ],
    'projected sources, a later one winning': [
      projected(
        { configMap: { name: 'settings', items: [{ key: 'a.conf', path: 'x' }] } },
        { secret: { name: 'login', items: [{ key: 'user', path: 'x' }] } },
        { downwardAPI: { items: [{ path: 'name', fieldRef: { fieldPath: 'metadata.name' } }] } },
        { serviceAccountToken: { path: 'token' } },
      ),
      { x: 'robot', name: 'web', token: 'token-of-the-pod' },
    ],
    'the volume that Kubernetes injects': [
      aTokenVolume('v'),
      { token: 'token-of-the-pod', 'ca.crt': 'CERTIFICATE', namespace: 'default' },
    ],
    'whole maps, escaped and sorted': [
      {
        name: 'v',
        downwardAPI: {
          items: [
            { path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } },
            { path: 'annotations', fieldRef: { fieldPath: 'metadata.annotations' } },
          ],
        },
      },
      { labels: 'app="a\\"b"\ntier="front"', annotations: 'note="two\\nlines"' },
    ],
    'resources of a container': [
      {
        name: 'v',
        downwardAPI: {
          items: [
            { path: 'cpu', resourceFieldRef: { containerName: 'app', resource: 'limits.cpu', divisor: '1m' } },
            { path: 'memory', resourceFieldRef: { containerName: 'app', resource: 'limits.memory', divisor: '1Mi' } },
          ],
        },
      },
      { cpu: '250', memory: '512' },
    ],
  };
  for (const [title, [volume, expected]] of Object.entries(cases)) {
    it(`are ${title}`, async () => {
      const resolved = await resolveWith(podWith(volume), cluster);
      assert.deepEqual(filesOf(resolved, 'v'), expected);
      assert.deepEqual([resolved.findings.missing, resolved.findings.problems], [[], []]);
    });
  }

  it('keep every byte', async () => {
    for (let length = 0; length < 7; length += 1) {
      const bytes = Buffer.from(Array.from({ length }, (_, index) => 250 + index));
      const objects = clusterObjects({ secrets: { s: { k: bytes } } });
      const { volumes } = await resolveWith(podWith({ name: 'v', secret: { secretName: 's' } }), objects);
      const content = volumes[0]?.configFileVolume?.configFileToPath[0]?.content ?? '';
      assert.deepEqual(Buffer.from(revealText(content), 'base64'), bytes);
    }
  });

  it('carry modes as octal digits: of the volume, and of an item', async () => {
    const items = [
      { key: 'user', path: 'u', mode: 0o400 },
      { key: 'key', path: 'k' },
    ];
    const volume = { name: 'v', secret: { secretName: 'login', defaultMode: 0o640, items } };
    const { volumes } = await resolveWith(podWith(volume), cluster);
    const files = volumes[0]?.configFileVolume;
    assert.deepEqual([files?.defaultMode, files?.configFileToPath.map(({ mode }) => mode)], [640, [400, undefined]]);
    const usual = await resolveWith(podWith({ name: 'v', configMap: { name: 'settings' } }), cluster);
    assert.equal(usual.volumes[0]?.configFileVolume?.defaultMode, 644);
  });

  it('wrap what comes from a Secret and tokens, and nothing else', async () => {
    const { volumes } = await resolveWith(
      podWith(
        projected(
          { secret: { name: 'login' } },
          { configMap: { name: 'settings' } },
          { serviceAccountToken: { path: 't' } },
        ),
      ),
      cluster,
    );
    const wrapped = (volumes[0]?.configFileVolume?.configFileToPath ?? []).map(({ path, content }) => [
      path,
      content instanceof Secret,
    ]);
    assert.deepEqual(Object.fromEntries(wrapped), {
      'a.conf': false,
      'b.conf': false,
      raw: false,
      key: true,
      user: true,
      t: true,
    });
  });
});

describe('volumes without files', () => {
  const empty = { name: 'v', type: 'EmptyDirVolume', emptyDirVolume: {} };
  const cases: Readonly<Record<string, readonly [Volume, reasons: string[], missing: number]>> = {
    'an empty ConfigMap': [{ name: 'v', configMap: { name: 'empty' } }, [], 0],
    'an optional ConfigMap that is missing': [
      { name: 'v', configMap: { name: 'nobody', optional: true } },
      ['OptionalConfigMapNotFound'],
      0,
    ],
    'an optional Secret that is missing': [
      { name: 'v', secret: { secretName: 'nobody', optional: true } },
      ['OptionalSecretNotFound'],
      0,
    ],
    'an optional item that is missing': [
      { name: 'v', configMap: { name: 'settings', optional: true, items: [{ key: 'none', path: 'n' }] } },
      ['OptionalConfigMapKeyNotFound'],
      0,
    ],
    'a mandatory Secret that is missing': [
      { name: 'v', secret: { secretName: 'nobody' } },
      ['MandatorySecretNotFound'],
      1,
    ],
    'a mandatory ConfigMap that is missing': [
      { name: 'v', configMap: { name: 'nobody' } },
      ['MandatoryConfigMapNotFound'],
      1,
    ],
    'a mandatory item that is missing': [
      { name: 'v', secret: { secretName: 'login', items: [{ key: 'none', path: 'n' }] } },
      ['MandatorySecretKeyNotFound'],
      1,
    ],
    'a projected Secret that is missing': [projected({ secret: { name: 'nobody' } }), ['MandatorySecretNotFound'], 1],
  };
  for (const [title, [volume, reasons, missing]] of Object.entries(cases)) {
    it(`${missing === 0 ? 'are empty directories' : 'are waited for'}: ${title}`, async () => {
      const { volumes, findings } = await resolveWith(podWith(volume), cluster);
      assert.deepEqual(volumes, [empty]);
      assert.deepEqual(
        findings.notes.map(({ reason }) => reason),
        reasons,
      );
      assert.equal(findings.missing.length, missing);
    });
  }
});

describe('volumes that nobody mounts', () => {
  it('are neither sent nor read', async () => {
    const never = (): Promise<never> => Promise.reject(new Error('asked'));
    const strict: ReferencePort = { ...clusterObjects(), configMap: never, secret: never, createToken: never };
    const pod = aPod({
      spec: {
        containers: [aContainer()],
        volumes: [aTokenVolume(), { name: 's', secret: { secretName: 'login' } }],
      },
    });
    const { volumes, tokenExpiresAtMs } = await resolveWith(pod, strict);
    assert.deepEqual([volumes, tokenExpiresAtMs], [[], undefined]);
  });
});

describe('limits of config files', () => {
  const files = async (sizes: Readonly<Record<string, number>>): Promise<string[]> => {
    const data = Object.fromEntries(Object.entries(sizes).map(([key, size]) => [key, 'x'.repeat(size)]));
    const objects = clusterObjects({ configMaps: { big: { data } } });
    const { findings } = await resolveWith(podWith({ name: 'v', configMap: { name: 'big' } }), objects);
    return findings.problems.map(({ key, value }) => `${key}: ${value}`);
  };

  it('are kept to the byte', async () => {
    assert.deepEqual(await files({ a: 32_768, b: 28_672 }), []);
    assert.deepEqual(await files({ a: 32_769 }), ['spec.volumes[v] a: 32769 bytes']);
    assert.deepEqual(await files({ a: 32_768, b: 28_673 }), ['spec.volumes: 61441 bytes']);
    const many = Object.fromEntries(Array.from({ length: 90 }, (_, index) => [`f${index}`, 1]));
    assert.deepEqual(await files(many), ['spec.volumes[v]: 90 files']);
  });
});
