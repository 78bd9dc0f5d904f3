import assert from 'node:assert/strict';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRegistryProbe } from '../../../src/alibaba/registry-probe.ts';
import { testCaller } from './cloud-caller-fixture.ts';

const challenge =
  'Bearer realm="https://dockerauth.cn-hangzhou.aliyuncs.com/auth",service="registry.aliyuncs.com:cn-hangzhou:china:cri-abc"';

describe('registry probe', () => {
  let server: Server | undefined;

  async function registry(listener: RequestListener): Promise<string> {
    const started = createServer(listener);
    server = started;
    await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(started.address() as AddressInfo).port}`;
  }

  afterEach(() => {
    server?.close();
    server?.closeAllConnections();
    server = undefined;
  });

  function probe(endpoint: string) {
    return createRegistryProbe({ call: testCaller().call, endpoint });
  }

  it('asks once, by the name of the registry and without credentials', async () => {
    const seen: unknown[] = [];
    const endpoint = await registry((request, response) => {
      seen.push([request.method, request.url, request.headers.host, request.headers.authorization]);
      response.writeHead(401, { 'www-authenticate': challenge }).end();
    });
    assert.equal((await probe(endpoint).challenge('Images.Example.com'))?.instanceId, 'cri-abc');
    assert.deepEqual(seen, [['GET', '/v2/', 'images.example.com', undefined]]);
  });

  it('follows no redirect', async () => {
    let requests = 0;
    const endpoint = await registry((_request, response) => {
      requests += 1;
      response.writeHead(307, { location: '/elsewhere' }).end();
    });
    assert.equal(await probe(endpoint).challenge('images.example.com'), undefined);
    assert.equal(requests, 1);
  });

  it('finds nothing in a registry that lets everybody in', async () => {
    const endpoint = await registry((_request, response) =>
      response.writeHead(200, { 'www-authenticate': challenge }).end(),
    );
    assert.equal(await probe(endpoint).challenge('images.example.com'), undefined);
  });

  it('refuses headers without end', async () => {
    const endpoint = await registry((_request, response) =>
      response.writeHead(401, { 'www-authenticate': challenge, 'x-long': 'a'.repeat(40_000) }).end(),
    );
    const { call, clock } = testCaller();
    const outcome = assert.rejects(createRegistryProbe({ call, endpoint }).challenge('images.example.com'));
    await clock.advance(0);
    await outcome;
  });

  for (const host of [
    '10.0.0.1',
    '10.0.0.1:5000',
    '[::1]',
    'user@host',
    'host/path',
    'host:port',
    '',
    'a..b',
    '-a.b',
  ]) {
    it(`asks nobody about "${host}", which is no DNS name`, async () => {
      assert.equal(await probe('http://127.0.0.1:1').challenge(host), undefined);
    });
  }
});
