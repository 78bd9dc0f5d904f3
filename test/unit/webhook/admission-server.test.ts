import assert from 'node:assert/strict';
import { Agent, request } from 'node:https';
import { noLog, noMetrics } from '../../../src/telemetry/types.ts';
import { AdmissionServer } from '../../../src/webhook/admission-server.ts';
import { MemoryCertificates } from '../../../src/webhook/certificates/memory-certificates.ts';
import { callWebhook } from '../../support/admission-caller.ts';
import { FakeClock } from '../../support/fake-clock.ts';

describe('the server of the webhooks', () => {
  let server: AdmissionServer;
  let port: number;
  let ca: string;

  before(async () => {
    const clock = new FakeClock(Date.now());
    server = new AdmissionServer({
      ...{ host: '127.0.0.1', port: 0, clock, logger: noLog, metrics: noMetrics },
      handlerOf: (path) => {
        if (path === '/ok') return () => ({ patch: [{ op: 'add', path: '/a', value: 1 }] });
        if (path !== '/broken') return undefined;
        return () => {
          throw new Error('a bug');
        };
      },
    });
    const certificates = new MemoryCertificates({ clock, logger: noLog, name: 'test', hosts: ['127.0.0.1'] });
    const { served, caBundle } = await certificates.ensure();
    server.use(served);
    ca = caBundle;
    port = await server.listen();
  });
  after(async () => await server.close());
  afterEach(async () => {
    const { response } = await callWebhook({ port, ca, path: '/ok', request: { uid: 'u', operation: 'CREATE' } });
    assert.deepEqual([response.uid, response.allowed, response.patch !== undefined], ['u', true, true]);
  });

  const send = async (options: { body: string; path?: string; method?: string }): Promise<[number, string]> =>
    await new Promise((resolve, reject) => {
      const { body, path = '/ok', method = 'POST' } = options;
      const sent = request({ host: '127.0.0.1', port, ca, path, method, agent: false }, (answer) => {
        let text = '';
        answer.on('data', (chunk: Buffer) => (text += chunk.toString()));
        answer.on('end', () => resolve([answer.statusCode ?? 0, text]));
        answer.on('error', reject);
      });
      sent.on('error', reject);
      sent.end(body);
    });

  const review = (parts: unknown): string => JSON.stringify({ kind: 'AdmissionReview', request: parts });
  const wrong: Readonly<Record<string, [options: Parameters<typeof send>[0], status: number]>> = {
    'nothing at all': [{ body: '' }, 400],
    'what is no JSON': [{ body: '{"kind":"AdmissionReview",' }, 400],
    'what is no object': [{ body: '[]' }, 400],
    'another kind': [{ body: '{"kind":"Pod"}' }, 400],
    'a review without a request': [{ body: '{"kind":"AdmissionReview"}' }, 400],
    'a request without a uid': [{ body: review({ operation: 'CREATE' }) }, 400],
    'a request with a uid that is no text': [{ body: review({ uid: 7, operation: 'CREATE' }) }, 400],
    'a path that nobody serves': [{ body: review({ uid: 'u', operation: 'CREATE' }), path: '/other' }, 404],
    'another method': [{ body: '', method: 'GET' }, 405],
    'a request that a bug meets': [{ body: review({ uid: 'u', operation: 'CREATE' }), path: '/broken' }, 500],
  };
  for (const [name, [options, status]] of Object.entries(wrong)) {
    it(`answers ${name} with ${status}, and goes on`, async () => {
      const [answered, text] = await send(options);
      assert.equal(answered, status);
      assert.ok(typeof (JSON.parse(text) as { error: unknown }).error === 'string');
    });
  }

  it('keeps connections for longer than API servers do, so that none is closed under a request', async () => {
    const agent = new Agent({ keepAlive: true });
    try {
      const header = await new Promise((resolve, reject) => {
        const sent = request({ host: '127.0.0.1', port, ca, path: '/ok', method: 'POST', agent }, (answer) => {
          answer.resume().on('end', () => resolve(answer.headers['keep-alive']));
        });
        sent.on('error', reject);
        sent.end(review({ uid: 'u', operation: 'CREATE' }));
      });
      assert.equal(header, 'timeout=120');
    } finally {
      agent.destroy();
    }
  });

  it('answers a request of an odd shape as if the odd parts were not there', async () => {
    const odd = { uid: 'u', operation: 'CREATE', kind: 'text', namespace: 7, object: 'text', subResource: null };
    const [status, text] = await send({ body: review(odd) });
    assert.equal(status, 200);
    assert.match(text, /"uid":"u","allowed":true/);
  });

  it('reads no more of a body than an object can have, and goes on', async () => {
    await send({ body: review({ uid: 'u', operation: 'CREATE', object: { a: 'x'.repeat(5_000_000) } }) }).then(
      ([status]) => assert.equal(status, 413),
      // Told so while it still writes, a client may see only the end of the connection.
      (error: NodeJS.ErrnoException) => assert.match(error.code ?? '', /EPIPE|ECONNRESET/),
    );
  });

  it('bears a client that leaves in the middle', async () => {
    const sent = request({ host: '127.0.0.1', port, ca, path: '/ok', method: 'POST', agent: false });
    sent.setHeader('content-length', '1000');
    sent.on('error', () => {});
    const written = new Promise<void>((resolve) => sent.write('{"kind":', () => resolve()));
    await written;
    sent.destroy();
  });
});
