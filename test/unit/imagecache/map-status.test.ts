import assert from 'node:assert/strict';
import { mapImageCacheStatus } from '../../../src/imagecache/map-status.ts';
import type { ImageCache } from '../../../src/alibaba/eci-answers.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const cache: ImageCache = {
  imageCacheId: 'imc-1',
  status: 'Creating',
  progress: '50%',
  images: ['nginx'],
  creationTime: '2025-12-31T23:59:00Z',
  tags: [],
  events: [
    {
      type: 'Normal',
      reason: 'Pulled',
      message: 'Success pull image nginx',
      name: 'nginx',
      count: 1,
      lastTimestamp: '2025-12-31T23:59:30Z',
    },
  ],
};

describe('the status of an ImageCache', () => {
  it('has phase and progress, the times and events in both documented shapes', () => {
    const status = mapImageCacheStatus(cache, undefined, NOW);
    assert.equal(status?.phase, 'Creating');
    assert.equal(status?.progress, '50%');
    assert.equal(status?.startTime, '2025-12-31T23:59:00Z');
    assert.equal(status?.expireDateTime, null, 'an unset time is null, never an empty string');
    assert.deepEqual(status?.events, [
      {
        name: 'nginx',
        message: 'Success pull image nginx',
        type: 'Normal',
        reason: 'Pulled',
        count: 1,
        timestamp: '2025-12-31T23:59:30Z',
        firstTimestamp: '2025-12-31T23:59:30Z',
        lastTimestamp: '2025-12-31T23:59:30Z',
      },
    ]);
  });

  it('is written only when something changed', () => {
    const before = mapImageCacheStatus(cache, undefined, NOW);
    assert.equal(mapImageCacheStatus(cache, before, NOW + 60_000), undefined);
    assert.equal(
      mapImageCacheStatus({ ...cache, progress: '60%' }, before, NOW + 60_000)?.lastUpdatedTime,
      '2026-01-01T00:01:00Z',
    );
  });

  it('tells the newest warning when the cache failed, and clears it otherwise', () => {
    const events = [...cache.events, { type: 'Warning', reason: 'ErrImagePull', message: 'denied' }];
    assert.equal(
      mapImageCacheStatus({ ...cache, status: 'Failed', events }, undefined, NOW)?.reason,
      'ErrImagePull: denied',
    );
    const ready = mapImageCacheStatus(
      { ...cache, status: 'Ready' },
      { phase: 'Pending', progress: '0%', reason: 'x' },
      NOW,
    );
    assert.equal(ready?.reason, '');
  });

  it('keeps the newest 50 events', () => {
    const events = Array.from({ length: 60 }, (_, index) => ({ message: String(index) }));
    const status = mapImageCacheStatus({ ...cache, events }, undefined, NOW);
    assert.deepEqual([status?.events?.length, status?.events?.at(-1)?.message], [50, '59']);
  });
});
