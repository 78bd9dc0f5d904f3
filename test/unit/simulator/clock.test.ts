import assert from 'node:assert/strict';
import { createSimClock } from '../../../simulator/clock.ts';

describe('movable clock', () => {
  const start = Date.UTC(2026, 0, 1);
  const create = (): ReturnType<typeof createSimClock> => createSimClock(() => start);

  it('fires what falls due in order, each at its own instant', () => {
    const clock = create();
    const fired: [string, number][] = [];
    clock.at(start + 30, () => fired.push(['late', clock.nowMs() - start]));
    clock.at(start + 10, () => {
      fired.push(['early', clock.nowMs() - start]);
      clock.at(clock.nowMs() + 10, () => fired.push(['chained', clock.nowMs() - start]));
    });
    clock.at(start + 30, () => fired.push(['same instant', clock.nowMs() - start]));
    clock.at(start + 41, () => fired.push(['too late', clock.nowMs() - start]));
    clock.advance(40);
    assert.deepEqual(fired, [
      ['early', 10],
      ['chained', 20],
      ['late', 30],
      ['same instant', 30],
    ]);
    assert.equal(clock.nowMs(), start + 40);
    clock.stop();
  });

  it('does not fire what was cancelled', () => {
    const clock = create();
    const cancel = clock.at(start + 10, () => assert.fail('fired'));
    cancel();
    clock.advance(20);
  });

  it('wakes sleepers when it is moved past their time', async () => {
    const clock = create();
    const sleeping = clock.sleep(3_600_000);
    clock.advance(3_600_000);
    await sleeping;
  });

  it('lets a sleeper be woken by its signal', async () => {
    const clock = create();
    const controller = new AbortController();
    const sleeping = clock.sleep(1000, controller.signal);
    controller.abort();
    await assert.rejects(sleeping, { name: 'AbortError' });
  });

  it('leaves the machine time alone, and does not run backwards', () => {
    const clock = create();
    clock.advance(5000);
    assert.equal(clock.machineNowMs(), start);
    assert.equal(clock.offsetMs(), 5000);
    assert.throws(() => clock.advance(-1), RangeError);
  });
});
