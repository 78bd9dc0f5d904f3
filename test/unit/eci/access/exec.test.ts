import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fc from 'fast-check';
import { readExecFrame, resizeFrame, stdinEnd, stdinFrame } from '../../../../src/eci/access/exec-frames.ts';
import type { ExecFrame } from '../../../../src/eci/access/exec-frames.ts';
import { fitCommand } from '../../../../src/eci/access/fit-command.ts';
import type { MessageSocket } from '../../../../src/eci/access/message-socket.ts';
import { socketSession } from '../../../../src/eci/access/socket-session.ts';
import { settle } from '../../../support/fake-clock.ts';

const status = (channel: number, body: object | string): Buffer =>
  Buffer.concat([Buffer.of(channel), Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))]);

const nonZero = {
  status: 'Failure',
  reason: 'NonZeroExitCode',
  message: 'command terminated with non-zero exit code: exit status 7',
  details: { causes: [{ reason: 'ExitCode', message: '7' }] },
};

describe('a message of the socket of a command', () => {
  const cases: Record<string, [message: Buffer, frame: ExecFrame]> = {
    'is output': [Buffer.from('\x01out'), { kind: 'output', stream: 'stdout', content: Buffer.from('out') }],
    'is an error output': [Buffer.from('\x02err'), { kind: 'output', stream: 'stderr', content: Buffer.from('err') }],
    'says success': [status(3, { status: 'Success' }), { kind: 'result', result: { kind: 'exited', exitCode: 0 } }],
    'says an exit code': [status(3, nonZero), { kind: 'result', result: { kind: 'exited', exitCode: 7 } }],
    'says an exit code on the channel beside': [
      status(4, nonZero),
      { kind: 'result', result: { kind: 'exited', exitCode: 7 } },
    ],
    'says what failed': [
      status(3, { status: 'Failure', message: 'no shell' }),
      { kind: 'result', result: { kind: 'failed', message: 'no shell' } },
    ],
    'is no status': [status(3, 'hello'), { kind: 'unknown' }],
    'is null': [status(3, 'null'), { kind: 'unknown' }],
    'is a status of odd shape': [
      status(3, { status: 'Failure', message: 5, details: { causes: [null, 'x'] } }),
      { kind: 'result', result: { kind: 'failed', message: 'ECI did not say why the command failed' } },
    ],
    'is on a channel that nobody knows': [Buffer.of(9, 1, 2), { kind: 'unknown' }],
    'is empty': [Buffer.alloc(0), { kind: 'unknown' }],
  };
  for (const [what, [message, frame]] of Object.entries(cases)) {
    it(what, () => assert.deepEqual(readExecFrame(message), frame));
  }

  it('never makes the reader fail', () => {
    const hostile = fc.oneof(
      fc.uint8Array().map((bytes) => Buffer.from(bytes)),
      fc.json().map((text) => status(3, text)),
    );
    fc.assert(fc.property(hostile, (message) => void readExecFrame(message)));
  });

  it('is written as the service reads it', () => {
    assert.deepEqual(stdinFrame(Buffer.from('in')), Buffer.from('\0in'));
    assert.deepEqual(stdinEnd, Buffer.of(255, 0));
    assert.equal(String(resizeFrame({ columns: 80, rows: 24 })), '\x04{"Width":80,"Height":24}');
  });
});

describe('a command for the service', () => {
  it('stays as it is within the limits', () => {
    const command = Array.from({ length: 20 }, () => 'x'.repeat(256));
    assert.deepEqual(fitCommand(command, true), { command });
  });

  it('that is too long is told to a shell, which runs it with every byte of its words', () => {
    const words = fc.array(
      fc.string().filter((word) => !word.includes('\0')),
      { minLength: 20, maxLength: 25 },
    );
    fc.assert(
      fc.property(words, (arguments_) => {
        const fitted = fitCommand(['printf', '%s\\0', ...arguments_], false);
        assert.ok(fitted?.script !== undefined);
        const output = execFileSync(fitted.command[0] ?? '', fitted.command.slice(1), { input: fitted.script });
        assert.deepEqual(output.toString('utf8').split('\0').slice(0, -1), arguments_);
      }),
      { numRuns: 15 },
    );
  });

  it('that is too long does not fit when somebody else needs the input', () => {
    assert.equal(fitCommand(['echo', 'x'.repeat(257)], true), undefined);
    assert.equal(
      fitCommand(
        Array.from({ length: 21 }, () => 'x'),
        true,
      ),
      undefined,
    );
  });
});

/** A socket whose other end is the test. */
class FakeSocket implements MessageSocket {
  readonly sent: Buffer[] = [];
  isPaused = false;
  isClosed = false;
  receive: (message: Buffer) => void = () => {};
  end: (clean: boolean) => void = () => {};

  send(message: Buffer, sent: (error?: Error) => void): void {
    this.sent.push(message);
    sent(this.isClosed ? new Error('gone') : undefined);
  }
  onMessage(listener: (message: Buffer) => void): void {
    this.receive = listener;
  }
  onClose(listener: (clean: boolean) => void): void {
    this.end = listener;
  }
  pause(): void {
    this.isPaused = true;
  }
  resume(): void {
    this.isPaused = false;
  }
  close(): void {
    this.isClosed = true;
    this.end(false);
  }
}

describe('the session of a command', () => {
  it('hands input over to its end, and both outputs back', async () => {
    const socket = new FakeSocket();
    const session = socketSession(socket);
    session.stdin.end('in');
    socket.receive(Buffer.from('\x01out'));
    socket.receive(Buffer.from('\x02err'));
    socket.receive(status(3, nonZero));
    socket.end(true);
    assert.deepEqual(String(Buffer.concat(await session.stdout.toArray())), 'out');
    assert.deepEqual(String(Buffer.concat(await session.stderr.toArray())), 'err');
    assert.deepEqual(await session.result, { kind: 'exited', exitCode: 7 });
    assert.deepEqual(socket.sent, [Buffer.from('\0in'), Buffer.of(255, 0)]);
  });

  it('is a success when it ends in order without a word, and a failure when it breaks', async () => {
    const [quiet, broken] = [new FakeSocket(), new FakeSocket()];
    const [ended, cut] = [socketSession(quiet), socketSession(broken)];
    quiet.end(true);
    broken.end(false);
    assert.deepEqual(await ended.result, { kind: 'exited', exitCode: 0 });
    assert.equal((await cut.result).kind, 'failed');
  });

  it('keeps the status that came before the connection broke', async () => {
    const socket = new FakeSocket();
    const session = socketSession(socket);
    socket.receive(status(3, nonZero));
    socket.end(false);
    assert.deepEqual(await session.result, { kind: 'exited', exitCode: 7 });
  });

  it('stops reading while one output is full, also when the other one is not', async () => {
    const socket = new FakeSocket();
    const session = socketSession(socket);
    socket.receive(Buffer.concat([Buffer.of(1), Buffer.alloc(200_000)]));
    assert.equal(socket.isPaused, true);
    session.stderr.resume();
    socket.receive(Buffer.concat([Buffer.of(2), Buffer.alloc(200_000)]));
    await settle();
    assert.equal(socket.isPaused, true, 'the other output was taken, this one was not');
    session.stdout.resume();
    await settle();
    assert.equal(socket.isPaused, false);
  });

  it('reads on when an output is closed that nobody wants', async () => {
    const socket = new FakeSocket();
    const session = socketSession(socket);
    socket.receive(Buffer.concat([Buffer.of(1), Buffer.alloc(200_000)]));
    session.stdout.destroy();
    await settle();
    assert.equal(socket.isPaused, false);
    socket.receive(Buffer.from('\x01more'));
  });

  it('does not fail because of input for a command that has ended', async () => {
    const socket = new FakeSocket();
    const session = socketSession(socket);
    session.close();
    session.stdin.write('too late');
    assert.equal((await session.result).kind, 'failed');
  });
});
