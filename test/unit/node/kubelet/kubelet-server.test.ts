import assert from 'node:assert/strict';
import { request } from 'node:https';
import { connect } from 'node:tls';
import type { AccessAttributes } from '../../../../src/node/kubelet/access-attributes.ts';
import { createAuthenticator } from '../../../../src/node/kubelet/auth/authenticate.ts';
import type { KubeletAnswers, KubeletRequest } from '../../../../src/node/kubelet/kubelet-answers.ts';
import { startKubeletServer } from '../../../../src/node/kubelet/kubelet-server.ts';
import type { KubeletServer } from '../../../../src/node/kubelet/kubelet-server.ts';
import type { KubeletUser } from '../../../../src/node/kubelet/kubelet-user.ts';
import { PodAccessError } from '../../../../src/node/kubelet/pod-access-error.ts';
import { refuseUpgrade } from '../../../../src/node/kubelet/refuse-upgrade.ts';
import type { CertificateAndKey } from '../../../../src/node/kubelet/tls/serving-certificate.ts';
import { selfSigned } from '../../../../src/node/kubelet/tls/x509.ts';
import { noLog, noMetrics } from '../../../../src/telemetry/types.ts';
import { createClusterAuthority } from '../../../support/cluster-authority.ts';
import type { ClusterAuthority } from '../../../support/cluster-authority.ts';
import { callKubelet } from '../../../support/kubelet-caller.ts';

const names = { nodeName: 'virtual', ipAddresses: ['127.0.0.1'] };

describe('the kubelet server', () => {
  let server: KubeletServer;
  let ours: ClusterAuthority;
  let theirs: ClusterAuthority;
  let shown: CertificateAndKey;
  let ready: boolean;
  let allowed: (user: KubeletUser, attributes: AccessAttributes) => boolean;
  let answer: (kubeletRequest: KubeletRequest) => Promise<void>;
  let trusted: string | undefined;
  let upgrades: number;
  const seen: KubeletUser[] = [];
  const changes: { certificate?: (changed: CertificateAndKey) => void; authority?: () => void } = {};

  before(async () => {
    [ours, theirs, shown] = await Promise.all([
      createClusterAuthority('ours'),
      createClusterAuthority('theirs'),
      selfSigned(names, { nowMs: Date.now(), days: 1 }),
    ]);
  });

  beforeEach(async () => {
    ready = true;
    allowed = () => true;
    trusted = ours.certificate;
    upgrades = 0;
    seen.length = 0;
    answer = async ({ response }) => void response.end('answered');
    server = await startKubeletServer({
      address: '127.0.0.1',
      port: 0,
      certificate: {
        start: () => Promise.resolve(shown),
        onChange: (listener) => (changes.certificate = listener),
        run: () => Promise.resolve(),
      },
      authority: {
        current: () => trusted,
        onChange: (listener) => (changes.authority = listener),
        run: () => Promise.resolve(),
      },
      nobody: (await selfSigned(names, { nowMs: Date.now(), days: 1 })).certificate,
      authenticate: createAuthenticator({
        reviewToken: async (token) => (token === 'good' ? { name: 'token-user', groups: [] } : undefined),
        anonymous: false,
        logger: noLog,
      }),
      authorize: async (user, attributes) => {
        seen.push(user);
        return allowed(user, attributes);
      },
      ready: () => ready,
      answers: {
        answer: (kubeletRequest: KubeletRequest) => answer(kubeletRequest),
        streamRoute: (kind: string) => ({ kind, pod: {}, query: new URLSearchParams() }),
      } as unknown as KubeletAnswers,
      streams: {
        upgrade: ({ socket }) => {
          upgrades += 1;
          refuseUpgrade(socket, 418, 'a stream');
        },
        post: () => Promise.resolve(),
        close: () => Promise.resolve(),
      },
      logger: noLog,
      metrics: noMetrics,
    });
  });
  afterEach(async () => await server.close());

  it('lets certificates of its authority in, with the groups that they name', async () => {
    const certificate = await ours.client('alice', ['admins', 'staff']);
    assert.equal((await callKubelet(server.port, { path: '/pods', certificate })).status, 200);
    assert.deepEqual(seen, [{ name: 'alice', groups: ['admins', 'staff', 'system:authenticated'] }]);
  });

  it('takes a certificate of another authority for none', async () => {
    const certificate = await theirs.client('system:admin', ['system:masters']);
    const answered = await callKubelet(server.port, { path: '/pods', certificate });
    assert.deepEqual([answered.status, answered.text], [401, 'Unauthorized\n']);
    assert.equal((await callKubelet(server.port, { path: '/pods', certificate, token: 'good' })).status, 200);
    assert.deepEqual(
      seen.map(({ name }) => name),
      ['token-user'],
    );
  });

  it('does not believe its own serving certificate, or anybody, while no authority is known', async () => {
    trusted = undefined;
    changes.authority?.();
    for (const certificate of [await ours.client('alice', []), shown]) {
      assert.equal((await callKubelet(server.port, { path: '/pods', certificate })).status, 401);
    }
  });

  it('follows its authority', async () => {
    trusted = theirs.certificate;
    changes.authority?.();
    const [mine, other] = [await ours.client('alice', []), await theirs.client('bob', [])];
    assert.equal((await callKubelet(server.port, { path: '/pods', certificate: mine })).status, 401);
    assert.equal((await callKubelet(server.port, { path: '/pods', certificate: other })).status, 200);
  });

  it('trusts nobody by an authority that is no certificate', async () => {
    trusted = '-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n';
    changes.authority?.();
    const certificate = await ours.client('alice', []);
    assert.equal((await callKubelet(server.port, { path: '/pods', certificate })).status, 401);
  });

  it('shows a new certificate on new connections', async () => {
    const fingerprint = async (): Promise<string> => {
      const socket = connect({ port: server.port, host: '127.0.0.1', rejectUnauthorized: false });
      await new Promise((resolve) => socket.once('secureConnect', resolve));
      const { fingerprint256 } = socket.getPeerCertificate();
      socket.destroy();
      return fingerprint256;
    };
    const first = await fingerprint();
    changes.certificate?.(await selfSigned(names, { nowMs: Date.now(), days: 2 }));
    assert.notEqual(await fingerprint(), first);
  });

  it('speaks no TLS before 1.2, and resumes no session', async () => {
    const hello = (maxVersion: 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3'): Promise<string> =>
      new Promise((resolve) => {
        const socket = connect(
          {
            port: server.port,
            host: '127.0.0.1',
            rejectUnauthorized: false,
            minVersion: 'TLSv1',
            maxVersion,
            ciphers: 'DEFAULT@SECLEVEL=0',
          },
          () => {
            resolve(socket.getProtocol() ?? '');
            socket.destroy();
          },
        );
        socket.on('error', () => resolve('refused'));
        socket.on('session', () => resolve('gave a session'));
      });
    assert.equal(await hello('TLSv1.1'), 'refused');
    assert.equal(await hello('TLSv1.2'), 'TLSv1.2');
    assert.equal(await hello('TLSv1.3'), 'TLSv1.3');
  });

  it('says 503 until the Pods are known, but is healthy, and tells strangers neither', async () => {
    ready = false;
    assert.equal((await callKubelet(server.port, { path: '/pods' })).status, 401);
    assert.equal((await callKubelet(server.port, { path: '/pods', token: 'good' })).status, 503);
    assert.equal((await callKubelet(server.port, { path: '/exec/a/b/c', token: 'good', webSocket: true })).status, 503);
    assert.equal((await callKubelet(server.port, { path: '/healthz', token: 'good' })).status, 200);
  });

  it('asks for create where an upgrade would run something', async () => {
    allowed = (_user, { verb }) => verb !== 'create';
    const call = { path: '/exec/a/b/c?command=id', token: 'good', webSocket: true };
    const refused = await callKubelet(server.port, call);
    assert.equal(refused.status, 403);
    assert.equal(refused.text, 'Forbidden (user=token-user, verb=create, resource=nodes, subresource(s)=[proxy])');
    assert.equal(upgrades, 0);
    allowed = () => true;
    assert.equal((await callKubelet(server.port, call)).status, 418);
    assert.equal(upgrades, 1);
  });

  it('says 500 and no more when it cannot ask who may', async () => {
    allowed = () => {
      throw new Error('internals of the API server');
    };
    const { status, text } = await callKubelet(server.port, { path: '/pods', token: 'good' });
    assert.equal(status, 500);
    assert.match(
      text,
      /^Authorization error \(user=token-user, verb=get, resource=nodes, subresource\(s\)=\[pods proxy\]\)\n$/,
    );
  });

  it('answers failures in plain text with their status, and bugs without details', async () => {
    answer = () => Promise.reject(new PodAccessError('X', 'busy', { httpStatus: 429 }));
    const busy = await callKubelet(server.port, { path: '/pods', token: 'good' });
    assert.deepEqual([busy.status, busy.text], [429, 'busy\n']);
    assert.equal(busy.headers['content-type'], 'text/plain; charset=utf-8');
    answer = () => Promise.reject(new TypeError('secret internals'));
    const bug = await callKubelet(server.port, { path: '/pods', token: 'good' });
    assert.equal(bug.status, 500);
    assert.doesNotMatch(bug.text, /secret/);
  });

  it('breaks off an answer that fails in the middle, so that nobody takes it for complete', async () => {
    answer = async ({ response }) => {
      response.writeHead(200);
      response.write('half');
      await new Promise((resolve) => setTimeout(resolve, 20));
      throw new Error('no more');
    };
    await assert.rejects(callKubelet(server.port, { path: '/pods', token: 'good' }));
  });

  it('tells whoever answers that the client is gone', async () => {
    const gone = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    answer = async ({ response, signal }) => {
      response.writeHead(200);
      response.flushHeaders();
      begun.resolve();
      signal.addEventListener('abort', () => gone.resolve());
      await gone.promise;
    };
    const client = request({
      host: '127.0.0.1',
      port: server.port,
      path: '/pods',
      headers: { authorization: 'Bearer good' },
      rejectUnauthorized: false,
      agent: false,
    });
    client.on('error', () => {});
    client.end();
    await begun.promise;
    client.destroy();
    await gone.promise;
  });

  it('ends answers that go on when it is closed', async () => {
    const begun = Promise.withResolvers<void>();
    answer = async ({ response, signal }) => {
      response.writeHead(200);
      response.flushHeaders();
      begun.resolve();
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      signal.throwIfAborted();
    };
    const call = callKubelet(server.port, { path: '/pods', token: 'good' }).catch(() => 'broken off');
    await begun.promise;
    await server.close();
    assert.equal(await call, 'broken off');
  });

  it('says which port is taken', async () => {
    await assert.rejects(
      startKubeletServer({
        address: '127.0.0.1',
        port: server.port,
        certificate: { start: () => Promise.resolve(shown), onChange: () => {}, run: () => Promise.resolve() },
        authority: { current: () => undefined, onChange: () => {}, run: () => Promise.resolve() },
        nobody: shown.certificate,
        authenticate: () => Promise.resolve(undefined),
        authorize: () => Promise.resolve(false),
        ready: () => true,
        answers: {} as unknown as KubeletAnswers,
        streams: { upgrade: () => {}, post: () => Promise.resolve(), close: () => Promise.resolve() },
        logger: noLog,
        metrics: noMetrics,
      }),
      { code: 'KubeletPortUnusable', message: /EADDRINUSE/ },
    );
  });
});
