import assert from 'node:assert/strict';
import { applyAll } from '../support/apply-all.ts';
import { readCreateRequests } from '../support/create-requests.ts';
import type { CreateRequest } from '../support/create-requests.ts';
import { imageCacheManifest, imageCachesWhen, readImageCaches } from '../support/image-cache-report.ts';
import { createPlatform } from '../support/platform.ts';
import type { Platform } from '../support/platform.ts';
import { podManifest } from '../support/pod-manifest.ts';
import { isCreated, isRunning, podsWhen } from '../support/pod-report.ts';
import type { PodReport } from '../support/pod-report.ts';
import { removeImageCaches } from '../support/sandbox-image-caches.ts';

const harbor = 'harbor.example.com/team/app:v1';
const customDomain = 'images.a.example.com/team/app:v1';
const login = { username: 'robot', password: 'CANARY-harbor' };

describe('pull Secrets', function () {
  this.timeout(60_000);
  let platform: Platform;

  before(async function () {
    platform = await createPlatform(this);
    await platform.start({ flags: ['--image-cache-secret-namespaces', platform.sandbox.namespace] });
    await applyAll(platform, [
      dockerConfig('harbor', { auths: { 'https://harbor.example.com/v2/': login } }),
      dockerConfig('harbor-too', {
        auths: { 'harbor.example.com': { username: 'second', password: 'CANARY-second' } },
      }),
      dockerConfig('by-hand', {
        auths: { 'images.a.example.com': { username: 'by-hand', password: 'CANARY-by-hand' } },
      }),
      dockerConfig('half', { auths: { 'harbor.example.com': { username: 'robot' } } }),
      dockerConfig('empty', { credsStore: 'desktop' }),
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'old-form' },
        type: 'kubernetes.io/dockercfg',
        stringData: { '.dockercfg': JSON.stringify({ 'harbor.example.com': { auth: base64('robot:CANARY-harbor') } }) },
      },
      { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'foreign' }, stringData: { password: 'CANARY-foreign' } },
      {
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: { name: 'puller' },
        imagePullSecrets: [{ name: 'harbor' }],
      },
    ]);
  });

  after(async () => {
    if (platform === undefined) return;
    await removeImageCaches(platform);
    await platform.dispose();
  });

  describe('of Pods', () => {
    let pods: Map<string, PodReport>;
    let requests: Map<string, CreateRequest>;
    const eventsOf = (name: string): string => pods.get(name)?.events.join('\n') ?? 'no such Pod';

    before(async () => {
      const { nodeName } = platform.sandbox;
      const pod = (name: string, image: string, secrets: string[], spec: object = {}): object =>
        podManifest({
          name,
          nodeName,
          images: [image],
          annotations: { 'acr-instance-ids': 'cri-j36zhodptmyq1234' },
          spec: { containers: [{ name: 'app', image }], imagePullSecrets: secrets.map((s) => ({ name: s })), ...spec },
        });
      await applyAll(platform, [
        pod('explicit', customDomain, ['by-hand']),
        pod('harbor', harbor, ['harbor']),
        pod('old-form', harbor, ['old-form']),
        pod('several', harbor, ['harbor', 'harbor-too']),
        pod('by-account', harbor, [], { serviceAccountName: 'puller' }),
        pod('missing', 'nginx', ['nobody-made-it']),
        pod('half', 'nginx', ['half']),
        pod('empty', 'nginx', ['empty']),
        pod('foreign', 'nginx', ['foreign']),
        pod('next-to-a-bad-one', harbor, ['foreign', 'harbor']),
      ]);
      const running = ['harbor', 'old-form', 'several', 'by-account', 'missing', 'half', 'empty', 'foreign'];
      await podsWhen(platform, ['explicit'], isCreated);
      pods = await podsWhen(platform, [...running, 'next-to-a-bad-one'], isRunning);
      requests = await readCreateRequests(platform.simulator);
    });

    it('win over the annotations for their host, with a Normal event, and no chain is run', async () => {
      assert.deepEqual(requests.get('explicit')?.userNames, ['by-hand']);
      assert.deepEqual(requests.get('explicit')?.acrRegistryInfos, []);
      assert.match(
        eventsOf('explicit'),
        /Normal PullSecretPreferred: images\.a\.example\.com: the Secret test-[0-9a-f]+\/by-hand is used; the ACR annotations are not consulted for this host\./,
      );
      assert.deepEqual(await platform.simulator.journal({ action: 'GetAuthorizationToken' }), []);
    });

    it('of both types let ECI pull, also when only the ServiceAccount names them', () => {
      for (const name of ['harbor', 'old-form', 'by-account']) {
        assert.deepEqual(requests.get(name)?.servers, ['harbor.example.com'], name);
        assert.deepEqual(requests.get(name)?.userNames, ['robot'], name);
      }
    });

    it('that hold the same host are used in their order, with a Warning', () => {
      assert.deepEqual(requests.get('several')?.userNames, ['robot']);
      assert.match(
        eventsOf('several'),
        /Warning PullSecretInvalid: harbor\.example\.com is in the Secrets test-[0-9a-f]+\/harbor and test-[0-9a-f]+\/harbor-too; the first is used\./,
      );
    });

    const useless: Readonly<Record<string, RegExp>> = {
      missing: /Warning PullSecretNotFound: Secret test-\w+\/nobody-made-it of imagePullSecrets does not exist\./,
      half: /Warning PullSecretInvalid: Secret test-\w+\/half .* has no user name and password for harbor\.example\.com\./,
      empty: /Warning PullSecretInvalid: Secret test-\w+\/empty .* has no "auths" object in \.dockerconfigjson\./,
      foreign:
        /Warning PullSecretInvalid: Secret test-\w+\/foreign .* is of type Opaque; use kubernetes\.io\/dockerconfigjson\./,
    };
    for (const [name, says] of Object.entries(useless)) {
      it(`that are of no use (${name}) bring a Warning and do not stop the Pod`, () => {
        assert.match(eventsOf(name), says);
        assert.deepEqual(requests.get(name)?.servers, []);
      });
    }

    it('that can be used are used next to one that cannot', () => {
      assert.deepEqual(requests.get('next-to-a-bad-one')?.servers, ['harbor.example.com']);
    });
  });

  describe('of ImageCaches', () => {
    before(async () => {
      const { namespace } = platform.sandbox;
      const cache = (name: string, references: string[]): object =>
        imageCacheManifest(platform, { name, spec: { images: [harbor], imagePullSecrets: references } });
      await applyAll(platform, [
        cache('waits', [`${namespace}:later`]),
        cache('half', [`${namespace}:half`]),
        cache('elsewhere', ['kube-system:harbor']),
        cache('no-namespace', ['harbor']),
        cache('good', [`${namespace}:harbor`]),
      ]);
      await imageCachesWhen(platform, ['waits', 'half'], ({ phase, reason }) => phase === 'Pending' && reason !== '');
      await imageCachesWhen(platform, ['elsewhere', 'no-namespace'], ({ phase }) => phase === 'Failed');
    });

    it('are waited for while they are missing or malformed, and nothing is created meanwhile', async () => {
      const caches = await readImageCaches(platform);
      assert.match(caches.get('waits')?.reason ?? '', /^Secret test-\w+\/later of imagePullSecrets does not exist\.$/);
      assert.match(caches.get('waits')?.events.join('\n') ?? '', /^Warning PullSecretNotFound: /m);
      assert.match(caches.get('half')?.reason ?? '', /has no user name and password for harbor\.example\.com\.$/);
      assert.match(caches.get('half')?.events.join('\n') ?? '', /^Warning PullSecretInvalid: /m);
      const requests = await readCreateRequests(platform.simulator, 'CreateImageCache');
      assert.ok(![...requests.keys()].some((name) => /-(waits|half)$/.test(name)));
    });

    it('fail the ImageCache when they are in a namespace that is not allowed, or in none', async () => {
      const caches = await readImageCaches(platform);
      assert.match(
        caches.get('elsewhere')?.reason ?? '',
        /^InvalidSpec: spec\.imagePullSecrets\[0\]="kube-system:harbor": names a Secret of a namespace that ImageCaches may not use; allowed: test-\w+$/,
      );
      assert.match(
        caches.get('no-namespace')?.reason ?? '',
        /^InvalidSpec: spec\.imagePullSecrets\[0\]="harbor": is not of the form namespace:name/,
      );
      assert.match(
        caches.get('elsewhere')?.events.join('\n') ?? '',
        /^Warning InvalidSpec: spec\.imagePullSecrets\[0\]/m,
      );
    });

    it('let the cache become Ready once they are there', async () => {
      await applyAll(platform, [dockerConfig('later', { auths: { 'harbor.example.com': login } })]);
      await imageCachesWhen(platform, ['good', 'waits'], ({ phase }) => phase === 'Ready');
      const requests = await readCreateRequests(platform.simulator, 'CreateImageCache');
      assert.deepEqual(requests.get(`${platform.sandbox.namespace}-waits`)?.servers, ['harbor.example.com']);
    });
  });
});

function dockerConfig(name: string, config: object): object {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name },
    type: 'kubernetes.io/dockerconfigjson',
    stringData: { '.dockerconfigjson': JSON.stringify(config) },
  };
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
