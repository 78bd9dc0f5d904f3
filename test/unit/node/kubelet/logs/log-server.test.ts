import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { PassThrough } from 'node:stream';
import type { Pod } from '../../../../../src/kube/types.ts';
import { LogServer } from '../../../../../src/node/kubelet/logs/log-server.ts';
import { PodAccessError } from '../../../../../src/node/kubelet/pod-access-error.ts';
import type { LogLine, LogQuery } from '../../../../../src/node/kubelet/pod-access.ts';
import { noLog, noMetrics } from '../../../../../src/telemetry/types.ts';
import { FakeClock, settle } from '../../../../support/fake-clock.ts';
import { aPod } from '../../../../support/pod-builder.ts';

/** A response that remembers; reading it can be stopped, as by a client that does not. */
class FakeResponse extends PassThrough {
  status = 0;
  headers: Record<string, string> = {};
  text = '';

  constructor(options: { highWaterMark?: number; reading?: boolean } = {}) {
    super({ highWaterMark: options.highWaterMark ?? 16_384 });
    if (options.reading !== false) this.on('data', (chunk: Buffer) => (this.text += chunk.toString()));
  }

  writeHead(status: number, headers: Record<string, string>): void {
    this.status = status;
    this.headers = headers;
  }

  flushHeaders(): void {}
}

/** One container with a log, as the service would tell it. */
class FakeContainer {
  readonly clock = new FakeClock(Date.UTC(2026, 0, 1));
  current: LogLine[] = [];
  previous: LogLine[] = [];
  readonly reads: LogQuery[] = [];
  failure: Error | undefined;
  status: NonNullable<NonNullable<Pod['status']>['containerStatuses']>[number] = {
    name: 'app',
    image: 'i',
    imageID: '',
    ready: true,
    restartCount: 0,
    state: { running: {} },
  };
  gone = false;
  readonly server = new LogServer({
    access: {
      readLog: async (_target, query) => {
        this.reads.push(query);
        await Promise.resolve();
        if (this.failure !== undefined) throw this.failure;
        const since = query.sinceTime === undefined ? 0 : Date.parse(query.sinceTime);
        const lines = query.previous ? this.previous : this.current;
        return lines.filter(({ timestamp }) => Date.parse(timestamp) >= since).slice(-(query.tailLines ?? 2000));
      },
    },
    podByUid: () => (this.gone ? undefined : this.pod()),
    clock: this.clock,
    logger: noLog,
    metrics: noMetrics,
    followCallsPerMinute: 300,
  });

  pod(): Pod {
    return aPod({ status: { phase: 'Running', containerStatuses: [{ ...this.status }] } });
  }

  write(...texts: string[]): void {
    for (const text of texts) this.current.push({ timestamp: new Date(this.clock.nowMs()).toISOString(), text });
  }

  open(query: string, response = new FakeResponse()) {
    const client = new AbortController();
    const done = this.server
      .serve(response as unknown as ServerResponse, {
        pod: this.pod(),
        container: 'app',
        query: new URLSearchParams(query),
        signal: client.signal,
      })
      .then(
        () => 'ended',
        (error: unknown) => error,
      );
    return { response, done, leave: () => client.abort(new Error('gone')) };
  }
}

describe('serving a log', () => {
  it('shows it all, the end of it, or none', async () => {
    const container = new FakeContainer();
    container.write('a', 'b', 'c');
    const texts = async (query: string): Promise<string> => {
      const { response, done } = container.open(query);
      assert.equal(await done, 'ended');
      assert.equal(response.headers['content-type'], 'text/plain; charset=utf-8');
      return response.text;
    };
    assert.equal(await texts(''), 'a\nb\nc\n');
    assert.equal(await texts('tailLines=2'), 'b\nc\n');
    assert.equal(await texts('tailLines=0'), '');
    assert.equal(await texts('limitBytes=3'), 'a\nb');
    assert.equal(await texts('tailLines=1&timestamps=true'), '2026-01-01T00:00:00.000Z c\n');
  });

  it('tells that the service has no more than the end of a long log', async () => {
    const container = new FakeContainer();
    container.write(...Array.from({ length: 2500 }, (_, line) => String(line)));
    const all = container.open('');
    await all.done;
    assert.equal(all.response.text.split('\n').length - 1, 2000);
    assert.match(all.response.headers['warning'] ?? '', /^199 eci-kubelet ".*2000 lines/);
    const part = container.open('tailLines=2000');
    await part.done;
    assert.equal(part.response.headers['warning'], undefined);
  });

  it('refuses before it begins', async () => {
    const container = new FakeContainer();
    container.failure = new PodAccessError('X', 'x', { httpStatus: 503 });
    const { response, done } = container.open('');
    assert.equal(await done, container.failure);
    assert.equal(response.status, 0);
  });

  it('shares a call among those who ask the same at the same time', async () => {
    const container = new FakeContainer();
    container.write('a');
    const opened = Array.from({ length: 50 }, () => container.open('tailLines=5'));
    await Promise.all(opened.map(({ done }) => done));
    assert.equal(container.reads.length, 1);
    assert.ok(opened.every(({ response }) => response.text === 'a\n'));
  });
});

describe('following a log', () => {
  it('shows each line once, and reads as often for many as for one', async () => {
    const container = new FakeContainer();
    container.write('old');
    const first = container.open('follow=true');
    await settle();
    const others = Array.from({ length: 49 }, () => container.open('follow=true&tailLines=0'));
    await settle();
    const before = container.reads.length;
    for (let second = 0; second < 10; second += 1) {
      await container.clock.advance(1000);
      container.write(`line ${second}`, 'same');
    }
    await container.clock.advance(2000);
    const expected = Array.from({ length: 10 }, (_, second) => `line ${second}\nsame\n`).join('');
    assert.equal(first.response.text, `old\n${expected}`);
    for (const { response } of others) assert.equal(response.text, expected);
    assert.ok(container.reads.length - before <= 13, `${container.reads.length - before} reads`);
    for (const { leave } of [first, ...others]) leave();
    await Promise.all([first, ...others].map(({ done }) => done));
    assert.equal(container.clock.sleeping(), 0);
  });

  it('reads less often while nothing comes', async () => {
    const container = new FakeContainer();
    const { done, leave } = container.open('follow=true');
    await settle();
    await container.clock.advance(60_000);
    assert.ok(container.reads.length >= 12 && container.reads.length <= 17, `${container.reads.length} reads`);
    leave();
    await done;
  });

  it('stops at once when the client is gone', async () => {
    const container = new FakeContainer();
    const { done, leave } = container.open('follow=true');
    await settle();
    leave();
    assert.match(String(await done), /gone/);
    const { length } = container.reads;
    await container.clock.advance(60_000);
    assert.equal(container.reads.length, length);
  });

  it('ends when the container has ended and nothing more came', async () => {
    const container = new FakeContainer();
    const { response, done } = container.open('follow=true');
    await container.clock.advance(1000);
    container.write('last words');
    container.status.state = { terminated: { exitCode: 0 } };
    await container.clock.advance(1500);
    assert.equal(response.text, 'last words\n');
    await container.clock.advance(5000);
    assert.equal(await done, 'ended');
  });

  it('ends when the Pod is gone', async () => {
    const container = new FakeContainer();
    const { done } = container.open('follow=true');
    await container.clock.advance(1000);
    container.gone = true;
    await container.clock.advance(5000);
    assert.equal(await done, 'ended');
  });

  it('goes on with the next instance, without losing the end of the one before', async () => {
    const container = new FakeContainer();
    container.write('first');
    const { response, done, leave } = container.open('follow=true');
    await container.clock.advance(1000);
    container.write('end of first');
    container.previous = container.current;
    container.current = [];
    container.status.restartCount = 1;
    await container.clock.advance(500);
    container.write('second');
    await container.clock.advance(5000);
    assert.equal(response.text, 'first\nend of first\nsecond\n');
    leave();
    await done;
  });

  it('outlasts failures of the cloud, and gives up after five minutes', async () => {
    const container = new FakeContainer();
    const { response, done } = container.open('follow=true');
    await container.clock.advance(1000);
    container.failure = new PodAccessError('OutOfBudget', 'busy', { httpStatus: 429 });
    await container.clock.advance(120_000);
    container.failure = undefined;
    container.write('still here');
    await container.clock.advance(31_000);
    assert.equal(response.text, 'still here\n');
    container.failure = new PodAccessError('CloudUnreachable', 'away', { httpStatus: 503 });
    await container.clock.advance(6 * 60_000);
    assert.equal(await done, container.failure);
  });

  it('ends with the limit of bytes', async () => {
    const container = new FakeContainer();
    const { response, done } = container.open('follow=true&limitBytes=6');
    await container.clock.advance(1000);
    container.write('abcd', 'efgh');
    await container.clock.advance(2000);
    assert.equal(await done, 'ended');
    assert.equal(response.text, 'abcd\ne');
    assert.equal(container.clock.sleeping(), 0);
  });

  it('does not let a slow client slow the others down, and loses nothing for it', async () => {
    const container = new FakeContainer();
    const slow = container.open('follow=true', new FakeResponse({ highWaterMark: 1, reading: false }));
    const quick = container.open('follow=true');
    await settle();
    for (let second = 0; second < 5; second += 1) {
      container.write(`line ${second}`);
      await container.clock.advance(1500);
    }
    const all = 'line 0\nline 1\nline 2\nline 3\nline 4\n';
    assert.equal(quick.response.text, all);
    slow.response.on('data', (chunk: Buffer) => (slow.response.text += chunk.toString()));
    await container.clock.advance(6000);
    assert.equal(slow.response.text, all);
    for (const { leave } of [slow, quick]) leave();
    await Promise.all([slow.done, quick.done]);
  });
});
