import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Pod } from '../../../../../src/kube/types.ts';
import { PodAccessError } from '../../../../../src/node/kubelet/pod-access-error.ts';
import type { ExecRequest, LogLine } from '../../../../../src/node/kubelet/pod-access.ts';
import { FakeClock, settle } from '../../../../support/fake-clock.ts';
import { FakeExecSession } from '../../../../support/fake-exec-session.ts';
import type { SpdyClient } from '../../../../support/spdy-client.ts';
import { startStreamServer } from '../../../../support/stream-server.ts';
import type { StreamServer, StreamWorld } from '../../../../support/stream-server.ts';

const pod: Pod = {
  metadata: { name: 'web', namespace: 'default', uid: 'uid-1' },
  status: {
    containerStatuses: [
      { name: 'app', image: 'nginx', imageID: '', ready: true, restartCount: 0, state: { running: {} } },
    ],
  },
};

const all = '/exec?command=cat&input=1&output=1&error=1';

describe('a command that a client runs', () => {
  let server: StreamServer;
  let session: FakeExecSession;
  let requests: ExecRequest[];

  async function start(world: Partial<StreamWorld> = {}): Promise<void> {
    session = new FakeExecSession();
    requests = [];
    server = await startStreamServer({
      pod,
      exec: (request) => {
        requests.push(request);
        return Promise.resolve(session);
      },
      ...world,
    });
  }

  afterEach(async () => await server.close());

  async function openStreams(client: SpdyClient, types: string[]): Promise<Record<string, number>> {
    const ids: Record<string, number> = {};
    for (const streamType of types) ids[streamType] = await client.open({ streamType });
    return ids;
  }

  /** A client with its streams open. */
  async function spdy(
    path: string,
    types: string[],
    protocols = 'v4.channel.k8s.io',
  ): Promise<{ client: SpdyClient; id: (type: string) => number }> {
    const { client, body } = await server.spdy(path, protocols);
    assert.ok(client !== undefined, body);
    const ids = await openStreams(client, types);
    return { client, id: (type) => ids[type] ?? -1 };
  }

  describe('over SPDY', () => {
    it('gets its input to the end, answers on two outputs, and tells its exit code at last', async () => {
      await start();
      const { client, id } = await spdy(all, ['error', 'stdin', 'stdout', 'stderr']);
      client.write(id('stdin'), 'question', true);
      assert.equal(String(Buffer.concat(await session.stdin.toArray())), 'question');
      session.stdout.write('answer');
      session.stderr.write('grumble');
      session.end({ kind: 'exited', exitCode: 7 });
      assert.equal(String(await client.finished(id('stdout'))), 'answer');
      assert.equal(String(await client.finished(id('stderr'))), 'grumble');
      const status = JSON.parse(String(await client.finished(id('error')))) as { reason: string };
      assert.equal(status.reason, 'NonZeroExitCode');
      const asked = requests.map(({ signal: _signal, ...request }) => request);
      assert.deepEqual(asked, [{ uid: 'uid-1', container: 'app', command: ['cat'], tty: false, stdin: true }]);
      assert.equal((await client.frame('goaway')).status, 0);
    });

    it('says nothing of success to a client of an old version', async () => {
      await start();
      const path = '/exec?command=true&output=1';
      const { client, id } = await spdy(path, ['error', 'stdout'], 'v2.channel.k8s.io');
      session.end({ kind: 'exited', exitCode: 0 });
      assert.equal(String(await client.finished(id('error'))), '');
    });

    it('hears of sizes of its terminal, and has no standard error then', async () => {
      await start();
      const { client, id } = await spdy(`${all}&tty=1`, ['error', 'stdin', 'stdout', 'resize']);
      client.write(id('resize'), '{"Width":80,"Hei');
      client.write(id('resize'), 'ght":24}{"Width":100,"Height":30}');
      client.write(id('stdin'), 'x', true);
      await session.stdin.toArray();
      assert.deepEqual(session.sizes, [
        { columns: 80, rows: 24 },
        { columns: 100, rows: 30 },
      ]);
      assert.equal(requests[0]?.tty, true);
      session.end({ kind: 'exited', exitCode: 0 });
      await client.closed();
    });

    it('carries megabytes both ways byte for byte', async () => {
      await start();
      const { client, id } = await spdy(all, ['error', 'stdin', 'stdout', 'stderr']);
      const sent = randomBytes(4 * 1024 * 1024);
      session.stdin.pipe(session.stdout);
      session.stdin.on('end', () => session.end({ kind: 'exited', exitCode: 0 }));
      client.write(id('stdin'), sent, true);
      assert.equal(Buffer.compare(await client.finished(id('stdout')), sent), 0);
    });

    it('ends when the client goes', async () => {
      await start();
      const { client } = await spdy(all, ['error', 'stdin', 'stdout', 'stderr']);
      await client.until(() => client.frames.filter(({ type }) => type === 'syn-reply').length === 4);
      client.transport.destroy();
      await session.result;
      assert.equal(session.isClosed, true);
    });

    it('goes on without a client’s input when that breaks off, as at its end', async () => {
      await start();
      const { client, id } = await spdy(all, ['error', 'stdin', 'stdout', 'stderr']);
      client.write(id('stdin'), 'half');
      client.send({ type: 'rst-stream', streamId: id('stdin'), status: 5 });
      await session.stdin.toArray();
      session.end({ kind: 'exited', exitCode: 0 });
      assert.match(String(await client.finished(id('error'))), /Success/);
    });

    it('does not break the input of a client whose command reads no more', async () => {
      await start();
      const { client, id } = await spdy(all, ['error', 'stdin', 'stdout', 'stderr']);
      client.write(id('stdin'), 'some');
      await client.until(() => client.frames.filter(({ type }) => type === 'syn-reply').length === 4);
      session.stdin.destroy();
      client.write(id('stdin'), Buffer.alloc(3 * 1024 * 1024));
      session.stdout.write('done');
      session.end({ kind: 'exited', exitCode: 0 });
      assert.match(String(await client.finished(id('error'))), /Success/);
      assert.ok(!client.frames.some((frame) => frame.type === 'rst-stream' && frame.streamId === id('stdin')));
    });

    it('is refused with 403 and our versions when none is known to both', async () => {
      await start();
      const { status, headers } = await server.spdy(all, 'v9.channel.k8s.io');
      assert.equal(status, 403);
      assert.match(headers, /X-Accepted-Stream-Protocol-Versions: .*v4\.channel\.k8s\.io/);
      assert.deepEqual(requests, [], 'the command ran all the same');
    });

    it('does not begin for a client of another protocol', async () => {
      await start();
      const { status } = await server.spdy(all, 'v4.channel.k8s.io', 'h2c');
      assert.equal(status, 400);
      assert.deepEqual(requests, []);
    });

    it('says with the status of the answer why it cannot be started', async () => {
      await start({
        exec: () => Promise.reject(new PodAccessError('OutOfBudget', 'too many calls', { httpStatus: 429 })),
      });
      const { status, body } = await server.spdy(all, 'v4.channel.k8s.io');
      assert.equal(status, 429);
      assert.match(body, /too many calls/);
      assert.equal((await server.spdy('/exec?command=ls', 'v4.channel.k8s.io')).status, 400);
      assert.equal((await server.spdy('/exec?output=1', 'v4.channel.k8s.io')).status, 400);
    });

    it('is ended when the client does not open its streams in time', async () => {
      const clock = new FakeClock();
      await start({ clock });
      const { client } = await spdy(all, ['error', 'stdin']);
      await client.until(() => client.frames.filter(({ type }) => type === 'syn-reply').length === 2);
      await clock.advance(29_000);
      assert.equal(session.isClosed, false);
      await clock.advance(1_000);
      await client.frame('goaway');
      await clock.advance(400);
      await client.closed();
      assert.equal(session.isClosed, true);
    });

    it('stays for hours while there is something to say, and ends after four without', async () => {
      const clock = new FakeClock();
      await start({ clock });
      const { client, id } = await spdy(all, ['error', 'stdin', 'stdout', 'stderr']);
      await client.until(() => client.frames.filter(({ type }) => type === 'syn-reply').length === 4);
      await clock.advance(30 * 60_000);
      assert.equal(session.isClosed, false, 'an idle shell of 30 minutes was cut');
      for (let hour = 0; hour < 6; hour += 1) {
        session.stdout.write('.');
        await client.until(() => client.text(id('stdout')).length === hour + 1);
        await clock.advance(3_600_000);
      }
      assert.equal(session.isClosed, false);
      await clock.advance(3 * 3_600_000);
      await client.frame('goaway');
      await clock.advance(400);
      await client.closed();
      await session.result;
      assert.equal(session.isClosed, true);
    });
  });

  describe('over a WebSocket', () => {
    it('shows that it is connected, and carries input, both outputs and the status in channels', async () => {
      await start();
      const client = await server.webSocket(all, ['v4.channel.k8s.io']);
      assert.equal(client.socket.protocol, 'v4.channel.k8s.io');
      await client.until(() => client.messages.length === 1);
      assert.deepEqual(client.messages[0], Buffer.of(1));
      client.send(0, 'question');
      const [chunk] = (await once(session.stdin, 'data')) as [Buffer];
      assert.equal(String(chunk), 'question');
      session.stdout.write('answer');
      session.stderr.write('grumble');
      session.end({ kind: 'exited', exitCode: 3 });
      assert.equal(await client.closed(), 1000);
      assert.deepEqual([client.text(1), client.text(2)], ['answer', 'grumble']);
      assert.match(client.text(3), /"NonZeroExitCode".*"3"/);
      assert.equal(client.messages.at(-1)?.[0], 3);
    });

    it('gets the end of its input with v5 only', async () => {
      await start();
      const client = await server.webSocket(all, ['v5.channel.k8s.io', 'v4.channel.k8s.io']);
      client.send(0, 'all');
      client.socket.send(Buffer.of(255, 0));
      assert.equal(String(Buffer.concat(await session.stdin.toArray())), 'all');
      session.end({ kind: 'exited', exitCode: 0 });
      await client.closed();
    });

    it('ignores what it does not know, and the sizes that make no sense', async () => {
      await start();
      const client = await server.webSocket(`${all}&tty=1`, ['v4.channel.k8s.io']);
      client.socket.send(Buffer.of(255, 0));
      client.send(9, 'what?');
      client.socket.send(Buffer.alloc(0));
      client.send(4, '{"Width":"wide"}');
      client.send(4, '{"Width":80,"Height":24}');
      client.send(0, 'x');
      await once(session.stdin, 'data');
      assert.deepEqual(session.sizes, [{ columns: 80, rows: 24 }]);
      session.end({ kind: 'exited', exitCode: 0 });
      assert.equal(await client.closed(), 1000);
    });

    it('speaks base64 and the old versions, named or not', async () => {
      for (const protocols of [['v4.base64.channel.k8s.io'], ['base64.channel.k8s.io'], ['channel.k8s.io'], []]) {
        await start();
        const client = await server.webSocket(all, protocols);
        const isBase64 = protocols[0]?.includes('base64') ?? false;
        client.socket.send(isBase64 ? `0${btoa('in')}` : Buffer.from('\0in'));
        const [chunk] = (await once(session.stdin, 'data')) as [Buffer];
        assert.equal(String(chunk), 'in');
        session.stdout.write('out');
        session.end({ kind: 'exited', exitCode: 1 });
        await client.closed();
        const out = client.messages.map(String).filter((message) => message.length > 1);
        assert.equal(out[0], isBase64 ? `1${btoa('out')}` : '\x01out');
        const end = out[1] ?? '';
        const told = isBase64 ? atob(end.slice(1)) : end.slice(1);
        const isStatus = protocols[0]?.startsWith('v4') ?? false;
        assert.match(told, isStatus ? /^\{.*NonZeroExitCode/ : /^command terminated with non-zero exit code/);
        await server.close();
      }
      await start();
    });

    it('ends when the client goes', async () => {
      await start();
      const client = await server.webSocket(all, ['v5.channel.k8s.io']);
      client.socket.terminate();
      await session.result;
      assert.equal(session.isClosed, true);
    });

    it('holds a client up whose input nobody reads, for as long as it takes', async () => {
      const clock = new FakeClock();
      await start({ clock });
      const client = await server.webSocket(all, ['v5.channel.k8s.io']);
      const sent = randomBytes(8 * 1024 * 1024);
      for (let at = 0; at < sent.length; at += 65_536) client.send(0, sent.subarray(at, at + 65_536));
      await settle();
      // Pings go unanswered all the while, because nothing is read.
      await clock.advance(10 * 60_000);
      assert.equal(session.isClosed, false);
      assert.ok(session.stdin.readableLength < 1024 * 1024, `${session.stdin.readableLength} bytes wait`);
      client.socket.send(Buffer.of(255, 0));
      assert.equal(Buffer.compare(Buffer.concat(await session.stdin.toArray()), sent), 0);
      session.end({ kind: 'exited', exitCode: 0 });
      await client.closed();
    });

    it('is refused when no version is known to both', async () => {
      await start();
      await assert.rejects(server.webSocket(all, ['v9.channel.k8s.io']), /Unexpected server response: 4\d\d/);
      assert.deepEqual(requests, [], 'the command ran all the same');
    });
  });

  describe('as an attachment', () => {
    async function* lines(...texts: string[]): AsyncGenerator<readonly LogLine[]> {
      for (const text of texts) yield await Promise.resolve([{ timestamp: '2026-01-01T00:00:00Z', text }]);
    }

    it('shows the log until the container ends', async () => {
      await start({ followLog: () => lines('one', 'two') });
      const client = await server.webSocket('/attach?output=1&error=1', ['v4.channel.k8s.io']);
      await client.closed();
      assert.equal(client.text(1), 'one\ntwo\n');
      assert.match(client.text(3), /Success/);
    });

    it('stops following when the client goes', async () => {
      const stopped = Promise.withResolvers<void>();
      await start({
        followLog: async function* follow(signal) {
          yield [{ timestamp: '', text: 'one' }];
          await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
          stopped.resolve();
        },
      });
      const client = await server.webSocket('/attach?output=1', ['v4.channel.k8s.io']);
      await client.until(() => client.text(1) === 'one\n');
      client.socket.terminate();
      await stopped.promise;
    });

    it('is refused with input, which could not get there', async () => {
      await start();
      const { status, body } = await server.spdy('/attach?input=1&output=1', 'v4.channel.k8s.io');
      assert.equal(status, 501);
      assert.match(body, /no way to the standard input/);
    });
  });

  describe('by /run', () => {
    it('answers with both outputs once it has ended well', async () => {
      await start();
      session.stdout.write('out');
      session.end({ kind: 'exited', exitCode: 0 });
      assert.deepEqual(await server.post('/run?cmd=ls+-l'), { status: 200, body: 'out' });
      assert.deepEqual(requests[0]?.command, ['ls', '-l']);
    });

    it('never answers 200 for a command that failed', async () => {
      await start();
      session.stderr.write('no such file');
      session.end({ kind: 'exited', exitCode: 2 });
      const { status, body } = await server.post('/run?cmd=ls');
      assert.equal(status, 500);
      assert.match(body, /exit code 2\nno such file/);
      assert.equal((await server.post('/run?cmd=')).status, 400);
    });

    it('gives up on output that it would have to hold', async () => {
      await start();
      session.stdout.write(Buffer.alloc(9 * 1024 * 1024));
      const { status, body } = await server.post('/run?cmd=yes');
      assert.equal(status, 500);
      assert.match(body, /use exec/);
      assert.equal(session.isClosed, true);
    });

    it('is the only one without an upgrade', async () => {
      await start();
      assert.equal((await server.post('/exec?command=ls&output=1')).status, 400);
    });
  });
});
