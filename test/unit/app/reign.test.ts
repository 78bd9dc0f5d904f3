import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { describe, it } from 'mocha';
import { createReign } from '../../../src/app/credential-helper/reign.ts';
import { EciKubeletError } from '../../../src/errors.ts';
import { noLog } from '../../../src/telemetry/types.ts';
import { FakeClock } from '../../support/fake-clock.ts';

type Parts = Parameters<typeof createReign>[1];

describe('the reign of a leader', () => {
  it('does not begin again before the one before has ended, whatever that still waits for', async () => {
    const world = aWorld();
    const running = world.reign.loop.run(world.stop.signal);
    await world.settle();
    assert.deepEqual(world.log, ['campaign', 'controller begins']);

    world.loseLease();
    await world.settle();
    // The budget of the loops is over, and a write has no answer yet.
    await world.clock.advance(10_000);
    assert.deepEqual(world.log, ['campaign', 'controller begins']);

    world.answer();
    await world.settle();
    assert.deepEqual(world.log, [
      ...['campaign', 'controller begins', 'controller ends'],
      ...['campaign', 'controller begins'],
    ]);
    world.stop.abort();
    world.answer();
    await running;
  });

  it('ends when it is told to, also while the one before has not ended', async () => {
    const world = aWorld();
    const running = world.reign.loop.run(world.stop.signal);
    await world.settle();
    world.loseLease();
    await world.clock.advance(10_000);
    world.stop.abort();
    await running;
    assert.deepEqual(world.log, ['campaign', 'controller begins']);
  });
});

/** An elector whose lease is lost on demand, and a controller whose call in flight is answered on demand. */
function aWorld() {
  const clock = new FakeClock();
  const stop = new AbortController();
  const log: string[] = [];
  let lose = (): void => {};
  let answer = (): void => {};
  const untilAborted = (signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener('abort', () => resolve(), { once: true });
    });
  const controller = {
    changed: () => {},
    recover: () => Promise.resolve(),
    run: async (signal: AbortSignal) => {
      log.push('controller begins');
      const answered = new Promise<void>((resolve) => (answer = resolve));
      await untilAborted(signal);
      await answered;
      log.push('controller ends');
    },
  };
  const elector = {
    run: async ({ signal, lead }: { signal: AbortSignal; lead: (signal: AbortSignal) => Promise<void> }) => {
      log.push('campaign');
      const lost = new AbortController();
      lose = () => lost.abort(new EciKubeletError('LeadershipLost', 'lost'));
      const work = lead(AbortSignal.any([signal, lost.signal]));
      work.catch(() => {});
      await Promise.race([untilAborted(lost.signal), work]);
      if (lost.signal.aborted) throw lost.signal.reason;
    },
  };
  const keeper = { onChange: () => {}, run: untilAborted };
  const parts = {
    elector,
    isLeading: () => true,
    source: { current: () => ({ kind: 'complete' }), findings: () => [], onChange: () => {} },
    reporter: { aboutConfig: () => {} },
    entries: { open: () => Promise.resolve(keeper), watchIdentity: untilAborted },
    namespaces: { controller, untilSynced: () => Promise.resolve() },
  } as unknown as Parts;
  const base = { config: { leaderElect: true, shutdownBudgetMs: 2000 }, clock, logger: noLog };
  const settle = async (): Promise<void> => {
    for (let turns = 0; turns < 5; turns += 1) await setImmediate();
  };
  return {
    ...{ clock, stop, log, settle },
    reign: createReign(base as unknown as Parameters<typeof createReign>[0], parts),
    loseLease: () => lose(),
    answer: () => answer(),
  };
}
