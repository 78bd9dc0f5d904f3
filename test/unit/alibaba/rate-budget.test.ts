import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { createRateBudget, type RateBudgetOptions } from '../../../src/alibaba/rate-budget.ts';
import { TokenBucket } from '../../../src/alibaba/token-bucket.ts';
import type { CallPriority } from '../../../src/alibaba/call-priority.ts';
import { noMetrics } from '../../../src/telemetry/types.ts';
import { FakeClock, settle } from '../../support/fake-clock.ts';

const MINUTE_MS = 60_000;

function budgetWith(clock: FakeClock, overrides: RateBudgetOptions['overrides'] = {}) {
  return createRateBudget({ clock, metrics: noMetrics, overrides });
}

describe('token bucket', () => {
  it('never gives out more than the limit in any minute, whatever the demand looks like', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.array(fc.integer({ min: 0, max: 20_000 }), { maxLength: 40 }),
        (limit, gaps) => {
          const bucket = new TokenBucket(limit, 0);
          const taken: number[] = [];
          let nowMs = 0;
          for (const gap of gaps) {
            nowMs += gap;
            while (bucket.tryTake(nowMs)) taken.push(nowMs);
          }
          for (const from of taken) {
            const inWindow = taken.filter((at) => at >= from && at < from + MINUTE_MS).length;
            assert.ok(inWindow <= limit, `${inWindow} of ${limit} in one minute`);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('says exactly how long to wait for the next token, also across the end of a slow-down', () => {
    fc.assert(
      fc.property(fc.integer({ min: 5, max: 3000 }), fc.integer({ min: 0, max: 90_000 }), (limit, slowMs) => {
        const bucket = new TokenBucket(limit, 0);
        while (bucket.tryTake(0));
        bucket.halveUntil(slowMs, 0);
        const waitMs = bucket.msUntilNext(0);
        assert.ok(waitMs > 0);
        assert.equal(bucket.tryTake(waitMs + 1), true);
      }),
      { numRuns: 60 },
    );
  });

  it('gives nothing for a clock that was set back, and no more than the burst for one set forward', () => {
    const bucket = new TokenBucket(100, 1_000_000);
    while (bucket.tryTake(1_000_000));
    assert.equal(bucket.tryTake(0), false);
    assert.equal(Math.floor(bucket.left(1e12)), 20);
  });
});

describe('rate budget', () => {
  it('lets a burst of a fifth of the limit through and then refills at four fifths per minute', async () => {
    const clock = new FakeClock();
    const budget = budgetWith(clock, { CreateContainerGroup: 100 });
    let passed = 0;
    for (let n = 0; n < 200; n += 1) {
      void budget.take('CreateContainerGroup', { priority: 'create' }).then(() => (passed += 1));
    }
    await settle();
    assert.equal(passed, 20);
    await clock.advance(MINUTE_MS);
    assert.equal(passed, 100);
    await clock.advance(MINUTE_MS);
    assert.equal(passed, 180);
  });

  it('wakes waiters by priority, and by arrival within one priority', async () => {
    const clock = new FakeClock();
    const budget = budgetWith(clock, { DescribeContainerGroups: 5 });
    await budget.take('DescribeContainerGroups', { priority: 'sweep' });
    const order: string[] = [];
    const wait = (priority: CallPriority, name: string) =>
      void budget.take('DescribeContainerGroups', { priority }).then(() => order.push(name));
    wait('sweep', 'sweep 1');
    wait('by-id', 'by-id 1');
    wait('delta', 'delta');
    wait('by-id', 'by-id 2');
    wait('delete', 'delete');
    await clock.advance(10 * MINUTE_MS);
    assert.deepEqual(order, ['delete', 'delta', 'by-id 1', 'by-id 2', 'sweep 1']);
    assert.equal(clock.sleeping(), 0);
  });

  it('gives a cancelled place to the next in line', async () => {
    const clock = new FakeClock();
    const budget = budgetWith(clock, { ListInstance: 5 });
    await budget.take('ListInstance', { priority: 'create' });
    const cancel = new AbortController();
    const cancelled = budget.take('ListInstance', { priority: 'delete', signal: cancel.signal });
    let passed = false;
    void budget.take('ListInstance', { priority: 'sweep' }).then(() => (passed = true));
    cancel.abort(new Error('shutting down'));
    await assert.rejects(cancelled, /shutting down/);
    await clock.advance(15_001);
    assert.equal(passed, true);
  });

  it('halves the rate of a throttled action for a minute, and of that action only', async () => {
    const clock = new FakeClock();
    const budget = budgetWith(clock, { A: 100, B: 100 });
    budget.throttled('A');
    assert.equal(budget.left('A'), 10);
    assert.equal(budget.left('B'), 20);
    let passed = 0;
    for (let n = 0; n < 300; n += 1) void budget.take('A', { priority: 'create' }).then(() => (passed += 1));
    await clock.advance(MINUTE_MS);
    assert.equal(passed, 10 + 40);
    await clock.advance(MINUTE_MS);
    assert.equal(passed, 10 + 40 + 80);
  });

  it('uses documented limits, and 500 for actions without one', () => {
    const budget = budgetWith(new FakeClock());
    const bursts = Object.fromEntries(
      ['DescribeContainerGroups', 'CreateContainerGroup', 'CreateImageCache', 'DescribeImageCaches'].map((action) => [
        action,
        budget.left(action),
      ]),
    );
    assert.deepEqual(bursts, {
      DescribeContainerGroups: 400,
      CreateContainerGroup: 200,
      CreateImageCache: 40,
      DescribeImageCaches: 100,
    });
  });
});
