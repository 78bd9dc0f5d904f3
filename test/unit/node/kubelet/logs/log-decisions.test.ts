import assert from 'node:assert/strict';
import { array, assert as assertProperty, constantFrom, integer, nat, property, record } from 'fast-check';
import type { Pod } from '../../../../../src/kube/types.ts';
import { advanceCursor, askFrom, beginning, cursorAfter } from '../../../../../src/node/kubelet/logs/log-cursor.ts';
import { parseLogParameters } from '../../../../../src/node/kubelet/logs/log-parameters.ts';
import { hasContainer, logSource } from '../../../../../src/node/kubelet/logs/log-source.ts';
import { instantOf } from '../../../../../src/node/kubelet/logs/log-time.ts';
import { nextPollMs, withinShareMs } from '../../../../../src/node/kubelet/logs/poll-interval.ts';
import type { LogLine } from '../../../../../src/node/kubelet/pod-access.ts';

const none = { follow: false, previous: false, timestamps: false };

describe('the parameters of a log', () => {
  const good: Record<string, { query: string; parameters: object }> = {
    'are all optional': { query: '', parameters: none },
    'can all be given': {
      query: 'follow=true&previous=1&timestamps=true&tailLines=5&limitBytes=9&sinceSeconds=3&stream=All',
      parameters: { follow: true, previous: true, timestamps: true, tailLines: 5, limitBytes: 9, sinceSeconds: 3 },
    },
    'may ask for no lines': { query: 'tailLines=0', parameters: { ...none, tailLines: 0 } },
    'may give a time': {
      query: 'sinceTime=2026-01-02T03:04:05.123456789Z',
      parameters: { ...none, sinceTime: '2026-01-02T03:04:05.123456789Z' },
    },
    'read an empty flag as true, as kubelet does': { query: 'follow=', parameters: { ...none, follow: true } },
    'read 0 and false as false': { query: 'follow=0&timestamps=False', parameters: none },
    'know the old name of tailLines': { query: 'tail=3', parameters: { ...none, tailLines: 3 } },
    'know the old word for everything': { query: 'tail=all&tailLines=3', parameters: none },
    'are for the API server alone where they say so': { query: 'insecureSkipTLSVerifyBackend=true', parameters: none },
  };
  for (const [sentence, { query, parameters }] of Object.entries(good)) {
    it(sentence, () => assert.deepEqual(parseLogParameters(new URLSearchParams(query)), parameters));
  }

  const bad: [query: string, httpStatus: number, message: RegExp][] = [
    ['tailLines=-1', 422, /tailLines/],
    ['tailLines=', 400, /tailLines/],
    ['tailLines=many', 400, /tailLines/],
    ['tailLines=1.5', 400, /tailLines/],
    ['limitBytes=0', 422, /limitBytes/],
    ['limitBytes=-5', 422, /limitBytes/],
    ['limitBytes=x', 400, /limitBytes/],
    ['sinceSeconds=0', 422, /sinceSeconds/],
    ['sinceSeconds=-1', 422, /sinceSeconds/],
    ['sinceSeconds=5&sinceTime=2026-01-02T03:04:05Z', 422, /sinceTime/],
    ['sinceTime=yesterday', 400, /sinceTime/],
    ['stream=Stdout', 400, /stream/],
  ];
  for (const [query, httpStatus, message] of bad) {
    it(`${query} is ${httpStatus}`, () => {
      assert.throws(() => parseLogParameters(new URLSearchParams(query)), { httpStatus, message });
    });
  }
});

describe('times of lines', () => {
  it('compare across lengths and zones', () => {
    const ordered = [
      '2026-01-01T00:00:00Z',
      '2026-01-01T00:00:00.000000001Z',
      '2026-01-01T00:00:00.1Z',
      '2026-01-01T08:00:00.2+08:00',
      '2026-01-01T00:00:01Z',
    ].map((time) => instantOf(time) ?? 0n);
    assert.deepEqual(
      ordered,
      ordered.toSorted((a, b) => (a < b ? -1 : 1)),
    );
    assert.equal(instantOf('2026-01-01 00:00:00'), undefined);
    assert.equal(instantOf('2026-13-01T00:00:00Z'), undefined);
  });
});

describe('following a log', () => {
  const at = (second: number, text: string, nanos = 0): LogLine => ({
    timestamp: `2026-01-01T00:00:${String(second).padStart(2, '0')}.${String(nanos).padStart(9, '0')}Z`,
    text,
  });
  const texts = (lines: readonly LogLine[]): string[] => lines.map(({ text }) => text);

  it('takes everything at the beginning', () => {
    const { fresh } = advanceCursor(beginning, [at(1, 'a'), at(2, 'b')]);
    assert.deepEqual(texts(fresh), ['a', 'b']);
    assert.equal(askFrom(beginning), undefined);
  });

  it('asks from the second of the last line and drops what comes again', () => {
    const cursor = cursorAfter([at(1, 'a'), at(2, 'b', 5), at(2, 'c', 6)]);
    assert.equal(askFrom(cursor), '2026-01-01T00:00:02Z');
    assert.deepEqual(texts(advanceCursor(cursor, [at(2, 'b', 5), at(2, 'c', 6), at(2, 'd', 7)]).fresh), ['d']);
  });

  it('keeps equal lines of one time apart', () => {
    const cursor = cursorAfter([at(2, 'x'), at(2, 'x')]);
    assert.deepEqual(texts(advanceCursor(cursor, [at(2, 'x'), at(2, 'x'), at(2, 'x')]).fresh), ['x']);
  });

  it('takes a late line of the same second', () => {
    const cursor = advanceCursor(beginning, [at(2, 'b', 9)]).cursor;
    assert.deepEqual(texts(advanceCursor(cursor, [at(2, 'a', 3), at(2, 'b', 9)]).fresh), ['a']);
  });

  it('shows nothing from before the first line of a first read', () => {
    const cursor = cursorAfter([at(2, 'c', 6)]);
    assert.deepEqual(texts(advanceCursor(cursor, [at(2, 'b', 5), at(2, 'c', 6)]).fresh), []);
  });

  it('does not show again what a short answer left out once', () => {
    const first = cursorAfter([at(2, 'a', 1), at(2, 'b', 2)]);
    const second = advanceCursor(first, [at(2, 'b', 2)]).cursor;
    assert.deepEqual(texts(advanceCursor(second, [at(2, 'a', 1), at(2, 'b', 2)]).fresh), []);
  });

  it('stays where it is when nothing comes', () => {
    const cursor = cursorAfter([at(2, 'a')]);
    assert.deepEqual(advanceCursor(cursor, []), { fresh: [], cursor, gap: false });
  });

  it('tells when lines may have been lost', () => {
    const cursor = cursorAfter([at(1, 'a')]);
    assert.equal(advanceCursor(cursor, [at(3, 'x'), at(4, 'y')], 2).gap, true);
    assert.equal(advanceCursor(cursor, [at(1, 'a'), at(4, 'y')], 2).gap, false);
    assert.equal(advanceCursor(cursor, [at(4, 'y')], 2).gap, false);
  });

  it('shows every line once and in order, however the reads fall', () => {
    const step = record({ gapMs: integer({ min: 0, max: 1500 }), text: constantFrom('a', 'b', 'c') });
    assertProperty(
      property(array(step, { maxLength: 60 }), array(nat(60), { maxLength: 12 }), (steps, reads) => {
        let ms = Date.UTC(2026, 0, 1);
        const log = steps.map(({ gapMs, text }) => ({ timestamp: new Date((ms += gapMs)).toISOString(), text }));
        let cursor = beginning;
        const shown: LogLine[] = [];
        for (const end of [...reads.toSorted((a, b) => a - b), log.length]) {
          const asked = askFrom(cursor);
          const since = asked === undefined ? 0 : Date.parse(asked);
          const answer = log.slice(0, end).filter(({ timestamp }) => Date.parse(timestamp) >= since);
          const advance = advanceCursor(cursor, answer);
          shown.push(...advance.fresh);
          cursor = advance.cursor;
        }
        assert.deepEqual(shown, log);
      }),
    );
  });
});

describe('where a log is read', () => {
  type Status = NonNullable<NonNullable<Pod['status']>['containerStatuses']>[number];
  const pod = (status: Partial<Status> | undefined): Pod => ({
    metadata: { name: 'web' },
    spec: { containers: [{ name: 'app' }], initContainers: [{ name: 'init' }] },
    status:
      status === undefined
        ? {}
        : { containerStatuses: [{ name: 'app', image: 'i', imageID: '', ready: false, restartCount: 2, ...status }] },
  });
  const terminated = { exitCode: 1 };
  const cases: Record<string, { status?: Partial<Status>; previous?: boolean; source: object }> = {
    'a running container': {
      status: { state: { running: {} } },
      source: { kind: 'readable', instance: 2, ended: false },
    },
    'a container that has ended': {
      status: { state: { terminated } },
      source: { kind: 'readable', instance: 2, ended: true },
    },
    'one that waits for its next start shows its last end': {
      status: { state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState: { terminated } },
      source: { kind: 'readable', instance: 2, ended: true },
    },
    'the instance before': {
      status: { state: { running: {} }, lastState: { terminated } },
      previous: true,
      source: { kind: 'readable', instance: 1, ended: true },
    },
    'no instance before': {
      status: { state: { running: {} } },
      previous: true,
      source: { kind: 'refused', text: 'previous terminated container "app" in pod "web" not found' },
    },
    'an image that cannot be pulled': {
      status: { state: { waiting: { reason: 'ErrImagePull' } } },
      source: { kind: 'refused', text: `container "app" in pod "web" is waiting to start: image can't be pulled` },
    },
    'an image that is tried again': {
      status: { state: { waiting: { reason: 'ImagePullBackOff' } } },
      source: {
        kind: 'refused',
        text: 'container "app" in pod "web" is waiting to start: trying and failing to pull image',
      },
    },
    'another reason to wait': {
      status: { state: { waiting: { reason: 'PodInitializing' } } },
      source: { kind: 'refused', text: 'container "app" in pod "web" is waiting to start: PodInitializing' },
    },
    'no state': {
      status: { state: {} },
      source: { kind: 'refused', text: 'container "app" in pod "web" is waiting to start - no logs yet' },
    },
    'no status yet': {
      source: { kind: 'refused', text: 'container "app" in pod "web" is waiting to start: ContainerCreating' },
    },
  };
  for (const [sentence, { status, previous = false, source }] of Object.entries(cases)) {
    it(sentence, () => assert.deepEqual(logSource(pod(status), 'app', previous), source));
  }

  it('init containers are containers', () => {
    assert.equal(hasContainer(pod(undefined), 'init'), true);
    assert.equal(hasContainer(pod(undefined), 'other'), false);
  });
});

describe('how often a followed log is read', () => {
  it('slows down while nothing comes, and wakes up with the first line', () => {
    const waits = [0];
    for (let poll = 0; poll < 7; poll += 1) waits.push(nextPollMs(waits.at(-1) ?? 0, 'nothing'));
    assert.deepEqual(waits, [0, 1000, 1500, 2250, 3375, 5000, 5000, 5000]);
    assert.equal(nextPollMs(5000, 'lines'), 1000);
    assert.equal(nextPollMs(25_000, 'failed'), 30_000);
  });

  it('keeps within the share of all followers together', () => {
    assert.equal(withinShareMs(1000, 2, 300), 1000);
    assert.equal(withinShareMs(1000, 50, 300), 10_000);
  });
});
