import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { EciEvent } from '../../../../src/alibaba/eci-answers.ts';
import { EventMirror } from '../../../../src/eci/events/event-mirror.ts';

const START = Date.parse('2026-01-01T00:00:00Z');
const event = (reason: string, second: number, more: Partial<EciEvent> = {}): EciEvent => ({
  type: 'Normal',
  reason,
  message: 'm',
  firstTimestamp: new Date(START + second * 1000).toISOString(),
  ...more,
});
const reasons = (events: readonly EciEvent[]): (string | undefined)[] => events.map(({ reason }) => reason);

describe('the events of a group', () => {
  it('are told once, in the order in which they happened, however answers overlap', () => {
    const mirror = new EventMirror();
    assert.deepEqual(reasons(mirror.news('g', [event('Pulled', 5), event('Pulling', 1)], START)), [
      'Pulling',
      'Pulled',
    ]);
    assert.deepEqual(reasons(mirror.news('g', [event('Started', 6), event('Pulling', 1)], START)), ['Started']);
  });

  it('that are older than others told already are told all the same: answers are in no order', () => {
    const mirror = new EventMirror();
    mirror.news('g', [event('Started', 60)], START);
    assert.deepEqual(reasons(mirror.news('g', [event('Pulling', 2)], START)), ['Pulling']);
  });

  it('from before the mark are not repeated, also when they happened again since', () => {
    const mirror = new EventMirror();
    const again = { count: 9, lastTimestamp: new Date(START + 60_000).toISOString() };
    assert.deepEqual(mirror.news('g', [event('BackOff', -60, again), event('Created', 0)], START), []);
  });

  it('have a mark of their own', () => {
    const mirror = new EventMirror();
    mirror.news('old', [event('Created', -5)], START);
    assert.deepEqual(reasons(mirror.news('new', [event('Created', -5)], 0)), ['Created']);
  });

  it('that say the same are told apart by the time they began', () => {
    const mirror = new EventMirror();
    assert.equal(mirror.news('g', [event('Killing', 1), event('Killing', 2), event('Killing', 1)], START).length, 2);
  });

  it('are forgotten with their group, and nothing else is', () => {
    const mirror = new EventMirror();
    mirror.news('a', [event('Created', 1)], START);
    mirror.news('b', [event('Created', 1)], START);
    mirror.keepOnly((id) => id === 'b');
    assert.equal(mirror.size, 1);
    assert.deepEqual(mirror.news('b', [event('Created', 1)], START), []);
  });

  it('are each told exactly once, for every cutting and order of answers', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 20 })), (answers) => {
        const mirror = new EventMirror();
        const told = answers.flatMap((seconds) =>
          mirror.news(
            'g',
            seconds.map((second) => event('E', second)),
            START,
          ),
        );
        const times = told.map(({ firstTimestamp }) => firstTimestamp);
        assert.equal(new Set(times).size, times.length);
        assert.equal(times.length, new Set(answers.flat()).size);
      }),
    );
  });

  it('in any number leave a bounded memory and no repetition', () => {
    const mirror = new EventMirror();
    for (let second = 1; second <= 1000; second++) mirror.news('g', [event('E', second)], START);
    assert.deepEqual(mirror.news('g', [event('E', 1), event('E', 500), event('E', 1000)], START), []);
  });
});
