import assert from 'node:assert/strict';
import { ContainerLog } from '../../../../../simulator/eci/log/container-log.ts';
import { readLog } from '../../../../../simulator/eci/log/read-log.ts';
import type { LogSelection } from '../../../../../simulator/eci/log/read-log.ts';

const START_MS = Date.UTC(2026, 0, 1);
const everything: LogSelection = { tail: 500, limitBytes: 1 << 20, timestamps: false };

const logOf = (...lines: [secondsLater: number, text: string][]): ContainerLog => {
  const log = new ContainerLog();
  for (const [seconds, text] of lines) log.append(text, START_MS + seconds * 1000);
  return log;
};

describe('reading the log of a container', () => {
  const log = logOf([0, 'one'], [0, 'two'], [1.5, 'three'], [2, 'größer']);
  const cases: Record<string, { selection: Partial<LogSelection>; expected: string }> = {
    'gives every line, ended': { selection: {}, expected: 'one\ntwo\nthree\ngrößer\n' },
    'gives the last lines': { selection: { tail: 2 }, expected: 'three\ngrößer\n' },
    'gives lines from the beginning of a second on': {
      selection: { sinceMs: START_MS + 1900 },
      expected: 'three\ngrößer\n',
    },
    'takes the last lines of those since a time': {
      selection: { sinceMs: START_MS + 1000, tail: 1 },
      expected: 'größer\n',
    },
    'ends after so many bytes': { selection: { limitBytes: 5 }, expected: 'one\nt' },
    'does not cut a character in two': { selection: { tail: 1, limitBytes: 3 }, expected: 'gr' },
    'tells times, of which no two are the same': {
      selection: { timestamps: true, tail: 4 },
      expected:
        '2026-01-01T00:00:00.000000000Z one\n2026-01-01T00:00:00.000000001Z two\n' +
        '2026-01-01T00:00:01.500000000Z three\n2026-01-01T00:00:02.000000000Z größer\n',
    },
  };
  for (const [title, { selection, expected }] of Object.entries(cases)) {
    it(title, () => assert.equal(readLog(log.lines, { ...everything, ...selection }), expected));
  }

  it('has times that never go back, though the clock may', () => {
    const turned = logOf([5, 'late'], [1, 'later']);
    assert.deepEqual(
      turned.lines.map(({ atMs, nanoseconds }) => [atMs - START_MS, nanoseconds]),
      [
        [5000, 0],
        [5000, 1],
      ],
    );
  });

  it('forgets the oldest lines of a long log and keeps the newest', () => {
    const long = new ContainerLog();
    for (let index = 0; index < 30_000; index += 1) long.append(`line ${index}`, START_MS);
    assert.ok(long.lines.length <= 21_000, `${long.lines.length} lines are kept`);
    assert.equal(long.lines.at(-1)?.text, 'line 29999');
  });

  it('forgets lines of a log that is large without being long', () => {
    const large = new ContainerLog();
    for (let index = 0; index < 6000; index += 1) large.append('x'.repeat(2000), START_MS);
    assert.ok(large.lines.length <= 3700, `${large.lines.length} lines are kept`);
  });
});
