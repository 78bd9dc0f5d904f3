import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import type { Pod } from '../../../../../src/kube/types.ts';
import type { ExecRequest, ExecSession } from '../../../../../src/node/kubelet/pod-access.ts';
import { noMetrics } from '../../../../../src/telemetry/types.ts';
import { eventually } from '../../../../support/eventually.ts';
import { FakeExecSession } from '../../../../support/fake-exec-session.ts';
import { startStreamServer } from '../../../../support/stream-server.ts';
import type { StreamServer } from '../../../../support/stream-server.ts';

const pod: Pod = { metadata: { name: 'web', namespace: 'default', uid: 'uid-1' } };
const spdy = ['Upgrade: SPDY/3.1', 'X-Stream-Protocol-Version: v4.channel.k8s.io'];
const webSocket = ['Upgrade: websocket', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='];
const carriers: Record<string, readonly string[]> = { SPDY: spdy, 'a WebSocket': webSocket };

describe('what is left of a command', () => {
  let server: StreamServer;
  let session: FakeExecSession;
  let requests: ExecRequest[];
  let started: PromiseWithResolvers<ExecSession>;
  let streams: number;

  beforeEach(async () => {
    session = new FakeExecSession();
    requests = [];
    started = Promise.withResolvers();
    streams = 0;
    server = await startStreamServer({
      pod,
      exec: (request) => {
        requests.push(request);
        return started.promise;
      },
      metrics: {
        ...noMetrics,
        gauge: (name, value) => {
          if (name === 'eci_kubelet_streams') streams = value;
        },
      },
    });
  });
  afterEach(async () => await server.close());

  /** Asks by hand for what no client would. It keeps its side of the connection open. */
  function ask(headers: readonly string[], path = '/exec?command=cat&output=1', method = 'GET'): Socket {
    const socket = connect({ port: server.port, host: '127.0.0.1', allowHalfOpen: true });
    socket.on('error', () => {});
    const connection = headers.length > 0 ? ['Connection: Upgrade'] : [];
    socket.write([`${method} ${path} HTTP/1.1`, 'Host: localhost', ...connection, ...headers, '', ''].join('\r\n'));
    return socket;
  }

  async function answerTo(socket: Socket): Promise<string> {
    let said = '';
    socket.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await once(socket, 'end');
    return said;
  }

  for (const [carrier, headers] of Object.entries(carriers)) {
    it(`over ${carrier} whose client goes while it is started: nothing`, async () => {
      const socket = ask(headers);
      await eventually('the command is asked for', async () => requests.length === 1);
      assert.equal(streams, 1);
      socket.resetAndDestroy();
      await eventually('whoever starts it hears of that', async () => requests[0]?.signal?.aborted === true);
      started.resolve(session);
      await eventually('it is ended', async () => session.isClosed);
      await eventually('nothing is counted any more', async () => streams === 0);
    });

    it(`over ${carrier} when the program ends while it is started: nothing`, async () => {
      ask(headers);
      await eventually('the command is asked for', async () => requests.length === 1);
      const closed = server.close();
      started.resolve(session);
      await closed;
      await eventually('it is ended', async () => session.isClosed);
      assert.equal(streams, 0);
    });

    it(`over ${carrier} when the program ends: nothing`, async () => {
      started.resolve(session);
      const socket = ask(headers);
      await once(socket, 'data');
      await server.close();
      await eventually('nothing is counted any more', async () => streams === 0);
      assert.equal(session.isClosed, true);
    });
  }

  const refused: Record<string, { headers: readonly string[]; status: number }> = {
    'another carrier': { headers: ['Upgrade: h2c'], status: 400 },
    'no version of SPDY known to both': {
      headers: ['Upgrade: SPDY/3.1', 'X-Stream-Protocol-Version: v9.channel.k8s.io'],
      status: 403,
    },
    'no version of a WebSocket known to both': {
      headers: [...webSocket, 'Sec-WebSocket-Protocol: v9.channel.k8s.io'],
      status: 400,
    },
  };
  for (const [sentence, { headers, status }] of Object.entries(refused)) {
    it(`with ${sentence}: it is never started, and the connection is closed`, async () => {
      const socket = ask(headers);
      assert.match(await answerTo(socket), new RegExp(`^HTTP/1.1 ${status} `));
      assert.equal(requests.length, 0);
      await eventually('nothing is counted any more', async () => streams === 0);
      await eventually('the server holds no half of the connection', async () => {
        socket.write('anybody?');
        return socket.destroyed;
      });
    });
  }

  it('with a handshake that is wrong: nothing', async () => {
    started.resolve(session);
    const socket = ask(webSocket.slice(0, 2));
    assert.match(await answerTo(socket), /^HTTP\/1\.1 400 /);
    await eventually('it is ended', async () => session.isClosed);
    await eventually('nothing is counted any more', async () => streams === 0);
    socket.destroy();
  });

  it('by /run whose client goes while it is started: nothing', async () => {
    const socket = ask([], '/run?cmd=ls', 'POST');
    await eventually('the command is asked for', async () => requests.length === 1);
    socket.resetAndDestroy();
    await eventually('whoever starts it hears of that', async () => requests[0]?.signal?.aborted === true);
    started.resolve(session);
    await eventually('it is ended', async () => session.isClosed);
  });
});
