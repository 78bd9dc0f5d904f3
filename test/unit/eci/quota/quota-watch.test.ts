import assert from 'node:assert/strict';
import { clampCpu } from '../../../../src/eci/quota/clamp-cpu.ts';
import { QuotaWatch } from '../../../../src/eci/quota/quota-watch.ts';
import { noLog } from '../../../../src/telemetry/types.ts';
import { FakeClock } from '../../../support/fake-clock.ts';

describe('capacity from the quota', () => {
  const cases: Readonly<Record<string, readonly [string, number | undefined, string]>> = {
    'stands while no quota is known': ['10000', undefined, '10000'],
    'is lowered to the quota': ['10000', 1000, '1000'],
    'stands below the quota': ['500', 1000, '500'],
    'stands at the quota, as it is written': ['1k', 1000, '1k'],
    'is whole': ['10000', 99.5, '99'],
    'compares fractions': ['1500m', 1, '1'],
    'is nothing with a quota of nothing': ['10', 0, '0'],
  };
  for (const [what, [configured, limit, expected]] of Object.entries(cases)) {
    it(what, () => assert.equal(clampCpu(configured, limit), expected));
  }

  it('is asked once an hour, sooner after a failure, and keeps the last answer', async () => {
    const clock = new FakeClock();
    const quota: { maxCpu: number | undefined } = { maxCpu: 1000 };
    let calls = 0;
    const eci = {
      listUsage: () => {
        calls += 1;
        if (quota.maxCpu === undefined) return Promise.reject(new Error('refused'));
        return Promise.resolve({ maxCpu: quota.maxCpu });
      },
    };
    const watch = new QuotaWatch({ eci, clock, log: noLog, random: () => 0.5 });
    const stopping = new AbortController();
    const running = watch.run(stopping.signal);
    await clock.advance(0);
    assert.equal(watch.maxCpu(), 1000);
    await clock.advance(3_599_000);
    assert.equal(calls, 1);
    quota.maxCpu = undefined;
    await clock.advance(1000);
    assert.deepEqual([calls, watch.maxCpu()], [2, 1000]);
    quota.maxCpu = 2000;
    await clock.advance(300_000);
    assert.deepEqual([calls, watch.maxCpu()], [3, 2000]);
    stopping.abort();
    await running;
  });
});
