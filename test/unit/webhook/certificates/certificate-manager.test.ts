import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { request } from 'node:https';
import { CertificateManager } from '../../../../src/webhook/certificates/certificate-manager.ts';
import { AdmissionServer } from '../../../../src/webhook/admission-server.ts';
import { noLog, noMetrics } from '../../../../src/telemetry/types.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { VersionedSecrets } from './versioned-secrets.ts';

const DAY_MS = 86_400_000;
const YEAR_MS = 365 * DAY_MS;

/** Two replicas that share a cluster, on a clock at the time of the machine: TLS looks at that one. */
function setUp(authorityLifeMs = YEAR_MS): {
  clock: FakeClock;
  secrets: VersionedSecrets;
  replica: () => CertificateManager;
} {
  const clock = new FakeClock(Date.now());
  const secrets = new VersionedSecrets();
  const replica = (): CertificateManager =>
    new CertificateManager({
      client: secrets,
      clock,
      logger: noLog,
      secret: { namespace: 'kube-system', name: 'authority' },
      hosts: ['localhost', '127.0.0.1'],
      authorityLifeMs,
    });
  return { clock, secrets, replica };
}

const certificates = (bundle: string): X509Certificate[] =>
  bundle
    .split(/(?<=-----END CERTIFICATE-----\n)/)
    .filter((pem) => pem.trim() !== '')
    .map((pem) => new X509Certificate(pem));

const isTrusted = (served: string, bundle: string): boolean =>
  certificates(bundle).some((authority) => new X509Certificate(served).verify(authority.publicKey));

describe('certificates of the webhooks', () => {
  it('are shared by replicas that start together: one authority, a certificate each', async () => {
    const { replica } = setUp();
    const [one, two] = await Promise.all([replica().ensure(), replica().ensure()]);
    assert.equal(one.caBundle, two.caBundle);
    assert.equal(certificates(one.caBundle).length, 1);
    assert.notEqual(one.served.certificate, two.served.certificate);
    assert.ok(isTrusted(one.served.certificate, two.caBundle) && isTrusted(two.served.certificate, one.caBundle));
  });

  it('are taken up after a restart, and kept while nothing is due', async () => {
    const { clock, replica, secrets } = setUp();
    const manager = replica();
    const first = await manager.ensure();
    await clock.advance(DAY_MS);
    assert.equal((await manager.ensure()).served.certificate, first.served.certificate);
    assert.equal((await replica().ensure()).caBundle, first.caBundle);
    assert.equal(secrets.writes, 1);
  });

  it('are renewed before they end, under the same authority', async () => {
    const { clock, replica } = setUp();
    const manager = replica();
    const first = await manager.ensure();
    await clock.advance(21 * DAY_MS);
    const second = await manager.ensure();
    assert.notEqual(second.served.certificate, first.served.certificate);
    assert.equal(second.caBundle, first.caBundle);
  });

  it('change their authority without a moment in which one is served that is not trusted', async () => {
    const { clock, replica } = setUp();
    const [fast, slow] = [replica(), replica()];
    await fast.ensure();
    await clock.advance((2 / 3) * YEAR_MS - 600_000);
    let known = (await fast.ensure()).caBundle;
    let servedBySlow = (await slow.ensure()).served.certificate;
    const authorities = new Set<string>();
    for (let step = 0; step < 40; step += 1) {
      // The API server learns of a bundle a step later, and one replica looks only every quarter of an hour.
      await clock.advance(300_000);
      const { caBundle, served } = await fast.ensure();
      assert.ok(isTrusted(served.certificate, known), `the fast one in step ${step}`);
      assert.ok(isTrusted(servedBySlow, caBundle), `the slow one in step ${step}`);
      known = caBundle;
      if (step % 3 === 0) servedBySlow = (await slow.ensure()).served.certificate;
      for (const { fingerprint256 } of certificates(caBundle)) authorities.add(fingerprint256);
    }
    assert.equal(authorities.size, 2);
    assert.equal(certificates(known).length, 1, 'the old authority is not trusted for ever');
  });

  it('are made anew when the Secret was emptied or holds nothing of use', async () => {
    const { replica, secrets } = setUp();
    const manager = replica();
    const first = await manager.ensure();
    for (const data of [undefined, {}, { 'active.crt': 'bm9uc2Vuc2U=', 'active.key': 'bm9uc2Vuc2U=' }]) {
      secrets.overwrite('kube-system', 'authority', data);
      const now = await manager.ensure();
      assert.notEqual(now.caBundle, first.caBundle);
      assert.ok(isTrusted(now.served.certificate, now.caBundle));
    }
  });

  it('recover when the authority ended while nobody ran', async () => {
    const { clock, replica } = setUp();
    await replica().ensure();
    await clock.advance(2 * YEAR_MS);
    const { caBundle, served } = await replica().ensure();
    assert.ok(isTrusted(served.certificate, caBundle));
    assert.ok(served.expiresAtMs > clock.nowMs());
  });

  it('are believed by a TLS client that trusts the bundle, and change while connections are served', async () => {
    const { clock, replica, secrets } = setUp();
    const manager = replica();
    const server = new AdmissionServer({
      host: '127.0.0.1',
      port: 0,
      handlerOf: (path) => (path === '/ok' ? () => ({ warnings: ['seen'] }) : undefined),
      clock,
      logger: noLog,
      metrics: noMetrics,
    });
    const port = await server.listen();
    try {
      const first = await manager.ensure();
      server.use(first.served);
      assert.deepEqual(await review(port, first.caBundle), ['seen']);
      secrets.overwrite('kube-system', 'authority', {});
      const second = await manager.ensure();
      server.use(second.served);
      assert.deepEqual(await review(port, second.caBundle), ['seen']);
      await assert.rejects(review(port, first.caBundle));
    } finally {
      await server.close();
    }
  });

  it('do not show their keys in what is logged', async () => {
    const { served } = await setUp().replica().ensure();
    assert.doesNotMatch(JSON.stringify(served) + String(served.key), /PRIVATE KEY/);
  });
});

async function review(port: number, ca: string): Promise<unknown> {
  const body = JSON.stringify({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: { uid: 'u', operation: 'CREATE' },
  });
  const text = await new Promise<string>((resolve, reject) => {
    const sent = request(
      { host: '127.0.0.1', port, path: '/ok?timeout=5s', method: 'POST', ca, agent: false },
      (response) => {
        let answer = '';
        response.on('data', (chunk: Buffer) => (answer += chunk.toString()));
        response.on('end', () => resolve(answer));
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
  return (JSON.parse(text) as { response: { warnings: unknown } }).response.warnings;
}
