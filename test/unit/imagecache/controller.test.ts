import assert from 'node:assert/strict';
import type { ImageCache } from '../../../src/alibaba/eci-answers.ts';
import type { EciClient } from '../../../src/alibaba/eci-client.ts';
import type { CreateImageCacheRequest } from '../../../src/alibaba/eci-requests.ts';
import { AlibabaCloudError } from '../../../src/alibaba/errors.ts';
import { parseImageCacheAnnotations } from '../../../src/annotations/parse-image-cache-annotations.ts';
import { ImageCacheController } from '../../../src/imagecache/controller.ts';
import { ImageCacheCreator } from '../../../src/imagecache/creator.ts';
import { ImageCacheInventory } from '../../../src/imagecache/inventory.ts';
import type { PullSecretsRead } from '../../../src/imagecache/prepare.ts';
import { ImageCacheReporter } from '../../../src/imagecache/reporter.ts';
import { IMAGE_CACHE_FINALIZER } from '../../../src/imagecache/types.ts';
import type { ImageCacheObject } from '../../../src/imagecache/types.ts';
import { createWorkQueue } from '../../../src/kube/work-queue.ts';
import { noLog } from '../../../src/telemetry/types.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { FakeKubeClient } from '../../support/fake-kube-client.ts';

const PATH = '/apis/eci.alibabacloud.com/v1/imagecaches/web';

function anImageCache(overrides: Partial<NonNullable<ImageCacheObject['metadata']>> = {}): ImageCacheObject {
  return {
    metadata: { uid: 'u1', name: 'web', generation: 1, ...overrides },
    spec: { images: ['images.example.com/team/app:v1'], imageCacheSize: 25 },
  };
}

/** The image caches of an account in memory, as far as this controller asks. */
class FakeCaches {
  readonly caches = new Map<string, ImageCache>();
  readonly requests: CreateImageCacheRequest[] = [];
  deletes = 0;
  listings = 0;
  /** Applied to the next create, or to as many as `times` says; `lost` makes the cache first. */
  fault: { code: string; lost: boolean; times?: number } | undefined;
  #next = 1;

  client(): EciClient {
    const refuse = (): never => {
      throw new Error('not asked by this controller');
    };
    return {
      createContainerGroup: refuse,
      updateContainerGroup: refuse,
      listUsage: refuse,
      describeContainerGroupEvents: refuse,
      deleteContainerGroup: refuse,
      describeContainerGroups: refuse,
      describeContainerGroupStatus: refuse,
      describeContainerLog: refuse,
      execContainerCommand: refuse,
      describeMultiContainerGroupMetric: refuse,
      createImageCache: async (request) => {
        this.requests.push(request);
        const { fault } = this;
        const left = (fault?.times ?? 1) - 1;
        this.fault = fault === undefined || left === 0 ? undefined : { ...fault, times: left };
        if (fault !== undefined && !fault.lost) throw refusal(fault.code);
        const imageCacheId = `imc-${this.#next++}`;
        this.caches.set(imageCacheId, {
          imageCacheId,
          status: 'Creating',
          progress: '50%',
          images: request.image,
          tags: request.tag ?? [],
          events: [],
        });
        if (fault !== undefined) throw refusal(fault.code);
        return { imageCacheId, requestId: 'R1' };
      },
      deleteImageCache: async ({ imageCacheId }) => {
        this.deletes += 1;
        this.caches.delete(imageCacheId);
      },
      describeImageCaches: async ({ imageCacheId }) => {
        this.listings += 1;
        const all = [...this.caches.values()].map((cache) => structuredClone(cache));
        return { items: imageCacheId === undefined ? all : all.filter((cache) => cache.imageCacheId === imageCacheId) };
      },
    };
  }

  finish(status: string): void {
    for (const cache of this.caches.values()) Object.assign(cache, { status, progress: '100%' });
  }
}

function refusal(code: string): AlibabaCloudError {
  return new AlibabaCloudError({ code, message: 'no', action: 'CreateImageCache', requestId: 'R9' });
}

function setUp(object: ImageCacheObject = anImageCache()) {
  const clock = new FakeClock();
  const client = new FakeKubeClient();
  const cloud = new FakeCaches();
  const events: string[] = [];
  const secrets: PullSecretsRead = { credentials: [], problems: [], pending: [], notes: [] };
  client.put(PATH, object);
  const eci = cloud.client();
  const shared = {
    client,
    clock,
    random: () => 0.5,
    logger: noLog,
    eci,
    queue: createWorkQueue({ name: 'image-caches', clock, random: () => 0.5 }),
    inventory: new ImageCacheInventory({ eci, clusterId: 'c1' }),
    reporter: new ImageCacheReporter({
      client,
      clock,
      events: {
        emit: (_target, type, reason, message) => events.push(`${type} ${reason}: ${message}`),
        flush: async () => {},
      },
    }),
    parseAnnotations: parseImageCacheAnnotations,
    readPullSecrets: async () => secrets,
    credentials: {
      resolve: async () => ({ imageRegistryCredentials: [], acrRegistryInfos: [], hosts: [], notes: [] }),
    },
    classify: (error: unknown) => {
      const code = error instanceof AlibabaCloudError ? error.code : 'Internal';
      const known = { InvalidParameter: 'permanent', QuotaExceeded: 'account' } as const;
      return {
        class: code in known ? known[code as keyof typeof known] : ('transient' as const),
        code,
        message: 'no',
        requestId: 'R9',
        credential: false,
      };
    },
    defaults: { regionId: 'cn-hangzhou', clusterId: 'c1', vSwitchIds: ['vsw-1'], securityGroupId: 'sg-1' },
    workers: 2,
  };
  const controller = new ImageCacheController({ ...shared, creator: new ImageCacheCreator(shared) });
  const stop = new AbortController();
  void controller.run(stop.signal);
  const stored = (): ImageCacheObject | undefined => client.objects.get(PATH);
  /** Brings the stored object back through the watch. */
  const watch = async (): Promise<void> => {
    const current = stored();
    if (current !== undefined) controller.handle({ type: 'updated', object: current, previous: undefined });
    await clock.advance(0);
  };
  return {
    clock,
    client,
    cloud,
    events,
    secrets,
    stored,
    watch,
    stop: () => stop.abort(),
    add: async () => {
      controller.handle({ type: 'added', object, previous: undefined });
      await clock.advance(2_000);
      await watch();
      await clock.advance(2_000);
    },
  };
}

describe('the ImageCache controller', () => {
  it('holds the object, creates once, writes the id at once and mirrors the state until it is ready', async () => {
    const world = setUp();
    await world.add();
    assert.deepEqual(world.stored()?.metadata?.finalizers, [IMAGE_CACHE_FINALIZER]);
    assert.equal(world.stored()?.status?.imageCacheId, 'imc-1');
    world.cloud.finish('Ready');
    await world.clock.advance(6_000);
    assert.deepEqual([world.stored()?.status?.phase, world.stored()?.status?.progress], ['Ready', '100%']);
    assert.equal(world.cloud.requests.length, 1);
    assert.deepEqual(
      world.events.map((event) => event.split(':')[0]),
      ['Normal Creating', 'Normal Ready'],
    );
    world.stop();
  });

  it('asks seldom once everything is ready', async () => {
    const world = setUp();
    await world.add();
    world.cloud.finish('Ready');
    await world.clock.advance(10_000);
    const before = world.cloud.listings;
    await world.clock.advance(600_000);
    assert.ok(world.cloud.listings - before <= 6, `${world.cloud.listings - before} listings in ten minutes`);
    world.stop();
  });

  it('takes over what a create with a lost answer made', async () => {
    const world = setUp();
    world.cloud.fault = { code: 'Local.Timeout', lost: true };
    await world.add();
    await world.clock.advance(10_000);
    assert.equal(world.cloud.requests.length, 1);
    assert.equal(world.stored()?.status?.imageCacheId, 'imc-1');
    world.stop();
  });

  it('repeats the same request when the lost call made nothing', async () => {
    const world = setUp();
    world.cloud.fault = { code: 'Local.Timeout', lost: false };
    await world.add();
    await world.clock.advance(10_000);
    assert.equal(world.cloud.requests.length, 2);
    assert.deepEqual(world.cloud.requests[0], world.cloud.requests[1]);
    assert.equal(world.stored()?.status?.imageCacheId, 'imc-1');
    world.stop();
  });

  it('waits longer each time while nothing answers, although each failure that it writes brings the object back', async () => {
    const world = setUp();
    world.cloud.fault = { code: 'ServiceUnavailable', lost: false, times: 100 };
    await world.add();
    for (let second = 0; second < 60; second++) {
      await world.watch();
      await world.clock.advance(1000);
    }
    // After 0, 1, 3, 7, 15 and 31 seconds.
    assert.equal(world.cloud.requests.length, 6);
    world.stop();
  });

  it('does not fail, nor warn, when an earlier process sent the same token, but takes over what that made', async () => {
    const world = setUp();
    world.cloud.fault = { code: 'IdempotentParameterMismatch', lost: true };
    await world.add();
    await world.clock.advance(10_000);
    assert.equal(world.cloud.requests.length, 1);
    assert.equal(world.stored()?.status?.imageCacheId, 'imc-1');
    assert.deepEqual(world.events, ['Normal ProviderAdopted: took over image cache imc-1 after a restart']);
    world.stop();
  });

  it('ends in Failed, with the reason, what only another object can repair', async () => {
    const world = setUp();
    world.cloud.fault = { code: 'InvalidParameter', lost: false };
    await world.add();
    await world.clock.advance(3_600_000);
    assert.equal(world.cloud.requests.length, 1);
    assert.equal(world.stored()?.status?.phase, 'Failed');
    assert.match(world.stored()?.status?.reason ?? '', /InvalidParameter.*R9/);
    world.stop();
  });

  it('takes another token when the object is edited after a refusal: the old one belongs to other parameters', async () => {
    const world = setUp();
    world.cloud.fault = { code: 'InvalidParameter', lost: false };
    await world.add();
    world.client.put(PATH, {
      ...world.stored(),
      metadata: { ...world.stored()?.metadata, annotations: { 'k8s.aliyun.com/imc-enable-flash': 'true' } },
    });
    await world.watch();
    await world.clock.advance(2_000);
    assert.equal(world.stored()?.status?.imageCacheId, 'imc-1');
    const tokens = world.cloud.requests.map((request) => request.clientToken);
    assert.equal(new Set(tokens).size, 2, tokens.join(', '));
    world.stop();
  });

  it('stays Pending while the quota is used up, and tries again slowly', async () => {
    const world = setUp();
    world.cloud.fault = { code: 'QuotaExceeded', lost: false };
    await world.add();
    assert.equal(world.stored()?.status?.phase, 'Pending');
    await world.clock.advance(301_000);
    assert.equal(world.stored()?.status?.imageCacheId, 'imc-1');
    world.stop();
  });

  it('waits for a Secret, and goes on when it appears', async () => {
    const world = setUp();
    world.secrets.pending = [
      { type: 'Warning', reason: 'PullSecretNotFound', message: 'Secret default/s1 is missing' },
    ];
    await world.add();
    assert.deepEqual([world.stored()?.status?.phase, world.cloud.requests.length], ['Pending', 0]);
    assert.match(world.stored()?.status?.reason ?? '', /default\/s1/);
    world.secrets.pending = [];
    await world.clock.advance(16_000);
    assert.equal(world.stored()?.status?.imageCacheId, 'imc-1');
    world.stop();
  });

  it('fails with every problem of annotations named, and creates nothing', async () => {
    const world = setUp(anImageCache({ annotations: { 'k8s.aliyun.com/acr-instance-ids': 'nonsense' } }));
    await world.add();
    assert.deepEqual([world.stored()?.status?.phase, world.cloud.requests.length], ['Failed', 0]);
    assert.match(world.events[0] ?? '', /Warning InvalidAnnotation: k8s\.aliyun\.com\/acr-instance-ids="nonsense"/);
    world.stop();
  });

  it('leaves the cache alone when the spec is changed, and says so once', async () => {
    const world = setUp();
    await world.add();
    world.client.put(PATH, { ...world.stored(), metadata: { ...world.stored()?.metadata, generation: 2 } });
    await world.watch();
    await world.clock.advance(30_000);
    assert.equal(world.cloud.requests.length, 1);
    assert.equal(world.events.filter((event) => event.startsWith('Warning SpecChangeIgnored')).length, 1);
    world.stop();
  });

  it('deletes the cache with its object and then lets the object go', async () => {
    const world = setUp();
    await world.add();
    world.client.put(PATH, {
      ...world.stored(),
      metadata: { ...world.stored()?.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' },
    });
    await world.watch();
    await world.clock.advance(2_000);
    assert.deepEqual([world.cloud.deletes, world.cloud.caches.size], [1, 0]);
    assert.deepEqual(world.stored()?.metadata?.finalizers, []);
    world.stop();
  });

  it('marks a cache as expired after three listings without it, creates nothing in its place', async () => {
    const world = setUp();
    await world.add();
    world.cloud.finish('Ready');
    await world.clock.advance(6_000);
    world.cloud.caches.clear();
    await world.clock.advance(121_000);
    assert.equal(world.stored()?.status?.phase, 'Ready', 'one empty listing may be a missing permission');
    await world.clock.advance(30_000);
    assert.deepEqual([world.stored()?.status?.phase, world.stored()?.status?.reason], ['Failed', 'Expired']);
    assert.equal(world.cloud.requests.length, 1);
    world.stop();
  });
});
