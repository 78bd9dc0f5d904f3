import assert from 'node:assert/strict';
import { annotationsOf } from '../../src/annotations/annotation-table.ts';
import { applyAll } from '../support/apply-all.ts';
import { readCreateRequests } from '../support/create-requests.ts';
import { eventually } from '../support/eventually.ts';
import { accounts, putRole, trusting, writeFixture } from '../support/fixture-file.ts';
import { imageCacheManifest, imageCacheName, imageCachesWhen, readImageCaches } from '../support/image-cache-report.ts';
import type { ImageCacheReport } from '../support/image-cache-report.ts';
import { createPlatform } from '../support/platform.ts';
import type { Platform } from '../support/platform.ts';
import { removeImageCaches } from '../support/sandbox-image-caches.ts';

const A = `acs:ram::${accounts.a}`;
const B = `acs:ram::${accounts.b}`;
const day = 24 * 60 * 60_000;
const noEip = /CreateImageCache cannot create an EIP\. Create one and name it in k8s\.aliyun\.com\/eip-instance-id/;

interface BadAnnotation {
  key: string;
  value: string;
  beside?: Readonly<Record<string, string>>;
  says: RegExp;
}

/** At least one for every annotation of ImageCaches. */
const badAnnotations: readonly BadAnnotation[] = [
  { key: 'acr-instance-ids', value: 'cri-j36zhodptmyq****', says: /asterisks mask digits/ },
  { key: 'acr-service-arns', value: 'role-assume', says: /Not the ARN of a RAM role/ },
  { key: 'acr-user-arns', value: `${B}:role/role-acr`, says: /Add k8s\.aliyun\.com\/acr-service-arns/ },
  { key: 'vswitch-ids', value: 'vpc-1', says: /Not a vSwitch id/ },
  { key: 'security-group-id', value: 'sg-a,sg-b', says: /Not a security group id/ },
  { key: 'resource-group-id', value: 'default', says: /Not a resource group id/ },
  { key: 'plain-http-registry', value: 'http://harbor.example.com', says: /Write the host alone/ },
  { key: 'insecure-registry', value: 'harbor.example.com/team', says: /Write the host alone/ },
  { key: 'imc-enable-reuse', value: 'yes', says: /Not a boolean/ },
  { key: 'imc-enable-flash', value: '1', says: /Not a boolean/ },
  { key: 'imc-retention-days', value: '0', says: /Write 1 to 65536 days/ },
  { key: 'imc-size', value: '19', says: /Write 20 to 32768 GiB/ },
  { key: 'imc-cpu-arch', value: 'arm64', says: /only amd64 caches can be made/ },
  { key: 'imc-os-type', value: 'darwin', says: /Write linux or windows/ },
  { key: 'eip-instance-id', value: 'i-1', says: /Not an EIP id/ },
  { key: 'auto-create-eip', value: 'true', says: noEip },
  { key: 'eip-bandwidth', value: '5', beside: { 'auto-create-eip': 'true' }, says: noEip },
  { key: 'eip-internet-charge-type', value: 'PayByTraffic', beside: { 'auto-create-eip': 'true' }, says: noEip },
  { key: 'eip-isp', value: 'BGP', beside: { 'auto-create-eip': 'true' }, says: noEip },
  { key: 'eip-common-bandwidth-package-id', value: 'cbwp-1', beside: { 'auto-create-eip': 'true' }, says: noEip },
];

const images = (count: number): string[] => Array.from({ length: count }, (_, index) => `nginx:${index}`);

/** Specs that the schema lets through, with the event and the reason that say what is wrong. */
const badSpecs: Readonly<Record<string, { spec: Record<string, unknown>; says: RegExp }>> = {
  'too-many-images': {
    spec: { images: images(21) },
    says: /^spec\.images="21": an image cache holds at most 20 images; split the list over several ImageCaches$/,
  },
  'small-size': {
    spec: { images: ['nginx'], imageCacheSize: 19 },
    says: /^spec\.imageCacheSize="19": give a whole number from 20 to 32768 GiB$/,
  },
  'no-retention': {
    spec: { images: ['nginx'], retentionDays: 0 },
    says: /^spec\.retentionDays="0": give a whole number from 1 to 65536 days$/,
  },
  'empty-image': { spec: { images: ['nginx', ' '] }, says: /^spec\.images\[1\]: an image reference is empty$/ },
};

describe('an ImageCache with bad input', function () {
  this.timeout(90_000);
  let platform: Platform;
  let caches: Map<string, ImageCacheReport>;
  const cache = (name: string): ImageCacheReport => caches.get(name) ?? assert.fail(`there is no ImageCache ${name}`);
  const nameOf = (index: number): string => `bad-${index}`;

  before(async function () {
    const fixture = await writeFixture((world) => {
      const policies = ['AliyunContainerRegistryFullAccess'];
      putRole(world, accounts.b, { name: 'role-acr', trust: trusting({ ram: [`${B}:root`] }), policies });
    });
    platform = await createPlatform(this, { fixture });
    await platform.start({ flags: ['--credential-delivery', 'resolve'] });
    await applyAll(platform, [
      ...badAnnotations.map(({ key, value, beside }, index) =>
        imageCacheManifest(platform, {
          name: nameOf(index),
          annotations: { ...beside, [key]: value },
          spec: { images: ['nginx'] },
        }),
      ),
      ...Object.entries(badSpecs).map(([name, { spec }]) => imageCacheManifest(platform, { name, spec })),
      imageCacheManifest(platform, {
        name: 'refused-chain',
        annotations: {
          'acr-instance-ids': 'cri-cb5d6f7g8h9j0k1l',
          'acr-service-arns': `${A}:role/role-assume`,
          'acr-user-arns': `${B}:role/role-acr`,
        },
        spec: { images: ['images.b.example.com/team/app:v1'] },
      }),
    ]);
    const failing = [...badAnnotations.keys()].map(nameOf).concat(Object.keys(badSpecs));
    await imageCachesWhen(platform, ['refused-chain'], ({ events }) => events.length > 0);
    caches = await imageCachesWhen(platform, failing, ({ phase, events }) => phase === 'Failed' && events.length > 0);
  });

  after(async () => {
    if (platform === undefined) return;
    await removeImageCaches(platform);
    await platform.dispose();
  });

  it('is tried for every annotation that ImageCaches can have', () => {
    const tried = new Set(badAnnotations.map(({ key }) => `k8s.aliyun.com/${key}`));
    assert.deepEqual(
      annotationsOf('ImageCache')
        .map(({ key }) => key)
        .filter((key) => !tried.has(key)),
      [],
    );
  });

  for (const [index, { key, value, says }] of badAnnotations.entries()) {
    it(`${key}: ${value} fails it with an event and a reason that name key, value and remedy`, () => {
      const { events, reason } = cache(nameOf(index));
      const start = `Warning InvalidAnnotation: k8s.aliyun.com/${key}="${value}": `;
      assert.match(events.find((event) => event.startsWith(start)) ?? assert.fail(events.join('\n')), says);
      assert.match(reason, says);
    });
  }

  for (const [name, { says }] of Object.entries(badSpecs)) {
    it(`fails for ${name.replaceAll('-', ' ')}`, () => {
      const { events, reason } = cache(name);
      assert.match(reason.replace('InvalidSpec: ', ''), says);
      assert.match(events.map((event) => event.replace('Warning InvalidSpec: ', '')).join('\n'), says);
    });
  }

  it('is refused by the API server itself without images', async () => {
    const manifest = JSON.stringify(imageCacheManifest(platform, { name: 'empty', spec: { images: [] } }));
    await assert.rejects(platform.kubectl(['create', '-f', '-'], manifest), /is invalid: spec\.images/);
  });

  it('waits where a role chain is refused, and says hop, role and remedy', () => {
    const { phase, reason, events } = cache('refused-chain');
    const text =
      /No credentials for images\.b\.example\.com: Hop 2 \(user role role-acr of 2222222222222222\) failed: AssumeRole was answered NoPermission \(request id [0-9A-F-]{36}\)\. Let the trust policy of role role-acr of 2222222222222222 name/;
    assert.equal(phase, 'Pending');
    assert.match(reason, text);
    assert.match(events.join('\n'), new RegExp(`^Warning ImageCredentialsFailed: ${text.source}`, 'm'));
    assert.doesNotMatch(reason, /\(request id .*\(request id /, 'once is enough');
  });

  it('makes nothing at ECI', async () => {
    assert.deepEqual(await platform.simulator.journal({ action: 'CreateImageCache' }), []);
  });

  it('is made at once when the annotation is corrected', async () => {
    await applyAll(platform, [imageCacheManifest(platform, { name: nameOf(0), spec: { images: ['nginx'] } })]);
    await imageCachesWhen(platform, [nameOf(0)], ({ phase }) => phase === 'Ready');
    assert.equal((await readCreateRequests(platform.simulator, 'CreateImageCache')).size, 1);
  });

  describe('after it was made', () => {
    let imageCacheId: string;

    before(async () => {
      await applyAll(platform, [
        imageCacheManifest(platform, { name: 'kept', spec: { images: ['nginx'], retentionDays: 1 } }),
        imageCacheManifest(platform, {
          name: 'both-sizes',
          annotations: { 'imc-size': '30' },
          spec: { images: ['nginx'], imageCacheSize: 25 },
        }),
      ]);
      const ready = await imageCachesWhen(platform, ['kept', 'both-sizes'], ({ phase }) => phase === 'Ready');
      imageCacheId = ready.get('kept')?.imageCacheId ?? '';
    });

    it('prefers the spec to an annotation that says otherwise, with a Warning', async () => {
      const reports = await readImageCaches(platform);
      assert.match(
        reports.get('both-sizes')?.events.join('\n') ?? '',
        /Warning AnnotationIgnored: k8s\.aliyun\.com\/imc-size="30": spec\.imageCacheSize is set to 25 and wins; remove one of the two/,
      );
      const line = (await platform.simulator.journal({ action: 'CreateImageCache' })).find(({ parameters }) =>
        parameters['ImageCacheName']?.endsWith('both-sizes'),
      );
      assert.equal(line?.parameters['ImageCacheSize'], '25');
    });

    it('ignores a change of the spec with a Warning, and makes no call for it', async () => {
      const before = (await platform.simulator.journal()).length;
      await platform.kubectl([
        ...['patch', 'imagecache', imageCacheName(platform, 'kept'), '--type=merge'],
        ...['-p', JSON.stringify({ spec: { images: ['nginx', 'busybox'] } })],
      ]);
      const changed = await imageCachesWhen(platform, ['kept'], ({ events }) =>
        events.some((event) => event.startsWith('Warning SpecChangeIgnored: ')),
      );
      assert.match(
        changed.get('kept')?.events.join('\n') ?? '',
        new RegExp(`SpecChangeIgnored: image cache ${imageCacheId} was made from an earlier spec and is left as it is`),
      );
      const calls = (await platform.simulator.journal()).slice(before);
      assert.deepEqual(
        calls.filter(({ action }) => !action.startsWith('Describe')),
        [],
      );
    });

    it('deletes the cache at ECI before the object goes', async () => {
      const name = imageCacheName(platform, 'both-sizes');
      await platform.kubectl(['delete', 'imagecache', name, '--timeout=20s']);
      const [line] = await platform.simulator.journal({ action: 'DeleteImageCache' });
      assert.equal(line?.result, 'OK');
      const { eci } = (await platform.simulator.state()) as { eci: { imageCaches: { name: string }[] } };
      assert.ok(!eci.imageCaches.some((cacheAtEci) => cacheAtEci.name === name));
    });

    it('is marked Failed, reason Expired, when its retention has ended, and is not made again', async () => {
      await platform.simulator.advance(day + 60_000);
      // A cache in the making keeps the listings frequent, so that nobody has to wait two minutes for the next one.
      await applyAll(platform, [imageCacheManifest(platform, { name: 'fresh', spec: { images: ['nginx'] } })]);
      const gone = await imageCachesWhen(platform, ['kept'], ({ phase }) => phase === 'Failed');
      assert.equal(gone.get('kept')?.reason, 'Expired');
      await eventually('the event is there', async () => {
        const report = (await readImageCaches(platform)).get('kept');
        return report?.events.includes(
          `Warning Expired: image cache ${imageCacheId} no longer exists at ECI: its retention ended or it was deleted`,
        );
      });
      const creates = await platform.simulator.journal({ action: 'CreateImageCache' });
      assert.equal(creates.filter(({ parameters }) => parameters['ImageCacheName']?.endsWith('kept')).length, 1);
      await platform.kubectl(['delete', 'imagecache', imageCacheName(platform, 'kept'), '--timeout=20s']);
    });
  });
});
