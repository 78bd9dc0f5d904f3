import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { duplexPair } from 'node:stream';
import type { Duplex } from 'node:stream';
import type { AddressInfo, Socket } from 'node:net';
import { WebSocket, WebSocketServer, createWebSocketStream } from 'ws';
import { forwardSpdy } from '../../../../../src/node/kubelet/port-forward/forward-spdy.ts';
import type { ForwardOptions } from '../../../../../src/node/kubelet/port-forward/forward-spdy.ts';
import { forwardWebSocket } from '../../../../../src/node/kubelet/port-forward/forward-web-socket.ts';
import { FakeClock, settle } from '../../../../support/fake-clock.ts';
import { SpdyClient, connection } from '../../../../support/spdy-client.ts';
import { WebSocketClient } from '../../../../support/web-socket-client.ts';

/** The Pod's end of connections: one port echoes in capitals, any other refuses. */
function pods(): { options: (clock: FakeClock) => ForwardOptions; opened: Duplex[] } {
  const opened: Duplex[] = [];
  const dial = (port: number): Promise<Socket> => {
    if (port !== 80) return Promise.reject(new Error('ECONNREFUSED'));
    const [ours, theirs] = duplexPair();
    opened.push(theirs);
    theirs.on('data', (chunk: Buffer) => theirs.write(String(chunk).toUpperCase()));
    theirs.on('end', () => theirs.end('BYE'));
    return Promise.resolve(ours as Socket);
  };
  return {
    opened,
    options: (clock) => ({
      podName: 'web',
      dial,
      clock,
      timeouts: { idleTimeoutMs: 14_400_000, creationTimeoutMs: 30_000 },
    }),
  };
}

async function open(client: SpdyClient, port: string, requestid: string): Promise<{ error: number; data: number }> {
  const error = await client.open({ streamType: 'error', port, requestid }, { fin: true });
  return { error, data: await client.open({ streamType: 'data', port, requestid }) };
}

describe('a port-forward over SPDY', () => {
  /** The same session over a connection of its own and inside a WebSocket. */
  const carriers: Record<string, () => Promise<{ client: Duplex; server: Duplex }>> = {
    'on its own': () => Promise.resolve(connection()),
    'inside a WebSocket': async () => {
      const { client, server } = await webSocketPair();
      return { client: createWebSocketStream(client), server: createWebSocketStream(server) };
    },
  };
  for (const [how, carrier] of Object.entries(carriers)) {
    it(`carries connections one beside the other, each to its own end, ${how}`, async () => {
      const { client: near, server: far } = await carrier();
      const clock = new FakeClock();
      const session = forwardSpdy(far, Buffer.alloc(0), pods().options(clock));
      const client = new SpdyClient(near);
      const [one, two] = [await open(client, '80', '0'), await open(client, '80', '1')];
      client.write(one.data, 'first');
      client.write(two.data, 'second', true);
      assert.equal(String(await client.finished(two.data)), 'SECONDBYE');
      assert.equal(String(await client.finished(two.error)), '');
      client.write(one.data, ' goes on', true);
      assert.equal(String(await client.finished(one.data)), 'FIRST GOES ONBYE');
      assert.equal(session.closed.aborted, false);
      near.destroy();
      await settle();
      if (!session.closed.aborted) await once(session.closed, 'abort');
    });
  }

  it('tells of a port that refuses on its error stream, and the others do not notice', async () => {
    const { client: near, server } = connection();
    const session = forwardSpdy(server, Buffer.alloc(0), pods().options(new FakeClock()));
    const client = new SpdyClient(near);
    const good = await open(client, '80', '0');
    const bad = await open(client, '81', '1');
    assert.match(String(await client.finished(bad.error)), /^error forwarding port 81 to pod web: ECONNREFUSED$/);
    assert.equal(String(await client.finished(bad.data)), '');
    client.write(good.data, 'still here', true);
    assert.equal(String(await client.finished(good.data)), 'STILL HEREBYE');
    const again = await open(client, '80', '2');
    client.write(again.data, 'again', true);
    assert.equal(String(await client.finished(again.data)), 'AGAINBYE');
    assert.equal(session.closed.aborted, false);
  });

  it('refuses streams that fit nowhere, and keeps the session', async () => {
    const { client: near, server } = connection();
    forwardSpdy(server, Buffer.alloc(0), pods().options(new FakeClock()));
    const client = new SpdyClient(near);
    await client.open({ streamType: 'data', port: 'http', requestid: '0' });
    await client.open({ streamType: 'stdin', port: '80', requestid: '0' });
    await client.until(() => client.frames.filter(({ type }) => type === 'rst-stream').length === 2);
    const good = await open(client, '80', '1');
    client.write(good.data, 'fine', true);
    assert.equal(String(await client.finished(good.data)), 'FINEBYE');
  });

  it('gives a stream up whose other half does not come within 30 seconds', async () => {
    const clock = new FakeClock();
    const { client: near, server } = connection();
    forwardSpdy(server, Buffer.alloc(0), pods().options(clock));
    const client = new SpdyClient(near);
    const error = await client.open({ streamType: 'error', port: '80', requestid: '0' });
    await client.frame('syn-reply');
    await clock.advance(30_000);
    assert.match(String(await client.finished(error)), /no second stream/);
  });

  it('ends its connections to the Pod when the client goes', async () => {
    const { opened, options } = pods();
    const { client: near, server } = connection();
    forwardSpdy(server, Buffer.alloc(0), options(new FakeClock()));
    const client = new SpdyClient(near);
    const { data } = await open(client, '80', '0');
    client.write(data, 'x');
    await client.until(() => client.text(data) === 'X');
    const ended = once(opened[0] ?? server, 'close');
    near.destroy();
    await ended;
  });

  it('ends after hours of silence', async () => {
    const clock = new FakeClock();
    const { client: near, server } = connection();
    const session = forwardSpdy(server, Buffer.alloc(0), pods().options(clock));
    const client = new SpdyClient(near);
    await clock.advance(4 * 3_600_000 - 1);
    assert.equal(session.closed.aborted, false);
    await clock.advance(1);
    assert.equal((await client.frame('goaway')).status, 0);
    await clock.advance(400);
    assert.equal(session.closed.aborted, true);
  });
});

describe('a port-forward in channels', () => {
  it('names its ports first, carries data in even channels and tells failures in odd ones', async () => {
    const { client: near, server } = await webSocketPair();
    const client = new WebSocketClient(near);
    forwardWebSocket(server, {
      ...pods().options(new FakeClock()),
      protocol: 'v4.channel.k8s.io',
      ports: [80, 81, 80],
    });
    client.send(0, 'first');
    client.send(4, 'third');
    const expected = ['\x50\0FIRST', '\x50\0', '\x51\0', '\x51\0error forwarding port 81 to pod web: ECONNREFUSED'];
    await client.until(() => expected.every((text, channel) => client.text(channel) === text));
    await client.until(() => client.text(4) === '\x50\0THIRD');
    near.terminate();
  });

  it('ends when the Pod has said everything, because a single channel cannot be ended', async () => {
    const { client: near, server } = await webSocketPair();
    const client = new WebSocketClient(near);
    const { opened, options } = pods();
    forwardWebSocket(server, { ...options(new FakeClock()), protocol: 'v4.channel.k8s.io', ports: [80] });
    await client.until(() => opened.length === 1);
    opened[0]?.removeAllListeners('end').end('bye');
    assert.equal(await client.closed(), 1000);
    assert.equal(client.bytes(0).subarray(2).toString(), 'bye');
  });

  it('ends with its last connection', async () => {
    const { client: near, server } = await webSocketPair();
    const client = new WebSocketClient(near);
    forwardWebSocket(server, { ...pods().options(new FakeClock()), protocol: 'v4.channel.k8s.io', ports: [81] });
    assert.equal(await client.closed(), 1000);
  });
});

async function webSocketPair(): Promise<{ client: WebSocket; server: WebSocket }> {
  const http = createServer();
  const listening = new WebSocketServer({ server: http });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const accepted = once(listening, 'connection') as Promise<[WebSocket]>;
  const client = new WebSocket(`ws://127.0.0.1:${(http.address() as AddressInfo).port}`);
  const [server] = await accepted;
  await once(client, 'open');
  client.on('error', () => {});
  // Connections that are open go on without it.
  http.close();
  return { client, server };
}
