import assert from 'node:assert/strict';
import { KubeApiError, localReasons } from '../../../src/kube/errors.ts';
import { createEventRecorder } from '../../../src/kube/events.ts';
import type { EventRecorder, EventTarget } from '../../../src/kube/types.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const pod: EventTarget = { apiVersion: 'v1', kind: 'Pod', namespace: 'web', name: 'a', uid: 'uid-a' };
const node: EventTarget = { apiVersion: 'v1', kind: 'Node', name: 'virtual-1', uid: 'uid-n' };

interface WrittenEvent {
  path: string;
  metadata: { name: string; namespace: string };
  message: string;
  count: number;
  firstTimestamp: string;
  lastTimestamp: string;
  [key: string]: unknown;
}

interface Bench {
  clock: FakeClock;
  recorder: EventRecorder;
  /** The events as they stand in the cluster. */
  events: Map<string, WrittenEvent>;
  /** Errors that the next calls meet, before or (`lost`) after they took effect. */
  failures: { error: KubeApiError; lost?: boolean }[];
  calls: number;
}

function bench(): Bench {
  const clock = new FakeClock();
  const events = new Map<string, WrittenEvent>();
  const state = { clock, events, failures: [] as Bench['failures'], calls: 0 };
  const attempt = <T>(work: () => T): T => {
    state.calls += 1;
    const failure = state.failures.shift();
    if (failure !== undefined && failure.lost !== true) throw failure.error;
    const result = work();
    if (failure !== undefined) throw failure.error;
    return result;
  };
  const client = {
    create: async <T>(path: string, body: object): Promise<T> =>
      attempt(() => {
        const event = body as WrittenEvent;
        const key = `${path}/${event.metadata.name}`;
        if (events.has(key)) throw apiError(409, 'AlreadyExists');
        events.set(key, { ...event, path });
        return event as T;
      }),
    patch: async <T>(path: string, body: object): Promise<T> =>
      attempt(() => {
        const event = events.get(path);
        if (event === undefined) throw apiError(404, 'NotFound');
        return Object.assign(event, body) as T;
      }),
  };
  const recorder = createEventRecorder({
    client,
    clock,
    source: { component: 'eci-kubelet', host: 'virtual-1' },
    scrub: (text) => text.replaceAll('hunter2', '[redacted]'),
    random: () => 0.25,
  });
  return Object.assign(state, { recorder });
}

function apiError(httpStatus: number, reason: string): KubeApiError {
  return new KubeApiError({ message: reason, httpStatus, reason });
}

const unreachable = new KubeApiError({ message: 'x', reason: localReasons.unreachable });

describe('createEventRecorder', () => {
  it('writes a core/v1 Event about the object', async () => {
    const { recorder, events } = bench();
    recorder.emit(pod, 'Warning', 'ProviderCreateFailed', 'NoStock');
    await recorder.flush();
    const [event] = events.values();
    assert.deepEqual(event, {
      path: '/api/v1/namespaces/web/events',
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: event?.metadata.name, namespace: 'web' },
      involvedObject: pod,
      reason: 'ProviderCreateFailed',
      message: 'NoStock',
      type: 'Warning',
      count: 1,
      firstTimestamp: '2026-01-01T00:00:00Z',
      lastTimestamp: '2026-01-01T00:00:00Z',
      source: { component: 'eci-kubelet', host: 'virtual-1' },
      reportingComponent: 'eci-kubelet',
      reportingInstance: 'virtual-1',
    });
    assert.match(event.metadata.name, /^a\.[0-9a-f]{16}$/);
  });

  it('counts what is identical in one Event', async () => {
    const { recorder, events, clock } = bench();
    recorder.emit(pod, 'Normal', 'Pulled', 'image');
    await recorder.flush();
    await clock.advance(60_000);
    recorder.emit(pod, 'Normal', 'Pulled', 'image');
    await recorder.flush();
    const [event] = events.values();
    assert.deepEqual(
      [events.size, event?.count, event?.firstTimestamp, event?.lastTimestamp],
      [1, 2, '2026-01-01T00:00:00Z', '2026-01-01T00:01:00Z'],
    );
  });

  it('keeps apart what differs in object, reason or message', async () => {
    const { recorder, events } = bench();
    recorder.emit(pod, 'Normal', 'Pulled', 'one');
    recorder.emit(pod, 'Normal', 'Pulled', 'two');
    recorder.emit(pod, 'Normal', 'Created', 'one');
    recorder.emit({ ...pod, uid: 'uid-b' }, 'Normal', 'Pulled', 'one');
    await recorder.flush();
    assert.equal(events.size, 4);
  });

  it('writes one Event for many that come before it is written', async () => {
    const state = bench();
    for (let index = 0; index < 500; index += 1) state.recorder.emit(pod, 'Normal', 'Pulled', 'image');
    await state.recorder.flush();
    const [event] = state.events.values();
    assert.equal(event?.count, 500);
    assert.ok(state.calls <= 2);
  });

  it('limits floods per object and reason, and loses no count', async () => {
    const { recorder, events, clock } = bench();
    for (let index = 0; index < 100; index += 1) {
      recorder.emit(pod, 'Warning', 'BackOff', 'again');
      await recorder.flush();
    }
    const [event] = events.values();
    assert.equal(event?.count, 25);
    await clock.advance(300_000);
    recorder.emit(pod, 'Warning', 'BackOff', 'again');
    await recorder.flush();
    assert.equal(event.count, 101);
  });

  it('lets other reasons and objects through during a flood', async () => {
    const { recorder, events, clock } = bench();
    for (let index = 0; index < 30; index += 1) recorder.emit(pod, 'Warning', 'BackOff', `try ${index}`);
    await clock.advance(1);
    recorder.emit(node, 'Warning', 'BackOff', 'elsewhere');
    await recorder.flush();
    assert.ok([...events.values()].some((event) => event.message === 'elsewhere'));
  });

  it('writes events of cluster-scoped objects to the namespace default', async () => {
    const { recorder, events } = bench();
    recorder.emit(node, 'Normal', 'Ready', 'x');
    await recorder.flush();
    assert.equal([...events.values()][0]?.metadata.namespace, 'default');
  });

  it('takes secrets out and cuts long messages', async () => {
    const { recorder, events } = bench();
    recorder.emit(pod, 'Normal', 'X', `hunter2 ${'镜'.repeat(1000)}`);
    await recorder.flush();
    const message = [...events.values()][0]?.message ?? '';
    assert.ok(message.startsWith('[redacted] 镜'));
    assert.ok(Buffer.byteLength(message) <= 1024);
  });

  it('creates the Event anew when the old one has expired', async () => {
    const { recorder, events, clock } = bench();
    recorder.emit(pod, 'Normal', 'Pulled', 'image');
    await recorder.flush();
    events.clear();
    await clock.advance(3_600_000);
    recorder.emit(pod, 'Normal', 'Pulled', 'image');
    await recorder.flush();
    const [event] = events.values();
    assert.deepEqual([event?.count, event?.firstTimestamp], [1, '2026-01-01T01:00:00Z']);
  });

  it('does not write an Event twice when the answer was lost', async () => {
    const state = bench();
    state.failures.push({ error: unreachable, lost: true });
    state.recorder.emit(pod, 'Normal', 'Pulled', 'image');
    await state.clock.advance(10_000);
    await state.recorder.flush();
    assert.equal(state.events.size, 1);
  });

  it('gives up after three attempts and goes on with the next', async () => {
    const state = bench();
    state.failures.push({ error: unreachable }, { error: unreachable }, { error: unreachable });
    state.recorder.emit(pod, 'Normal', 'Pulled', 'one');
    state.recorder.emit(pod, 'Normal', 'Pulled', 'two');
    await state.clock.advance(10_000);
    await state.recorder.flush();
    assert.deepEqual(
      [...state.events.values()].map((event) => event.message),
      ['two'],
    );
  });

  it('does not insist in a namespace that is going away', async () => {
    const state = bench();
    state.failures.push({ error: apiError(403, 'Forbidden') });
    state.recorder.emit(pod, 'Normal', 'Pulled', 'one');
    await state.recorder.flush();
    assert.equal(state.calls, 1);
  });

  it('keeps a bounded number while the API server is away', async () => {
    const state = bench();
    for (let index = 0; index < 30_000; index += 1) {
      state.recorder.emit({ ...pod, uid: `uid-${index}`, name: `pod-${index}` }, 'Normal', 'Pulled', 'image');
    }
    await state.recorder.flush();
    assert.ok(state.events.size < 10_010);
  });

  it('loses nothing when thousands of Pods come at once', async () => {
    const state = bench();
    for (let index = 0; index < 2000; index += 1) {
      const target = { ...pod, uid: `uid-${index}`, name: `pod-${index}` };
      state.recorder.emit(target, 'Normal', 'ImageCredentialsResolved', 'chain');
      state.recorder.emit(target, 'Normal', 'ProviderCreateSuccess', 'accepted');
    }
    await state.recorder.flush();
    assert.equal(state.events.size, 4000);
  });

  it('does not let a slow write of one object hold up all others, and keeps the order of each', async () => {
    const state = bench();
    state.failures.push({ error: unreachable });
    const other = { ...pod, name: 'b', uid: 'uid-b' };
    state.recorder.emit(pod, 'Normal', 'Pulling', 'first');
    state.recorder.emit(pod, 'Normal', 'Pulled', 'second');
    state.recorder.emit(other, 'Normal', 'Pulling', 'of b');
    const messages = (): string[] => [...state.events.values()].map((event) => event.message);
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
    assert.deepEqual(messages(), ['of b']);
    await state.clock.advance(10_000);
    await state.recorder.flush();
    assert.deepEqual(messages(), ['of b', 'first', 'second']);
  });
});
