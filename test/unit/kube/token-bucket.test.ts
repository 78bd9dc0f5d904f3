import assert from 'node:assert/strict';
import { createTokenBucket } from '../../../src/kube/token-bucket.ts';
import { FakeClock } from '../../support/fake-clock.ts';

describe('createTokenBucket', () => {
  it('lets a burst through and then one after the other, in order', async () => {
    const clock = new FakeClock();
    const bucket = createTokenBucket({ clock, perSecond: 2, burst: 2 });
    const passed: number[] = [];
    for (const call of [1, 2, 3, 4]) void bucket.take().then(() => passed.push(call));
    await clock.advance(0);
    assert.deepEqual(passed, [1, 2]);
    await clock.advance(500);
    assert.deepEqual(passed, [1, 2, 3]);
    await clock.advance(500);
    assert.deepEqual(passed, [1, 2, 3, 4]);
  });

  it('never holds more than the burst', async () => {
    const clock = new FakeClock();
    const bucket = createTokenBucket({ clock, perSecond: 10, burst: 2 });
    await clock.advance(60_000);
    assert.deepEqual([bucket.tryTake(), bucket.tryTake(), bucket.tryTake()], [true, true, false]);
  });

  it('stops waiting when told to', async () => {
    const clock = new FakeClock();
    const bucket = createTokenBucket({ clock, perSecond: 1, burst: 1 });
    const stop = new AbortController();
    await bucket.take();
    const waiting = assert.rejects(bucket.take(stop.signal), { name: 'AbortError' });
    stop.abort();
    await waiting;
  });

  it('survives a clock that is set back', async () => {
    const clock = new FakeClock();
    const bucket = createTokenBucket({ clock, perSecond: 1, burst: 1 });
    clock.jump(-3_600_000);
    assert.equal(bucket.tryTake(), true);
    await clock.advance(1000);
    assert.equal(bucket.tryTake(), true);
  });
});
