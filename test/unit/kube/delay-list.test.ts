import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { DelayList } from '../../../src/kube/delay-list.ts';

describe('DelayList', () => {
  it('gives each key once, at its earliest time, in order', () => {
    const entry = fc.record({
      key: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
      dueAtMs: fc.nat(50),
      priority: fc.nat(3),
    });
    fc.assert(
      fc.property(fc.array(entry), (entries) => {
        const list = new DelayList();
        const earliest = new Map<string, number>();
        for (const added of entries) {
          list.add(added);
          earliest.set(added.key, Math.min(added.dueAtMs, earliest.get(added.key) ?? Infinity));
        }
        assert.equal(list.size(), earliest.size);
        assert.equal(list.nextDueAtMs() ?? Infinity, Math.min(Infinity, ...earliest.values()));
        const taken = list.takeDue(100);
        assert.deepEqual(new Map(taken.map(({ key, dueAtMs }) => [key, dueAtMs])), new Map(entriesOf(earliest, taken)));
        const times = taken.map(({ dueAtMs }) => dueAtMs);
        assert.deepEqual(
          times,
          times.toSorted((one, other) => one - other),
        );
        assert.deepEqual([list.size(), list.nextDueAtMs()], [0, undefined]);
      }),
    );
  });

  it('keeps what is not due yet', () => {
    const list = new DelayList();
    list.add({ key: 'a', dueAtMs: 10, priority: 0 });
    list.add({ key: 'b', dueAtMs: 20, priority: 0 });
    assert.deepEqual(
      list.takeDue(10).map(({ key }) => key),
      ['a'],
    );
    assert.equal(list.nextDueAtMs(), 20);
  });

  it('keeps the more urgent priority of both', () => {
    const list = new DelayList();
    list.add({ key: 'a', dueAtMs: 10, priority: 2 });
    list.add({ key: 'a', dueAtMs: 20, priority: 0 });
    assert.deepEqual(list.takeDue(10), [{ key: 'a', dueAtMs: 10, priority: 0 }]);
  });
});

/** The expected pairs in the order taken, so that both maps compare equal. */
function entriesOf(earliest: ReadonlyMap<string, number>, taken: readonly { key: string }[]): [string, number][] {
  assert.equal(taken.length, earliest.size);
  return taken.map(({ key }) => [key, earliest.get(key) ?? -1]);
}
