import assert from 'node:assert/strict';
import { HealthProbe } from '../../../src/node/health-probe.ts';
import { podWatchCheck } from '../../../src/node/pod-watch-check.ts';
import { noLog } from '../../../src/telemetry/types.ts';
import { FakeClock } from '../../support/fake-clock.ts';

interface Api {
  failure: Error | undefined;
  hanging: boolean;
  calls: number;
}

function setUp(): { clock: FakeClock; probe: HealthProbe; api: Api; release: () => void } {
  const clock = new FakeClock();
  const api: Api = { failure: undefined, hanging: false, calls: 0 };
  let release = (): void => {};
  const check = async (): Promise<void> => {
    api.calls += 1;
    if (api.hanging) {
      await new Promise<void>((resolve) => {
        release = resolve;
      });
    }
    if (api.failure !== undefined) throw api.failure;
  };
  const probe = new HealthProbe({ clock, logger: noLog, checks: [{ name: 'API server', check }] });
  return { clock, probe, api, release: () => release() };
}

describe('the health probe', () => {
  it('knows nothing before its first result', async () => {
    const { probe } = setUp();
    assert.equal(probe.isHealthy(), false);
    await probe.probe();
    assert.equal(probe.isHealthy(), true);
  });

  it('tells every subscriber once per transition', async () => {
    const { probe, api } = setUp();
    const told: string[][] = [[], []];
    for (const list of told) probe.onChange(({ result }) => list.push(result));
    await probe.probe();
    await probe.probe();
    api.failure = new Error('refused');
    await probe.probe();
    await probe.probe();
    api.failure = undefined;
    await probe.probe();
    for (const list of told) assert.deepEqual(list, ['healthy', 'failing', 'healthy']);
  });

  it('says which check failed and why', async () => {
    const { probe, api } = setUp();
    api.failure = new Error('connection refused');
    assert.deepEqual(await probe.probe(), {
      result: 'failing',
      failures: [{ check: 'API server', message: 'connection refused' }],
    });
  });

  it('asks every ten seconds by a timer of its own', async () => {
    const { clock, probe, api } = setUp();
    const stopping = new AbortController();
    const running = probe.run(stopping.signal);
    await clock.advance(60_000);
    assert.equal(api.calls, 7, 'at once, and six times since');
    stopping.abort();
    await running;
  });

  it('counts as failed after five seconds, and does not stack up calls behind one that hangs', async () => {
    const { clock, probe, api, release } = setUp();
    const stopping = new AbortController();
    const running = probe.run(stopping.signal);
    await clock.advance(0);
    api.hanging = true;
    await clock.advance(10_000);
    assert.equal(probe.isHealthy(), true, 'the second is under way');
    await clock.advance(5_000);
    assert.equal(probe.isHealthy(), false);
    await clock.advance(60_000);
    assert.equal(api.calls, 2);
    api.hanging = false;
    release();
    await clock.advance(20_000);
    assert.equal(probe.isHealthy(), true);
    stopping.abort();
    await running;
  });
});

describe('the check of the Pod watch', () => {
  it('passes before the first list, and tolerates a broken watch for a minute', async () => {
    const clock = new FakeClock();
    const watch = { synced: false, current: false };
    const { check } = podWatchCheck({
      clock,
      watch: { hasSynced: () => watch.synced, isCurrent: () => watch.current, lastError: () => new Error('410') },
    });
    await check();
    watch.synced = true;
    await check();
    await clock.advance(59_000);
    await check();
    await clock.advance(1000);
    assert.throws(() => void check(), /410/);
    watch.current = true;
    await check();
    watch.current = false;
    await check();
  });
});
