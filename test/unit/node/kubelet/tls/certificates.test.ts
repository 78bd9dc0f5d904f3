import assert from 'node:assert/strict';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KubeApiError } from '../../../../../src/kube/errors.ts';
import { createCertificateFiles } from '../../../../../src/node/kubelet/tls/certificate-files.ts';
import { requestOutcome } from '../../../../../src/node/kubelet/tls/request-outcome.ts';
import { createRequestedCertificate } from '../../../../../src/node/kubelet/tls/requested-certificate.ts';
import { createSelfSignedCertificate } from '../../../../../src/node/kubelet/tls/self-signed-certificate.ts';
import { renewAtMs } from '../../../../../src/node/kubelet/tls/serving-certificate.ts';
import type { CertificateAndKey } from '../../../../../src/node/kubelet/tls/serving-certificate.ts';
import { selfSigned, signingRequest } from '../../../../../src/node/kubelet/tls/x509.ts';
import { noLog } from '../../../../../src/telemetry/types.ts';
import { FakeClock, settle } from '../../../../support/fake-clock.ts';

const names = { nodeName: 'virtual-1', ipAddresses: ['10.1.2.3', 'fd00::1'] };
const nowMs = Date.UTC(2026, 0, 1);
const day = 86_400_000;

describe('when a certificate is renewed', () => {
  for (const [random, share] of [
    [0, 0.7],
    [0.5, 0.8],
    [0.999, 0.8998],
  ] as const) {
    it(`is at ${share} of its life`, () => {
      assert.equal(renewAtMs({ notBeforeMs: 1000, notAfterMs: 11_000 }, random), 1000 + 10_000 * share);
    });
  }
});

describe('a certificate that signs itself', () => {
  it('names the node and its addresses, is for servers, and belongs to its key', async () => {
    const { certificate, key } = await selfSigned(names, { nowMs, days: 365 });
    const parsed = new X509Certificate(certificate);
    assert.equal(parsed.subject, 'CN=virtual-1');
    assert.ok(parsed.checkIP('10.1.2.3') !== undefined && parsed.checkIP('fd00::1') !== undefined);
    assert.ok(parsed.checkHost('virtual-1') !== undefined);
    assert.deepEqual(parsed.keyUsage, ['1.3.6.1.5.5.7.3.1']);
    assert.equal(parsed.ca, false);
    assert.ok(parsed.checkPrivateKey(createPrivateKey(key)));
    assert.ok(Date.parse(parsed.validFrom) < nowMs);
    assert.equal(Date.parse(parsed.validTo), nowMs + 365 * day);
  });

  it('is made anew before it ends', async () => {
    const clock = new FakeClock(nowMs);
    const certificate = createSelfSignedCertificate({ names: () => names, clock, random: () => 0 });
    const first = await certificate.start();
    const changes: CertificateAndKey[] = [];
    certificate.onChange((changed) => changes.push(changed));
    const stop = new AbortController();
    const running = certificate.run(stop.signal);
    await clock.advance(250 * day);
    assert.equal(changes.length, 0);
    for (let waited = 0; waited < 10 && changes.length === 0; waited += 1) {
      await clock.advance(day);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    assert.equal(changes.length, 1);
    assert.notEqual(changes[0]?.certificate, first.certificate);
    stop.abort();
    await running;
  });
});

describe('a request for a certificate', () => {
  it('is what the signer of kubelets accepts', async () => {
    const { request, key } = await signingRequest(names);
    const { default: x509 } = await import('@peculiar/x509');
    const parsed = new x509.Pkcs10CertificateRequest(request);
    assert.equal(parsed.subject, 'O=system:nodes, CN=system:node:virtual-1');
    assert.ok(await parsed.verify());
    assert.match(request, /^-----BEGIN CERTIFICATE REQUEST-----/);
    assert.equal(createPrivateKey(key).asymmetricKeyDetails?.namedCurve, 'prime256v1');
    const alternative = JSON.stringify(parsed.extensions.map((extension) => extension.type));
    assert.match(alternative, /2\.5\.29\.17/);
  });

  const status = (conditions: object[], certificate?: string) =>
    requestOutcome({
      spec: { request: '', signerName: '' },
      status: { conditions, ...(certificate === undefined ? {} : { certificate }) },
    } as Parameters<typeof requestOutcome>[0]);

  it('is pending until the certificate is there, also once it is approved', () => {
    assert.deepEqual(status([]), { kind: 'pending' });
    assert.deepEqual(status([{ type: 'Approved' }]), { kind: 'pending' });
    assert.deepEqual(status([{ type: 'Approved' }], Buffer.from('PEM').toString('base64')), {
      kind: 'issued',
      certificate: 'PEM',
    });
  });

  it('is refused for good when it is denied or failed', () => {
    assert.deepEqual(status([{ type: 'Denied', reason: 'NoWay', message: 'not here' }]), {
      kind: 'refused',
      why: 'Denied: NoWay: not here',
    });
    assert.deepEqual(status([{ type: 'Approved' }, { type: 'Failed' }]), { kind: 'refused', why: 'Failed' });
  });
});

describe('the certificate that the cluster signs', () => {
  type Answer = { status?: object } | Error;

  /** A cluster that answers reads of the request one after the other, the last one for ever. */
  async function setUp(answers: readonly Answer[]) {
    const clock = new FakeClock(nowMs);
    const created: object[] = [];
    const warnings: string[] = [];
    const changes: CertificateAndKey[] = [];
    let reads = 0;
    const certificate = createRequestedCertificate({
      client: {
        create: async <T>(_path: string, body: object) => {
          created.push(body);
          reads = 0;
          return { ...body, metadata: { name: `csr-${created.length}` } } as T;
        },
        get: async <T>() => {
          const answer = answers[Math.min(reads, answers.length - 1)] ?? {};
          reads += 1;
          if (answer instanceof Error) throw answer;
          return answer as T;
        },
      },
      names: () => names,
      clock,
      random: () => 0,
      logger: noLog,
      warn: (message) => warnings.push(message),
    });
    const temporary = await certificate.start();
    certificate.onChange((changed) => changes.push(changed));
    const stop = new AbortController();
    const running = certificate.run(stop.signal);
    /** Keys are made in threads of their own, which no clock moves. */
    const advance = async (ms: number): Promise<void> => {
      const steps = Math.ceil(ms / 5000);
      for (let step = 0; step < steps; step += 1) {
        if (clock.sleeping() === 0) await new Promise((resolve) => setTimeout(resolve, 10));
        await clock.advance(Math.min(5000, ms));
      }
      await settle();
    };
    return {
      temporary,
      created,
      warnings,
      changes,
      advance,
      clock,
      async end() {
        stop.abort();
        await running;
      },
    };
  }

  const issued = async (days: number): Promise<Answer> => {
    const { certificate } = await selfSigned(names, { nowMs, days });
    return { status: { certificate: Buffer.from(certificate).toString('base64') } };
  };

  it('is asked for with the signer and usages of kubelets, and shown once it is there', async () => {
    const test = await setUp([{}, await issued(10)]);
    await test.advance(30_000);
    const [request] = test.created as [{ spec: Record<string, unknown>; metadata: Record<string, unknown> }];
    assert.equal(request.spec['signerName'], 'kubernetes.io/kubelet-serving');
    assert.deepEqual(request.spec['usages'], ['digital signature', 'key encipherment', 'server auth']);
    assert.equal(request.metadata['generateName'], 'virtual-1-serving-');
    assert.equal(test.changes.length, 1);
    assert.notEqual(test.changes[0]?.certificate, test.temporary.certificate);
    assert.deepEqual(test.warnings, []);
    await test.end();
  });

  it('brings a warning while nobody approves it, now and then', async () => {
    const test = await setUp([{}]);
    await test.advance(55_000);
    assert.deepEqual(test.warnings, []);
    await test.advance(15_000);
    assert.match(test.warnings[0] ?? '', /csr-1 .*waits for approval: kubectl certificate approve csr-1;/);
    await test.advance(10 * 60_000);
    assert.equal(test.warnings.length, 2);
    assert.equal(test.created.length, 1);
    await test.end();
  });

  it('is asked for again ten minutes after a refusal', async () => {
    const test = await setUp([{ status: { conditions: [{ type: 'Denied', reason: 'No' }] } }]);
    await test.advance(30_000);
    assert.match(test.warnings[0] ?? '', /csr-1 .*was refused: Denied: No/);
    assert.equal(test.created.length, 1);
    await test.advance(10 * 60_000);
    assert.equal(test.created.length, 2);
    await test.end();
  });

  it('is asked for again at once when the request was cleaned up', async () => {
    const gone = new KubeApiError({ message: 'gone', reason: 'NotFound', httpStatus: 404 });
    const test = await setUp([{}, gone, {}]);
    await test.advance(30_000);
    assert.ok(test.created.length >= 2);
    await test.end();
  });

  it('is renewed at 70 % of its life', async () => {
    const test = await setUp([await issued(10)]);
    await test.advance(30_000);
    assert.equal(test.changes.length, 1);
    await test.clock.advance(6 * day);
    assert.equal(test.created.length, 1);
    await test.clock.advance(day + 60_000);
    await test.advance(30_000);
    assert.ok(test.created.length >= 2);
    await test.end();
  });
});

describe('certificate files', () => {
  let dir: string;
  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'eci-kubelet-certificate-files-'));
  });
  after(async () => await rm(dir, { recursive: true }));

  const write = async ({ certificate, key }: CertificateAndKey): Promise<void> => {
    await writeFile(join(dir, 'tls.crt'), certificate);
    await writeFile(join(dir, 'tls.key'), key);
  };
  const open = (clock = new FakeClock(nowMs)) =>
    createCertificateFiles({
      certificateFile: join(dir, 'tls.crt'),
      keyFile: join(dir, 'tls.key'),
      clock,
      logger: noLog,
    });

  it('are read again when they change, and kept while they do not fit', async () => {
    const clock = new FakeClock(nowMs);
    const [first, second] = [await selfSigned(names, { nowMs, days: 1 }), await selfSigned(names, { nowMs, days: 2 })];
    await write(first);
    const files = open(clock);
    assert.deepEqual(await files.start(), first);
    const changes: CertificateAndKey[] = [];
    files.onChange((changed) => changes.push(changed));
    const stop = new AbortController();
    const running = files.run(stop.signal);
    const look = async (): Promise<void> => {
      await clock.advance(20_000);
      await new Promise((resolve) => setTimeout(resolve, 30));
    };
    await look();
    assert.equal(changes.length, 0);
    await writeFile(join(dir, 'tls.crt'), second.certificate);
    await look();
    assert.equal(changes.length, 0);
    await writeFile(join(dir, 'tls.key'), second.key);
    await look();
    assert.deepEqual(changes, [second]);
    stop.abort();
    await running;
  });

  it('must fit at the start', async () => {
    const [one, other] = [await selfSigned(names, { nowMs, days: 1 }), await selfSigned(names, { nowMs, days: 1 })];
    await write({ certificate: one.certificate, key: other.key });
    await assert.rejects(open().start(), { code: 'InvalidServingCertificate', message: /does not belong to/ });
    await rm(join(dir, 'tls.key'));
    await assert.rejects(open().start(), { code: 'InvalidServingCertificate', message: /ENOENT/ });
  });
});
