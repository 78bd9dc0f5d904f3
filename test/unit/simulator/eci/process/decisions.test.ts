import assert from 'node:assert/strict';
import { gatewayOf, isInside } from '../../../../../simulator/eci/process/cidr.ts';
import { containerCommand } from '../../../../../simulator/eci/process/container-command.ts';
import { exitCodeOf } from '../../../../../simulator/eci/process/exit-code.ts';
import { createLineSplitter } from '../../../../../simulator/eci/process/line-splitter.ts';
import { groupNetworkNames, ownedNames } from '../../../../../simulator/eci/process/owned-names.ts';
import { privilegeArguments } from '../../../../../simulator/eci/process/privileges.ts';
import { countResult, untriedProbe } from '../../../../../simulator/eci/process/probe-state.ts';
import { postStartCheck, preStopCheck, probeCheck } from '../../../../../simulator/eci/process/requested-checks.ts';
import { shellWords } from '../../../../../simulator/eci/process/shell-words.ts';
import { terminationMessage } from '../../../../../simulator/eci/process/termination-message.ts';
import { findTools } from '../../../../../simulator/eci/process/tools.ts';

const requested = { Name: 'main', Image: 'nginx' };

describe('the command of a simulated container', () => {
  const image = { entrypoint: ['/entry'], cmd: ['serve'] };
  const cases: Record<string, { Command?: string[]; Arg?: string[]; image?: typeof image; expected: string[] }> = {
    'is entrypoint and command of the image': { image, expected: ['/entry', 'serve'] },
    'keeps the entrypoint when only arguments are given': { image, Arg: ['x'], expected: ['/entry', 'x'] },
    'drops both when a command is given': { image, Command: ['run'], expected: ['run'] },
    'is command and arguments when both are given': { image, Command: ['run'], Arg: ['x'], expected: ['run', 'x'] },
    'is the arguments alone when the image says nothing': { Arg: ['x'], expected: ['x'] },
  };
  for (const [title, { image: given, expected, ...asked }] of Object.entries(cases)) {
    it(title, () => assert.deepEqual(containerCommand(asked, given), expected));
  }
  it('waits when nobody says anything', () => assert.match(containerCommand({}).join(' '), /trap "exit 0" TERM/));
});

describe('the network of simulated groups', () => {
  it('has its gateway at the third last address, which no group gets', () => {
    assert.equal(gatewayOf('192.168.0.0/24'), '192.168.0.253');
    assert.equal(gatewayOf('192.168.64.0/18'), '192.168.127.253');
  });
  it('knows what is inside a block', () => {
    assert.ok(isInside('192.168.63.255', '192.168.0.0/18'));
    assert.ok(!isInside('192.168.64.0', '192.168.0.0/18'));
    assert.ok(!isInside('191.255.255.255', '192.168.0.0/18'));
  });
  it('has names that are short enough for the largest process id', () => {
    const { bridge } = ownedNames(4_194_304);
    const { link, namespace } = groupNetworkNames(4_194_304, 9_999_999);
    assert.ok(bridge.length <= 15 && link.length <= 15, `${bridge} ${link}`);
    assert.ok(namespace.startsWith(ownedNames(4_194_304).namespacePrefix));
  });
});

describe('lines of an output', () => {
  const split = (...chunks: (string | Buffer)[]): string[] => {
    const lines: string[] = [];
    const splitter = createLineSplitter((line) => lines.push(line));
    for (const chunk of chunks) splitter.write(Buffer.from(chunk));
    splitter.end();
    return lines;
  };
  const euro = Buffer.from('€');
  const cases: Record<string, { chunks: (string | Buffer)[]; expected: string[] }> = {
    'are put together from pieces': { chunks: ['on', 'e\ntw', 'o\n'], expected: ['one', 'two'] },
    'keep characters that were cut in two': { chunks: [euro.subarray(0, 1), euro.subarray(1), '\n'], expected: ['€'] },
    'may be empty': { chunks: ['\n\na\n'], expected: ['', '', 'a'] },
    'need no end at the end': { chunks: ['a\nb'], expected: ['a', 'b'] },
    'are none of nothing': { chunks: [], expected: [] },
  };
  for (const [title, { chunks, expected }] of Object.entries(cases)) {
    it(title, () => assert.deepEqual(split(...chunks), expected));
  }
  it('are ended when they never end', () => {
    assert.deepEqual(
      split('x'.repeat(600 * 1024)).map(({ length }) => length),
      [256 * 1024, 256 * 1024, 88 * 1024],
    );
  });
});

describe('the verdict of a probe', () => {
  const cases: Record<string, { results: boolean[]; probe?: object; expected: string | undefined }> = {
    'is open at first': { results: [], expected: undefined },
    'passes with the first success': { results: [true], expected: 'passing' },
    'passes with as many successes in a row as asked for': {
      results: [true, false, true, true],
      probe: { SuccessThreshold: 2 },
      expected: 'passing',
    },
    'stays open until the third failure in a row': { results: [false, false], expected: undefined },
    'fails with the third failure in a row': { results: [true, false, false, false], expected: 'failing' },
    'stays passing through a failure or two': { results: [true, false, false], expected: 'passing' },
  };
  for (const [title, { results, probe = {}, expected }] of Object.entries(cases)) {
    it(title, () => {
      const state = results.reduce((before, result) => countResult(before, result, probe), untriedProbe);
      assert.equal(state.verdict, expected);
    });
  }
});

describe('checks of a simulated container', () => {
  it('go to the address of the group unless they name another', () => {
    assert.deepEqual(probeCheck({ TcpSocket: { Port: 80 } }, '10.0.0.1'), { tcp: { host: '10.0.0.1', port: 80 } });
    assert.deepEqual(probeCheck({ HttpGet: { Port: 443, Scheme: 'HTTPS', Path: 'ready' } }, '10.0.0.1'), {
      http: { host: '10.0.0.1', port: 443, path: '/ready', isTls: true, headers: {} },
    });
    const handler = {
      LifecyclePreStopHandlerHttpGetHost: 'db',
      LifecyclePreStopHandlerHttpGetPort: 80,
      LifecyclePreStopHandlerHttpGetHttpHeader: [{ Name: 'x-a', Value: 'b' }],
    };
    assert.deepEqual(preStopCheck({ ...requested, ...handler }, '10.0.0.1'), {
      http: { host: 'db', port: 80, path: '/', isTls: false, headers: { 'x-a': 'b' } },
    });
  });
  it('are none when nothing is asked for', () => {
    assert.equal(probeCheck({}, '10.0.0.1'), undefined);
    assert.equal(postStartCheck(requested, '10.0.0.1'), undefined);
  });
});

describe('the message of an ended container', () => {
  const lines = ['first', 'last'].map((text, nanoseconds) => ({ atMs: 0, nanoseconds, text }));
  const policy = 'FallbackToLogsOnError';
  const cases: Record<string, { file: string; policy?: string; exitCode: number; expected: string }> = {
    'is its file': { file: 'why', exitCode: 0, expected: 'why' },
    'is its file before its log': { file: 'why', policy, exitCode: 1, expected: 'why' },
    'is its log when it failed and that was asked for': { file: '', policy, exitCode: 1, expected: 'first\nlast\n' },
    'is nothing when it succeeded': { file: '', policy, exitCode: 0, expected: '' },
    'is nothing when its log was not asked for': { file: '', exitCode: 1, expected: '' },
    'is cut at four kilobytes': { file: 'x'.repeat(5000), exitCode: 0, expected: 'x'.repeat(4096) },
  };
  for (const [title, { file, policy: asked, exitCode, expected }] of Object.entries(cases)) {
    it(title, () => assert.equal(terminationMessage(Buffer.from(file), { policy: asked, exitCode, lines }), expected));
  }
});

describe('privileges of a simulated container', () => {
  it('are those of Docker, and what is asked for on top', () => {
    const [plain = ''] = privilegeArguments(requested);
    assert.match(plain, /^--bounding-set=-all,.*\+net_bind_service/);
    assert.doesNotMatch(plain, /sys_admin|net_admin/);
    const [added = ''] = privilegeArguments({ ...requested, SecurityContext: { Capability: { Add: ['NET_ADMIN'] } } });
    assert.match(added, /\+net_admin/);
  });
  it('are not limited when it is privileged', () => {
    assert.deepEqual(privilegeArguments({ ...requested, SecurityContextPrivileged: true }), []);
  });
});

describe('running containers', () => {
  it('tells in one line all that is missing', () => {
    assert.throws(
      () => findTools({ platform: 'darwin', userId: 501 }),
      /^Error: containers cannot be run here; missing: Linux, not darwin, the rights of root[^\n]*$/,
    );
  });
  it('tells signals as a shell does', () => {
    assert.deepEqual([exitCodeOf(3, null), exitCodeOf(null, 'SIGKILL'), exitCodeOf(null, 'SIGTERM')], [3, 137, 143]);
  });
  it('quotes words so that they mean nothing to a shell', () => {
    assert.equal(shellWords([`it's`, '$HOME']), `'it'\\''s' '$HOME'`);
  });
});
