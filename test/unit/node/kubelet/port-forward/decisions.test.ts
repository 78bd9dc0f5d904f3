import assert from 'node:assert/strict';
import { refuseDestination } from '../../../../../src/node/kubelet/port-forward/destination.ts';
import { parsePorts } from '../../../../../src/node/kubelet/port-forward/forward-web-socket.ts';
import { StreamPairs } from '../../../../../src/node/kubelet/port-forward/pair-streams.ts';
import type { StreamPair } from '../../../../../src/node/kubelet/port-forward/pair-streams.ts';
import { SpdyStream } from '../../../../../src/node/kubelet/spdy/spdy-stream.ts';

/** A stream of no session: what is written to it is kept. */
function aStream(id: number, headers: Record<string, string>): SpdyStream & { said: string[] } {
  const said: string[] = [];
  const link = {
    sendData: ({ payload }: { payload: Buffer }, sent: () => void) => {
      said.push(String(payload));
      sent();
    },
    consumed: () => {},
    ended: () => {},
  };
  return Object.assign(new SpdyStream({ id, headers: new Map(Object.entries(headers)), link }), { said });
}

function pairing(): { pairs: StreamPairs; found: StreamPair[] } {
  const found: StreamPair[] = [];
  return { pairs: new StreamPairs((pair) => found.push(pair)), found };
}

describe('streams of a port-forward', () => {
  it('belong together by their request id, whichever comes first', () => {
    const { pairs, found } = pairing();
    const streams = [
      aStream(1, { streamtype: 'error', port: '80', requestid: '0' }),
      aStream(3, { streamtype: 'data', port: '81', requestid: '1' }),
      aStream(5, { streamtype: 'error', port: '81', requestid: '1' }),
      aStream(7, { streamtype: 'data', port: '80', requestid: '0' }),
    ];
    assert.deepEqual(
      streams.map((stream) => pairs.add(stream)),
      ['0', '1', '1', '0'],
    );
    assert.deepEqual(
      found.map(({ port, data, error }) => [port, data.id, error.id]),
      [
        [81, 3, 5],
        [80, 7, 1],
      ],
    );
  });

  it('belong together by their order for clients that name no request', () => {
    const { pairs, found } = pairing();
    for (const id of [1, 5]) {
      pairs.add(aStream(id, { streamtype: 'error', port: '80' }));
      pairs.add(aStream(id + 2, { streamtype: 'data', port: '80' }));
    }
    assert.deepEqual(
      found.map(({ data, error }) => [error.id, data.id]),
      [
        [1, 3],
        [5, 7],
      ],
    );
  });

  const refused: Record<string, Record<string, string>> = {
    'an unknown type': { streamtype: 'stdin', port: '80', requestid: '9' },
    'no type': { port: '80', requestid: '9' },
    'no port': { streamtype: 'data', requestid: '9' },
    'port 0': { streamtype: 'data', port: '0', requestid: '9' },
    'a port above all': { streamtype: 'data', port: '65536', requestid: '9' },
    'a port that is no number': { streamtype: 'data', port: '8x', requestid: '9' },
    'a request that has such a stream': { streamtype: 'error', port: '80', requestid: '0' },
    'another port than its other half': { streamtype: 'data', port: '81', requestid: '0' },
  };
  for (const [what, headers] of Object.entries(refused)) {
    it(`are refused with ${what}`, () => {
      const { pairs, found } = pairing();
      pairs.add(aStream(1, { streamtype: 'error', port: '80', requestid: '0' }));
      assert.equal(pairs.add(aStream(3, headers)), undefined);
      assert.deepEqual(found, []);
    });
  }

  it('that stay alone are told so, and make room for the request to come again', () => {
    const { pairs, found } = pairing();
    const error = aStream(1, { streamtype: 'error', port: '80', requestid: '0' });
    pairs.expire(pairs.add(error) ?? '', error);
    assert.match(error.said.join(''), /no second stream/);
    pairs.add(aStream(3, { streamtype: 'error', port: '80', requestid: '0' }));
    pairs.add(aStream(5, { streamtype: 'data', port: '80', requestid: '0' }));
    assert.deepEqual(
      found.map(({ error, data }) => [error.id, data.id]),
      [[3, 5]],
    );
  });

  it('are not taken for late because their request id was used before', () => {
    const { pairs, found } = pairing();
    const early = aStream(1, { streamtype: 'error', port: '80', requestid: '0' });
    pairs.add(early);
    pairs.add(aStream(3, { streamtype: 'data', port: '80', requestid: '0' }));
    pairs.add(aStream(5, { streamtype: 'error', port: '80', requestid: '0' }));
    pairs.expire('0', early);
    pairs.add(aStream(7, { streamtype: 'data', port: '80', requestid: '0' }));
    assert.equal(found.length, 2);
  });
});

describe('ports of a port-forward in channels', () => {
  const accepted: Record<string, [string, number[]]> = {
    single: ['port=80', [80]],
    several: ['port=80&port=443', [80, 443]],
    'separated by commas': ['port=80,443&port=8080', [80, 443, 8080]],
    'the lowest and the highest': ['port=1,65535', [1, 65_535]],
  };
  for (const [what, [query, ports]] of Object.entries(accepted)) {
    it(`are accepted: ${what}`, () => {
      assert.deepEqual(parsePorts(new URLSearchParams(query), 'v4.channel.k8s.io'), ports);
    });
  }

  for (const query of [
    '',
    'port=',
    'port=http',
    'port=0',
    'port=65536',
    'port=-1',
    'port=80,',
    'port=0x50',
    'port=1e3',
  ]) {
    it(`are refused: ${query || 'missing'}`, () => {
      assert.throws(() => parsePorts(new URLSearchParams(query), 'v4.channel.k8s.io'), { httpStatus: 400 });
    });
  }

  it('are as many as there are channels', () => {
    const query = new URLSearchParams({ port: Array.from({ length: 6 }, (_, index) => index + 1).join(',') });
    assert.equal(parsePorts(query, 'v4.channel.k8s.io').length, 6);
    assert.throws(() => parsePorts(query, 'v4.base64.channel.k8s.io'), { httpStatus: 400 });
  });
});

describe('the destination of a port-forward', () => {
  const anything = { ports: [], networks: [] };
  const narrow = { ports: ['80', '8000-8010'], networks: ['10.1.0.0/16', 'fd00::/8'] };
  const allowed: [string, number, typeof narrow][] = [
    ['10.0.0.5', 80, anything],
    ['192.168.3.4', 22, anything],
    ['2408:4000::1', 443, anything],
    ['10.1.2.3', 80, narrow],
    ['10.1.2.3', 8010, narrow],
    ['fd00::1', 8000, narrow],
  ];
  for (const [address, port, policy] of allowed) {
    it(`may be ${address} port ${port}${policy === narrow ? ' within the list' : ''}`, () => {
      assert.equal(refuseDestination(address, port, policy), undefined);
    });
  }

  const refused: [string | undefined, number, typeof narrow, RegExp][] = [
    [undefined, 80, anything, /no address yet/],
    ['', 80, anything, /no address yet/],
    ['10.0.0.5', 111, anything, /reserved by ECI/],
    ['10.0.0.5', 10_250, anything, /reserved by ECI/],
    ['10.1.2.3', 8011, narrow, /not among those/],
    ['10.2.0.1', 80, narrow, /does not forward to 10.2.0.1/],
    ['127.0.0.1', 80, anything, /does not forward/],
    ['::1', 80, anything, /does not forward/],
    ['::ffff:127.0.0.1', 80, anything, /does not forward/],
    ['169.254.169.254', 80, anything, /does not forward/],
    ['100.100.100.200', 80, anything, /does not forward/],
    ['metadata.internal', 80, anything, /does not forward/],
  ];
  for (const [address, port, policy, reason] of refused) {
    it(`is not ${address ?? 'nowhere'} port ${port}${policy === narrow ? ' outside the list' : ''}`, () => {
      assert.match(refuseDestination(address, port, policy) ?? '', reason);
    });
  }
});
