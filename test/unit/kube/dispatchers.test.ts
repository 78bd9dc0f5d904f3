import assert from 'node:assert/strict';
import { createDispatchers } from '../../../src/kube/dispatchers.ts';
import type { TlsMaterial } from '../../../src/kube/endpoint.ts';

function material(id: string, proxyUrl?: string): TlsMaterial {
  return {
    id,
    ca: undefined,
    cert: undefined,
    key: undefined,
    servername: undefined,
    rejectUnauthorized: true,
    proxyUrl,
  };
}

describe('createDispatchers', () => {
  it('shares one pool among all calls with the same TLS material, apart from watches', async () => {
    const dispatchers = createDispatchers();
    const call = await dispatchers.get(material('one'), 'call');
    assert.equal(await dispatchers.get(material('one'), 'call'), call);
    assert.notEqual(await dispatchers.get(material('one'), 'watch'), call);
    await dispatchers.close();
  });

  it('replaces and closes the pool when certificates were rotated', async () => {
    const dispatchers = createDispatchers();
    const before = await dispatchers.get(material('one'), 'call');
    const after = await dispatchers.get(material('two'), 'call');
    assert.notEqual(after, before);
    const refused = before.request({ origin: 'http://127.0.0.1:9', path: '/', method: 'GET' });
    await assert.rejects(refused, /UND_ERR_(CLOSED|DESTROYED)|clos|destroy/i);
    await dispatchers.close();
  });

  it('says which proxies it supports', async () => {
    const dispatchers = createDispatchers();
    await assert.rejects(dispatchers.get(material('one', 'socks5://proxy:1080'), 'call'), { code: 'KubeConfig.Proxy' });
    await dispatchers.close();
  });
});
