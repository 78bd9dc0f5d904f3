import assert from 'node:assert/strict';
import { finished } from 'node:stream/promises';
import { constants, deflateSync } from 'node:zlib';
import * as fc from 'fast-check';
import { headerDictionary } from '../../../../../src/node/kubelet/spdy/dictionary.ts';
import { SpdySession } from '../../../../../src/node/kubelet/spdy/spdy-session.ts';
import type { SpdyStream } from '../../../../../src/node/kubelet/spdy/spdy-stream.ts';
import { FakeClock, settle } from '../../../../support/fake-clock.ts';
import { SpdyClient, connection } from '../../../../support/spdy-client.ts';

interface Pair {
  clock: FakeClock;
  client: SpdyClient;
  session: SpdySession;
  streams: SpdyStream[];
}

function connect(options: { maxStreams?: number; accept?: (stream: SpdyStream) => boolean } = {}): Pair {
  const clock = new FakeClock();
  const { client, server } = connection();
  const streams: SpdyStream[] = [];
  const session = new SpdySession({
    transport: server,
    head: Buffer.alloc(0),
    clock,
    maxStreams: options.maxStreams ?? 10,
    onStream: (stream) => {
      streams.push(stream);
      return options.accept?.(stream) ?? true;
    },
  });
  return { clock, client: new SpdyClient(client), session, streams };
}

/** The stream with this index, once the session has opened it. */
async function stream({ streams, client }: Pair, index: number): Promise<SpdyStream> {
  await client.until(() => streams.length > index);
  const found = streams[index];
  assert.ok(found !== undefined);
  return found;
}

describe('An SPDY session', () => {
  it('answers a stream and carries bytes both ways, each side ending for itself', async () => {
    const pair = connect();
    const id = await pair.client.open({ streamType: 'data', port: '80' });
    const reply = await pair.client.frame('syn-reply');
    assert.deepEqual(await pair.client.decompress(reply.headerBlock), Buffer.alloc(4));
    const opened = await stream(pair, 0);
    assert.deepEqual(
      [...opened.headers],
      [
        ['streamtype', 'data'],
        ['port', '80'],
      ],
    );

    pair.client.write(id, 'question', true);
    assert.deepEqual(await opened.toArray(), [Buffer.from('question')]);
    opened.end('answer');
    assert.equal(String(await pair.client.finished(id)), 'answer');
    await finished(opened);
    assert.ok(!pair.client.frames.some((frame) => frame.type === 'rst-stream'));
    pair.client.transport.destroy();
  });

  it('carries any bytes of several streams at once, without mixing them', async () => {
    const payloads = fc.array(fc.uint8Array({ minLength: 1, maxLength: 3000 }), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(fc.array(payloads, { minLength: 1, maxLength: 4 }), async (perStream) => {
        const pair = connect({
          accept: (opened) => {
            opened.pipe(opened);
            return true;
          },
        });
        const ids: number[] = [];
        for (const _ of perStream) ids.push(await pair.client.open({}));
        for (let turn = 0; turn < 6; turn += 1) {
          for (const [index, id] of ids.entries()) {
            const payload = perStream[index]?.[turn];
            if (payload !== undefined) pair.client.write(id, Buffer.from(payload));
          }
        }
        for (const id of ids) pair.client.write(id, '', true);
        for (const [index, id] of ids.entries()) {
          assert.deepEqual(await pair.client.finished(id), Buffer.concat(perStream[index] ?? []));
        }
        pair.client.transport.destroy();
      }),
      { numRuns: 30 },
    );
  });

  it('echoes the client’s pings, and no others', async () => {
    const { client } = connect();
    client.send({ type: 'ping', id: 2 });
    client.send({ type: 'ping', id: 7 });
    assert.deepEqual(await client.frame('ping'), { type: 'ping', id: 7 });
  });

  it('gives windows back as data is read: for the stream and for the session', async () => {
    const pair = connect();
    const id = await pair.client.open({});
    const opened = await stream(pair, 0);
    pair.client.write(id, Buffer.alloc(40_000));
    await settle();
    assert.ok(!pair.client.frames.some((frame) => frame.type === 'window-update'), 'given back before it was read');
    opened.resume();
    await pair.client.until(() => pair.client.frames.filter((frame) => frame.type === 'window-update').length === 2);
    const updates = pair.client.frames.filter((frame) => frame.type === 'window-update');
    assert.deepEqual(
      new Map(updates.map(({ streamId, delta }) => [streamId, delta])),
      new Map([
        [0, 40_000],
        [id, 40_000],
      ]),
    );
  });

  it('stops reading while nobody takes what arrives, and goes on afterwards', async () => {
    const pair = connect();
    const id = await pair.client.open({});
    const opened = await stream(pair, 0);
    const total = 8 * 1024 * 1024;
    for (let sent = 0; sent < total; sent += 65_536)
      pair.client.write(id, Buffer.alloc(65_536), sent + 65_536 === total);
    await settle();
    assert.ok(pair.client.transport.writableLength > total / 2, `${pair.client.transport.writableLength} bytes wait`);
    let read = 0;
    for await (const chunk of opened) read += (chunk as Buffer).length;
    assert.equal(read, total);
  });

  it('makes a writer wait for a client that does not read', async () => {
    const pair = connect();
    await pair.client.open({});
    const opened = await stream(pair, 0);
    pair.client.transport.pause();
    let written = 0;
    const writing = (async () => {
      for (let turn = 0; turn < 200; turn += 1) {
        if (!opened.write(Buffer.alloc(65_536))) await new Promise((resolve) => opened.once('drain', resolve));
        written += 1;
      }
    })();
    for (let turn = 0; turn < 50; turn += 1) await settle();
    assert.ok(written < 20, `${written} of 200 chunks were taken`);
    pair.client.transport.resume();
    await writing;
  });

  it('does not pile up answers for a client that only asks', async () => {
    const { client } = connect();
    client.transport.pause();
    for (let id = 1; id < 60_000; id += 2) client.send({ type: 'ping', id });
    for (let turn = 0; turn < 50; turn += 1) await settle();
    assert.ok(client.transport.writableLength > 100_000, 'it went on reading');
    client.transport.destroy();
  });

  it('refuses streams above the limit, and takes new ones when others are over', async () => {
    const pair = connect({ maxStreams: 1 });
    const first = await pair.client.open({});
    const second = await pair.client.open({});
    assert.deepEqual(await pair.client.frame('rst-stream'), { type: 'rst-stream', streamId: second, status: 3 });
    pair.client.write(first, '', true);
    const opened = await stream(pair, 0);
    opened.resume().end();
    await pair.client.finished(first);
    await settle();
    const third = await pair.client.open({});
    await pair.client.until(() => pair.client.frames.filter((frame) => frame.type === 'syn-reply').length === 2);
    assert.ok(!pair.client.frames.some((frame) => frame.type === 'rst-stream' && frame.streamId === third));
  });

  it('closes a stream without an end when the client resets it, and keeps the session', async () => {
    const pair = connect();
    const id = await pair.client.open({});
    const opened = await stream(pair, 0);
    pair.client.write(id, 'half');
    pair.client.send({ type: 'rst-stream', streamId: id, status: 5 });
    await assert.rejects(opened.toArray(), { code: 'ERR_STREAM_PREMATURE_CLOSE' });
    opened.write('too late');
    await pair.client.open({});
    await stream(pair, 1);
    assert.equal(pair.session.closed.aborted, false);
  });

  it('resets a stream that its owner destroys', async () => {
    const pair = connect();
    const id = await pair.client.open({});
    (await stream(pair, 0)).destroy();
    assert.deepEqual(await pair.client.frame('rst-stream'), { type: 'rst-stream', streamId: id, status: 5 });
    pair.client.write(id, 'was on the way');
    pair.client.send({ type: 'ping', id: 1 });
    await pair.client.frame('ping');
    assert.equal(pair.client.frames.filter((frame) => frame.type === 'rst-stream').length, 1);
  });

  it('resets what sends after its end, and data of streams that never were', async () => {
    const pair = connect();
    const id = await pair.client.open({}, { fin: true });
    pair.client.write(id, 'more');
    assert.deepEqual(await pair.client.frame('rst-stream'), { type: 'rst-stream', streamId: id, status: 9 });
    pair.client.write(99, 'who?');
    await pair.client.until(() =>
      pair.client.frames.some((frame) => frame.type === 'rst-stream' && frame.status === 2),
    );
  });

  const broken: Record<string, (client: SpdyClient) => Promise<void> | void> = {
    'speaks another version': (client) => void client.transport.write(Buffer.from([0x80, 2, 0, 1, 0, 0, 0, 0])),
    'repeats a stream id': async (client) => {
      await client.open({}, { id: 3 });
      await client.open({}, { id: 3 });
    },
    'opens a stream with an even id': async (client) => void (await client.open({}, { id: 2 })),
    'sends headers that do not decompress': (client) =>
      client.send({
        type: 'syn-stream',
        streamId: 1,
        fin: false,
        unidirectional: false,
        headerBlock: Buffer.from('no'),
      }),
    'sends headers that decompress to megabytes': (client) => {
      const headerBlock = deflateSync(Buffer.alloc(8_000_000), {
        dictionary: headerDictionary,
        finishFlush: constants.Z_SYNC_FLUSH,
      });
      client.send({ type: 'syn-stream', streamId: 1, fin: false, unidirectional: false, headerBlock });
    },
  };
  for (const [what, act] of Object.entries(broken)) {
    it(`says goodbye to a client that ${what}`, async () => {
      const { client, clock, session } = connect();
      await act(client);
      assert.equal((await client.frame('goaway')).status, 1);
      for (let turn = 0; turn < 5 && !session.closed.aborted; turn += 1) await clock.advance(200);
      await client.closed();
      assert.equal(session.closed.aborted, true);
    });
  }

  it('survives garbage after a good start', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 300 }), async (garbage) => {
        const pair = connect();
        await pair.client.open({ streamType: 'error' });
        const opened = await stream(pair, 0);
        pair.client.transport.write(Buffer.from(garbage));
        await settle();
        pair.client.transport.destroy();
        for (let turn = 0; turn < 3; turn += 1) await pair.clock.advance(200);
        assert.equal(pair.session.closed.aborted, true);
        assert.equal(opened.destroyed, true);
      }),
      { numRuns: 100 },
    );
  });

  it('ends its streams when the connection breaks', async () => {
    const pair = connect();
    await pair.client.open({});
    const opened = await stream(pair, 0);
    pair.client.transport.destroy();
    await assert.rejects(opened.toArray(), { code: 'ERR_STREAM_PREMATURE_CLOSE' });
    assert.equal(pair.session.closed.aborted, true);
  });

  it('says goodbye, waits a moment for proxies, then ends the connection', async () => {
    const pair = connect();
    const id = await pair.client.open({});
    (await stream(pair, 0)).end('last words');
    await pair.client.finished(id);
    const closing = pair.session.close();
    assert.equal((await pair.client.frame('goaway')).status, 0);
    assert.equal(pair.client.ended, false);
    await pair.clock.advance(400);
    await pair.client.closed();
    await closing;
    assert.equal(pair.clock.sleeping(), 0);
  });
});
