import assert from 'node:assert/strict';
import { runLoops } from '../../src/run-loops.ts';
import type { Loop } from '../../src/run-loops.ts';
import { noLog } from '../../src/telemetry/types.ts';
import { FakeClock } from '../support/fake-clock.ts';

/** Ends when it is told to, and `inFlight` after that. */
function aLoop(inFlight: Promise<void> = Promise.resolve()): Loop {
  return {
    name: 'loop',
    run: async (signal) => {
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
      await inFlight;
    },
  };
}

function start(loops: readonly Loop[], finish: () => Promise<void> = async () => {}) {
  const clock = new FakeClock();
  const stop = new AbortController();
  let ended = false;
  const running = runLoops(loops, { signal: stop.signal, finish, budgetMs: 5000, clock, logger: noLog });
  running.then(
    () => (ended = true),
    () => (ended = true),
  );
  return { clock, running, stop: () => stop.abort(), hasEnded: () => ended };
}

describe('runLoops', () => {
  it('lets what is in flight end, then finishes, then returns', async () => {
    const inFlight = Promise.withResolvers<void>();
    const steps: string[] = [];
    const world = start([aLoop(), aLoop(inFlight.promise.then(() => void steps.push('call ended')))], async () => {
      steps.push('finished');
    });
    world.stop();
    await world.clock.advance(4000);
    assert.equal(world.hasEnded(), false);
    inFlight.resolve();
    await world.running;
    assert.deepEqual(steps, ['call ended', 'finished']);
  });

  it('returns when the budget is used up, by calls or by what remained to be written', async () => {
    const never = new Promise<void>(() => {});
    for (const world of [start([aLoop(never)]), start([aLoop()], () => never)]) {
      world.stop();
      await world.clock.advance(4999);
      assert.equal(world.hasEnded(), false);
      await world.clock.advance(1);
      await world.running;
    }
  });

  it('stops the others when one breaks, and throws what broke it', async () => {
    const broken: Loop = { name: 'broken', run: () => Promise.reject(new Error('a bug')) };
    const world = start([aLoop(), broken]);
    await assert.rejects(world.running, { message: 'a bug' });
  });

  it('takes a loop that ends by itself for a bug', async () => {
    const world = start([aLoop(), { name: 'watch', run: async () => {} }]);
    await assert.rejects(world.running, { message: 'watch ended by itself' });
  });
});
