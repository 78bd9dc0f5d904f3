import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { ExecResult } from '../../../../../src/node/kubelet/pod-access.ts';
import type { ClientStreams, TerminalSize } from '../../../../../src/node/kubelet/streaming/client-streams.ts';
import { joinSession } from '../../../../../src/node/kubelet/streaming/join-session.ts';
import { settle } from '../../../../support/fake-clock.ts';
import { FakeExecSession } from '../../../../support/fake-exec-session.ts';

class FakeClient implements ClientStreams {
  readonly leave = new AbortController();
  readonly closed = this.leave.signal;
  readonly stdin = new PassThrough();
  readonly stdout = new PassThrough();
  readonly stderr = new PassThrough();
  told: ExecResult | undefined;
  outputsEnded: boolean | undefined;
  tellSize: (size: TerminalSize) => void = () => {};

  onResize(listener: (size: TerminalSize) => void): void {
    this.tellSize = listener;
  }
  finish(result: ExecResult): Promise<void> {
    this.outputsEnded = this.stdout.writableEnded && this.stderr.writableEnded;
    this.told = result;
    return Promise.resolve();
  }
  abort(): void {
    this.leave.abort();
  }
}

describe('joining a client with a command', () => {
  let client: FakeClient;
  let session: FakeExecSession;
  beforeEach(() => {
    client = new FakeClient();
    session = new FakeExecSession();
  });

  it('carries every stream, and tells the result after the outputs have ended', async () => {
    const joined = joinSession(client, session);
    client.stdin.end('in');
    session.stdout.write('out');
    session.stderr.write('err');
    client.tellSize({ columns: 80, rows: 24 });
    session.end({ kind: 'exited', exitCode: 3 });
    const said = await Promise.all([text(session.stdin), text(client.stdout), text(client.stderr)]);
    await joined;
    assert.deepEqual(said, ['in', 'out', 'err']);
    assert.deepEqual(session.sizes, [{ columns: 80, rows: 24 }]);
    assert.deepEqual(client.told, { kind: 'exited', exitCode: 3 });
    assert.equal(client.outputsEnded, true);
  });

  it('ends the command when the client leaves', async () => {
    const joined = joinSession(client, session);
    client.leave.abort();
    await joined;
    assert.equal(session.isClosed, true);
  });

  it('ends the command of a client that has left before', async () => {
    client.leave.abort();
    await joinSession(client, session);
    assert.equal(session.isClosed, true);
  });

  it('does not cancel a command that has ended by itself when the client leaves afterwards', async () => {
    client.stdout.resume();
    client.stderr.resume();
    session.end({ kind: 'exited', exitCode: 0 });
    await joinSession(client, session);
    client.leave.abort();
    assert.equal(session.isClosed, false);
    assert.deepEqual(client.told, { kind: 'exited', exitCode: 0 });
  });

  it('ends the input of a command whose client breaks its own off, and goes on', async () => {
    const joined = joinSession(client, session);
    client.stdin.write('half');
    await settle();
    client.stdin.destroy();
    assert.equal(await text(session.stdin), 'half');
    assert.equal(session.isClosed, false);
    client.stdout.resume();
    client.stderr.resume();
    session.end({ kind: 'exited', exitCode: 0 });
    await joined;
  });

  it('ends the input at once, and throws outputs away, where the client asked for neither', async () => {
    const { closed } = client;
    const bare: ClientStreams = {
      closed,
      onResize: () => {},
      finish: (result) => client.finish(result),
      abort: () => {},
    };
    const joined = joinSession(bare, session);
    assert.equal(await text(session.stdin), '');
    session.stdout.write(Buffer.alloc(1_000_000));
    session.end({ kind: 'exited', exitCode: 0 });
    await joined;
    assert.deepEqual(client.told, { kind: 'exited', exitCode: 0 });
  });

  it('is as slow as the client', async () => {
    void joinSession(client, session);
    let taken = 0;
    const chunk = Buffer.alloc(16 * 1024);
    while (taken < 100 && session.stdout.write(chunk)) {
      taken += 1;
      await settle();
    }
    assert.ok(taken < 100, 'the command may write without an end');
    client.leave.abort();
  });

  it('goes on with the other output when the client closes one', async () => {
    const joined = joinSession(client, session);
    client.stderr.destroy();
    session.stderr.write('nobody reads this');
    await settle();
    session.stdout.write('out');
    session.end({ kind: 'exited', exitCode: 0 });
    assert.equal(await text(client.stdout), 'out');
    await joined;
    assert.equal(session.isClosed, false);
  });
});
