import assert from 'node:assert/strict';
import { backoffDelayMs, createWorkQueue } from '../../../src/kube/work-queue.ts';
import type { Requeue, WorkQueue } from '../../../src/kube/work-queue.ts';
import { FakeClock, settle } from '../../support/fake-clock.ts';

interface Bench {
  clock: FakeClock;
  queue: WorkQueue;
  /** Keys in the order in which work on them began. */
  started: string[];
  /** Ends the work on a key. */
  finish: (key: string, result?: Requeue | Error) => Promise<void>;
  stop: AbortController;
  done: Promise<void>;
}

/** A running queue whose handlers wait until the test ends them. */
function bench(workers = 1, options: { oldestEvery?: number } = {}): Bench {
  const clock = new FakeClock();
  const queue = createWorkQueue({ name: 'test', clock, random: () => 0.5, ...options });
  const started: string[] = [];
  const open = new Map<string, (result: Requeue | Error | undefined) => void>();
  const stop = new AbortController();
  const handler = async (key: string): Promise<Requeue | void> => {
    started.push(key);
    const result = await new Promise<Requeue | Error | undefined>((resolve) => open.set(key, resolve));
    if (result instanceof Error) throw result;
    if (result !== undefined) return result;
  };
  const done = queue.run({ workers, handler, signal: stop.signal });
  return {
    clock,
    queue,
    started,
    stop,
    done,
    async finish(key, result) {
      open.get(key)?.(result);
      await settle();
    },
  };
}

describe('createWorkQueue', () => {
  let it_: Bench | undefined;
  const start = (...options: Parameters<typeof bench>): Bench => (it_ = bench(...options));
  afterEach(async () => {
    it_?.stop.abort();
    for (const key of ['a', 'b', 'c']) await it_?.finish(key);
    await it_?.done;
  });

  it('works once on a key that was added many times', async () => {
    const { queue, started, finish } = start();
    queue.add('a');
    queue.add('b');
    queue.add('b');
    await settle();
    await finish('a');
    await finish('b');
    assert.deepEqual(started, ['a', 'b']);
  });

  it('works again, afterwards, on a key that was added during its work', async () => {
    const { queue, started, finish } = start(4);
    queue.add('a');
    await settle();
    queue.add('a');
    queue.add('a');
    await settle();
    assert.deepEqual(started, ['a']);
    await finish('a');
    assert.deepEqual(started, ['a', 'a']);
    await finish('a');
    assert.deepEqual(started, ['a', 'a']);
  });

  it('works on as many keys at once as it has workers', async () => {
    const { queue, started, finish } = start(2);
    for (const key of ['a', 'b', 'c']) queue.add(key);
    await settle();
    assert.deepEqual([started, queue.depth()], [['a', 'b'], 1]);
    await finish('b');
    assert.deepEqual(started, ['a', 'b', 'c']);
  });

  it('takes the more urgent key first', async () => {
    const { queue, started, finish } = start();
    queue.add('a', { priority: 2 });
    queue.add('b', { priority: 2 });
    queue.add('c', { priority: 0 });
    await settle();
    await finish('c');
    await finish('a');
    assert.deepEqual(started, ['c', 'a', 'b']);
  });

  it('takes the oldest key now and then where that is asked for, also while another is urgent all the time', async () => {
    const { queue, started, finish } = start(1, { oldestEvery: 3 });
    queue.add('a');
    await settle();
    queue.add('b', { priority: 1 });
    queue.add('c', { priority: 2 });
    for (let turns = 0; turns < 6; turns += 1) {
      queue.add('a');
      await finish(started.at(-1) ?? '');
    }
    assert.deepEqual(started, ['a', 'a', 'b', 'a', 'a', 'c', 'a']);
  });

  it('makes a key ready after its delay, the earlier of two', async () => {
    const { queue, started, clock } = start();
    queue.add('a', { delayMs: 5000 });
    queue.add('a', { delayMs: 1000 });
    queue.add('a', { delayMs: 9000 });
    await clock.advance(999);
    assert.deepEqual(started, []);
    await clock.advance(1);
    assert.deepEqual(started, ['a']);
  });

  it('holds no timer while nothing is delayed, and one for many delays', async () => {
    const { queue, clock, finish } = start();
    assert.equal(clock.sleeping(), 0);
    queue.add('a', { delayMs: 3000 });
    queue.add('b', { delayMs: 1000 });
    queue.add('c', { delayMs: 2000 });
    await settle();
    assert.equal(clock.sleeping(), 1);
    await clock.advance(3000);
    for (const key of ['b', 'c', 'a']) await finish(key);
    assert.equal(clock.sleeping(), 0);
  });

  it('puts a key back after an exception, each time later', async () => {
    const { queue, started, clock, finish } = start();
    queue.add('a');
    await settle();
    for (const delayMs of [1000, 2000, 4000]) {
      await finish('a', new Error('refused'));
      const before = started.length;
      await clock.advance(delayMs - 1);
      assert.equal(started.length, before);
      await clock.advance(1);
      assert.equal(started.length, before + 1);
    }
  });

  it('starts the back-off over after success', async () => {
    const { queue, started, clock, finish } = start();
    queue.add('a');
    await settle();
    await finish('a', new Error('refused'));
    await clock.advance(1000);
    await finish('a');
    queue.add('a');
    await settle();
    await finish('a', new Error('refused'));
    await clock.advance(1000);
    assert.equal(started.length, 4);
  });

  it('keeps the failures of a handler that asks for back-off by itself', async () => {
    const { queue, started, clock, finish } = start();
    queue.add('a');
    await settle();
    queue.addWithBackoff('a');
    await finish('a');
    await clock.advance(1000);
    queue.addWithBackoff('a');
    await finish('a');
    await clock.advance(1999);
    assert.equal(started.length, 2);
    await clock.advance(1);
    assert.equal(started.length, 3);
  });

  it('works again after the time that the handler asks for', async () => {
    const { queue, started, clock, finish } = start();
    queue.add('a');
    await settle();
    await finish('a', { requeueAfterMs: 30_000 });
    await clock.advance(29_999);
    assert.equal(started.length, 1);
    await clock.advance(1);
    assert.equal(started.length, 2);
  });

  it('does not wait an hour when the clock is set back by an hour', async () => {
    const { queue, started, clock, finish } = start();
    queue.add('a', { delayMs: 1000 });
    queue.add('b', { delayMs: 2000 });
    await settle();
    clock.jump(-3_600_000);
    await clock.advance(1000);
    await finish('a');
    await clock.advance(1000);
    assert.deepEqual(started, ['a', 'b']);
  });

  it('finishes the work in flight when told to stop, and begins nothing else', async () => {
    const { queue, started, stop, done, clock, finish } = start();
    queue.add('a');
    queue.add('b');
    queue.add('c', { delayMs: 10 });
    await settle();
    stop.abort();
    let ended = false;
    void done.then(() => (ended = true));
    await settle();
    assert.equal(ended, false);
    await finish('a');
    await clock.advance(1000);
    queue.add('c');
    await settle();
    assert.deepEqual([started, ended, clock.sleeping()], [['a'], true, 0]);
  });
});

describe('backoffDelayMs', () => {
  const backoff = { baseMs: 1000, capMs: 300_000 };

  it('doubles up to the cap', () => {
    const delays = [1, 2, 3, 9, 10, 5000].map((failures) => backoffDelayMs(failures, backoff, 0.5));
    assert.deepEqual(delays, [1000, 2000, 4000, 256_000, 300_000, 300_000]);
  });

  it('varies by a fifth', () => {
    assert.deepEqual([backoffDelayMs(1, backoff, 0), backoffDelayMs(1, backoff, 1)], [800, 1200]);
  });
});
