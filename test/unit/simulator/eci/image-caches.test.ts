import assert from 'node:assert/strict';
import { HOST_A, HOST_B, describeOne, groupParams, startEciWorld } from './eci-world.ts';
import type { EciWorld, Row } from './eci-world.ts';

const DAY_MS = 86_400_000;

describe('image caches', () => {
  let world: EciWorld;

  beforeEach(async () => {
    world = await startEciWorld();
  });

  afterEach(() => world.stop());

  const create = async (images: string[], more: Record<string, string> = {}): Promise<string> => {
    const list = Object.fromEntries(images.map((image, index) => [`Image.${index + 1}`, image]));
    const params = { ImageCacheName: 'cache', VSwitchId: 'vsw-1', SecurityGroupId: 'sg-1', ...list, ...more };
    const answer = await world.call('CreateImageCache', params);
    assert.match(String(answer['ContainerGroupId']), /^eci-/);
    return String(answer['ImageCacheId']);
  };

  const describeCache = async (id: string): Promise<Row | undefined> => {
    const answer = await world.call('DescribeImageCaches', { ImageCacheId: id });
    return (answer['ImageCaches'] as Row[])[0];
  };

  it('goes from Preparing over Creating to Ready', async () => {
    const id = await create(['nginx:v1', `${HOST_A}/team/app:v1`]);
    assert.equal((await describeCache(id))?.['Status'], 'Preparing');
    await world.pass(300);
    const creating = await describeCache(id);
    assert.deepEqual([creating?.['Status'], creating?.['Progress']], ['Creating', '90%']);
    await world.pass(300);
    const ready = await describeCache(id);
    assert.deepEqual([ready?.['Status'], ready?.['Progress']], ['Ready', '100%']);
  });

  it('fails with an event when an image cannot be pulled, and is dropped after a day', async () => {
    const id = await create(['nginx:v1', `${HOST_B}/team/app:v1`]);
    await world.pass(300);
    const failed = await describeCache(id);
    assert.equal(failed?.['Status'], 'Failed');
    assert.ok(
      (failed['Events'] as Row[]).some(
        (event) => event['Type'] === 'Warning' && /denied/.test(String(event['Message'])),
      ),
    );
    assert.equal(failed['ExpireDateTime'], '2026-01-02T00:00:00Z');
    await world.pass(DAY_MS + 1);
    assert.equal(await describeCache(id), undefined);
  });

  it('is dropped when its retention ends', async () => {
    const id = await create(['nginx:v1'], { RetentionDays: '2' });
    await world.pass(600, 2);
    await world.pass(DAY_MS);
    assert.equal((await describeCache(id))?.['Status'], 'Ready');
    await world.pass(DAY_MS);
    assert.equal(await describeCache(id), undefined);
  });

  it('spares a group the pull, once it is Ready', async () => {
    const id = await create([`${HOST_A}/team/app:v1`]);
    const params = groupParams(`${HOST_A}/team/app:v1`, { ImageSnapshotId: id });
    await assert.rejects(world.call('CreateContainerGroup', params), { code: 'ImageSnapshot.IncorrectStatus' });
    await world.pass(600, 2);
    const { ContainerGroupId } = await world.call('CreateContainerGroup', params);
    await world.pass(600, 2);
    assert.equal((await describeOne(world, ContainerGroupId))['Status'], 'Running');
    const [group] = [...world.service.groups.all()];
    assert.equal(group?.containers[0]?.credentialPath, 'cache');
  });

  it('is found by a group that asks for automatic matching', async () => {
    await create(['nginx:v1']);
    await world.pass(600, 2);
    await world.call(
      'CreateContainerGroup',
      groupParams('docker.io/library/nginx:v1', { AutoMatchImageCache: 'true' }),
    );
    await world.pass(600, 2);
    const [group] = [...world.service.groups.all()];
    assert.equal(group?.containers[0]?.credentialPath, 'cache');
  });

  it('is found by the images that are asked for', async () => {
    const one = await create(['nginx:v1']);
    const both = await create(['nginx:v1', `${HOST_A}/team/app:v1`]);
    const found = async (more: Record<string, string>): Promise<unknown[]> => {
      const images = { 'MatchImage.1': 'docker.io/library/nginx:v1', 'MatchImage.2': `${HOST_A}/team/app:v1` };
      const rows = (await world.call('DescribeImageCaches', { ...images, ...more }))['ImageCaches'] as Row[];
      return rows.map(({ ImageCacheId }) => ImageCacheId);
    };
    assert.deepEqual(await found({}), [one, both]);
    assert.deepEqual(await found({ ImageFullMatch: 'true' }), [both]);
    assert.deepEqual(await found({ ImageMatchCountRequest: '2' }), [both]);
    assert.deepEqual(await found({ 'MatchImage.3': 'other:v1', ImageFullMatch: 'true' }), []);
  });

  it('can be updated only when it is Ready or an update has failed', async () => {
    const id = await create(['nginx:v1']);
    const update = (image: string) => world.call('UpdateImageCache', { ImageCacheId: id, 'Image.1': image });
    await assert.rejects(update('nginx:v1'), { code: 'ImageCache.IncorrectStatus' });
    await world.pass(600, 2);
    await update('nginx:v2');
    assert.equal((await describeCache(id))?.['Status'], 'Updating');
    await world.pass(1);
    assert.equal((await describeCache(id))?.['Status'], 'UpdateFailed');
    await update('nginx:v1');
    await world.pass(1);
    await world.pass(300);
    assert.equal((await describeCache(id))?.['Status'], 'Ready');
  });

  it('is deleted at once, also while it is being made', async () => {
    const id = await create(['nginx:v1']);
    await world.call('DeleteImageCache', { ImageCacheId: id });
    await world.pass(600, 2);
    assert.equal(await describeCache(id), undefined);
    await assert.rejects(world.call('DeleteImageCache', { ImageCacheId: id }), { httpStatus: 404 });
  });
});
