import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { ExecResult } from '../../../../../src/node/kubelet/pod-access.ts';
import { commandResult } from '../../../../../src/node/kubelet/streaming/command-result.ts';
import { expectedStreams } from '../../../../../src/node/kubelet/streaming/spdy-client-streams.ts';
import {
  parseCommand,
  parseRunCommand,
  parseStreamParameters,
} from '../../../../../src/node/kubelet/streaming/stream-parameters.ts';
import {
  chooseProtocol,
  remoteCommandVersion,
  spdyVersions,
} from '../../../../../src/node/kubelet/streaming/stream-protocols.ts';
import { TerminalSizes } from '../../../../../src/node/kubelet/streaming/terminal-sizes.ts';

describe('what a client asks of a command', () => {
  const asked: Record<string, [query: string, expected: string]> = {
    'input and both outputs': ['input=1&output=1&error=1', 'stdin stdout stderr'],
    'words instead of digits': ['output=true', 'stdout'],
    'a terminal, which has one output': ['input=1&output=1&error=1&tty=1', 'stdin stdout tty'],
    'errors of a terminal only': ['error=1&tty=1', 'tty'],
    'what is off': ['input=0&output=1&error=false', 'stdout'],
  };
  for (const [what, [query, expected]] of Object.entries(asked)) {
    it(`reads ${what}`, () => {
      const read = Object.entries(parseStreamParameters(new URLSearchParams(query)));
      assert.equal(read.flatMap(([name, isOn]) => (isOn ? [name] : [])).join(' '), expected);
    });
  }

  it('is refused when it is nothing', () => {
    for (const query of ['', 'tty=1', 'input=0&output=&error=no']) {
      assert.throws(() => parseStreamParameters(new URLSearchParams(query)), { httpStatus: 400 });
    }
  });

  it('keeps the words of a command, and asks for one', () => {
    assert.deepEqual(parseCommand(new URLSearchParams('command=sh&command=-c&command=a+b')), ['sh', '-c', 'a b']);
    assert.throws(() => parseCommand(new URLSearchParams('')), { httpStatus: 400 });
    assert.deepEqual(parseRunCommand(new URLSearchParams('cmd=ls++-l')), ['ls', '-l']);
    assert.throws(() => parseRunCommand(new URLSearchParams('cmd=+')), { httpStatus: 400 });
  });

  it('says which streams come over SPDY', () => {
    const all = { stdin: true, stdout: true, stderr: true, tty: false };
    const v4 = remoteCommandVersion('v4.channel.k8s.io');
    assert.deepEqual(expectedStreams(all, v4), ['error', 'stdin', 'stdout', 'stderr']);
    const terminal = { ...all, stderr: false, tty: true };
    assert.deepEqual(expectedStreams(terminal, v4), ['error', 'stdin', 'stdout', 'resize']);
    const old = remoteCommandVersion('v2.channel.k8s.io');
    assert.deepEqual(expectedStreams(terminal, old), ['error', 'stdin', 'stdout']);
  });
});

describe('the protocol of a stream', () => {
  const cases: Record<string, [header: string | undefined, chosen: string | undefined]> = {
    'is the first of the client’s that is known': [
      'v9.channel.k8s.io, v4.channel.k8s.io,v3.channel.k8s.io',
      'v4.channel.k8s.io',
    ],
    'is the oldest where the client names none': [undefined, 'channel.k8s.io'],
    'is the oldest where the header is empty': ['', 'channel.k8s.io'],
    'is none where nothing is known': ['v9.channel.k8s.io', undefined],
    'is not guessed from parts of names': ['4.channel.k8s.io', undefined],
  };
  for (const [what, [header, chosen]] of Object.entries(cases)) {
    it(what, () => assert.equal(chooseProtocol(header, spdyVersions, 'channel.k8s.io'), chosen));
  }
});

describe('the result of a command', () => {
  const cases: Record<string, [result: ExecResult, status: object, text: string | undefined]> = {
    success: [{ kind: 'exited', exitCode: 0 }, { metadata: {}, status: 'Success' }, undefined],
    'an exit code': [
      { kind: 'exited', exitCode: 42 },
      {
        metadata: {},
        status: 'Failure',
        reason: 'NonZeroExitCode',
        message: 'command terminated with non-zero exit code: exit status 42',
        details: { causes: [{ reason: 'ExitCode', message: '42' }] },
      },
      'command terminated with non-zero exit code: exit status 42',
    ],
    'a failure': [
      { kind: 'failed', message: 'no such file' },
      { metadata: {}, status: 'Failure', reason: 'InternalError', code: 500, message: 'no such file' },
      'no such file',
    ],
  };
  for (const [what, [result, status, text]] of Object.entries(cases)) {
    it(`tells ${what} as a Status from v4 on, as text before`, () => {
      assert.deepEqual(JSON.parse(commandResult(result, 'status') ?? ''), status);
      assert.equal(commandResult(result, 'text'), text);
    });
  }
});

describe('sizes of a terminal', () => {
  it('are read wherever the pieces are cut', () => {
    const size = fc.record({ columns: fc.nat(65_535), rows: fc.nat(65_535) }, { noNullPrototype: true });
    fc.assert(
      fc.property(fc.array(size), fc.array(fc.nat(), { maxLength: 20 }), (sizes, cuts) => {
        const text = sizes.map(({ columns, rows }) => JSON.stringify({ Width: columns, Height: rows })).join('');
        const at = [0, ...cuts.map((cut) => cut % (text.length + 1)).sort((a, b) => a - b), text.length];
        const reader = new TerminalSizes();
        assert.deepEqual(
          at.slice(1).flatMap((end, index) => reader.push(text.slice(at[index], end))),
          sizes,
        );
      }),
    );
  });

  it('leave nonsense out and keep no more than a little of it', () => {
    const reader = new TerminalSizes();
    assert.deepEqual(reader.push('{"Width":-1,"Height":2}{"Width":1.5,"Height":2}{}null}'), []);
    for (let turn = 0; turn < 100; turn += 1) assert.deepEqual(reader.push('x'.repeat(1000)), []);
    assert.deepEqual(reader.push('}{"Width":80,"Height":24}'), [{ columns: 80, rows: 24 }]);
  });
});
