import assert from 'node:assert/strict';
import { startHealthServer, type HealthCheck, type HealthServer } from '../../../src/telemetry/health-server.ts';
import { noLog } from '../../../src/telemetry/types.ts';

describe('health server', () => {
  let server: HealthServer | undefined;
  let ready: ReturnType<HealthCheck> = { ok: true };
  let statusText = (): string => '{"role":"leader"}\n';
  let metricsText = (): Promise<string> => Promise.resolve('calls_total 1\n');

  beforeEach(async () => {
    ready = { ok: true };
    server = await startHealthServer({
      address: '127.0.0.1:0',
      metrics: { contentType: 'text/plain; version=0.0.4', text: () => metricsText() },
      ready: () => ready,
      routes: { '/status': () => Promise.resolve({ contentType: 'application/json', body: statusText() }) },
      log: noLog,
    });
  });
  afterEach(() => server?.close());

  async function get(path: string, method = 'GET'): Promise<[number, string]> {
    const answer = await fetch(`http://127.0.0.1:${server?.port}${path}`, { method });
    return [answer.status, await answer.text()];
  }

  it('serves metrics, with a query or without', async () => {
    assert.deepEqual(await get('/metrics?name=x'), [200, 'calls_total 1\n']);
  });

  it('is alive while it answers, and ready when it is told so', async () => {
    assert.deepEqual(await get('/healthz'), [200, 'ok\n']);
    assert.deepEqual(await get('/readyz'), [200, 'ok\n']);
    ready = { ok: false, reason: 'the first listing is not complete' };
    assert.deepEqual(await get('/readyz'), [503, 'the first listing is not complete\n']);
    assert.deepEqual(await get('/healthz'), [200, 'ok\n']);
  });

  it('answers with an error instead of dying when metrics cannot be had', async () => {
    metricsText = () => Promise.reject(new Error('broken'));
    assert.deepEqual(await get('/metrics'), [500, 'failed; see the log\n']);
  });

  it('serves further routes, and fails them one by one', async () => {
    const answer = await fetch(`http://127.0.0.1:${server?.port}/status?watch=1`);
    assert.equal(answer.headers.get('content-type'), 'application/json');
    assert.deepEqual(await answer.json(), { role: 'leader' });
    statusText = () => {
      throw new Error('broken');
    };
    assert.deepEqual(await get('/status'), [500, 'failed; see the log\n']);
    assert.deepEqual(await get('/healthz'), [200, 'ok\n']);
  });

  it('knows nothing else', async () => {
    assert.deepEqual(await get('/'), [404, 'try /metrics, /healthz, /readyz or /status\n']);
    assert.equal((await get('/constructor'))[0], 404);
    assert.equal((await get('/metrics', 'POST'))[0], 405);
  });

  for (const address of ['8080', 'host', 'host:', 'host:99999']) {
    it(`refuses the address "${address}"`, async () => {
      await assert.rejects(
        startHealthServer({ address, metrics: { contentType: '', text: metricsText }, ready: () => ready, log: noLog }),
        { code: 'InvalidAddress' },
      );
    });
  }
});
