import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startControlPlane } from '../support/control-plane.ts';
import type { ControlPlane } from '../support/control-plane.ts';
import { containerGroups } from '../support/cloud-resources.ts';
import { eventually } from '../support/eventually.ts';
import { createPlatform } from '../support/platform.ts';
import type { Platform } from '../support/platform.ts';
import { createPod, untilPodRuns } from '../support/sandbox-pods.ts';

const root = join(import.meta.dirname, '..', '..');

describe('the kubelet API under an API server that verifies certificates', function () {
  this.timeout(120_000);
  let plane: ControlPlane;
  let platform: Platform;

  before(async function () {
    const own = await startControlPlane({ controllers: true, verifiesKubelets: true });
    if (own === undefined) {
      this.skip();
      return;
    }
    plane = own;
    platform = await createPlatform(this, { plane });
    const rights = await readFile(join(root, 'deploy/components/serving-certificate/rbac.yaml'), 'utf8');
    await plane.kubectl(['apply', '-f', '-'], rights);
  });

  after(async () => {
    await platform?.dispose();
    await plane?.stop();
  });

  it('shows one that signs itself until somebody approves the request, and then one that is believed', async () => {
    const product = await platform.start({ flags: ['--kubelet-tls', 'csr'] });
    const pod = await untilPodRuns(platform, await createPod(platform, 'web', { image: 'nginx', annotations: {} }));
    const [group] = await containerGroups(platform.simulator, pod.metadata?.uid);
    await platform.simulator.control('/_sim/container-logs', {
      containerGroupId: group?.id ?? '',
      containerName: 'app',
      lines: ['hello'],
      mode: 'set',
    });
    await assert.rejects(platform.kubectl(['logs', 'web']), /x509: certificate signed by unknown authority/);

    const name = await eventually('there is a request', async () => {
      const names = await plane.kubectl(['get', 'csr', '-o', 'jsonpath={.items[*].metadata.name}']);
      return names.split(' ').find((candidate) => candidate.startsWith(`${platform.sandbox.nodeName}-serving-`));
    });
    const requester = await plane.kubectl(['get', 'csr', name, '-o', 'jsonpath={.spec.signerName} {.spec.username}']);
    assert.equal(requester, 'kubernetes.io/kubelet-serving system:serviceaccount:kube-system:eci-kubelet');
    await plane.kubectl(['certificate', 'approve', name]);
    assert.equal(await eventually('the log can be read', () => platform.kubectl(['logs', 'web'])), 'hello\n');
    assert.match(product.output(), /serving certificate was issued/);
    await product.kill('SIGTERM');
  });

  it('reads files again when they change', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'eci-kubelet-serving-files-'));
    try {
      const files = { certificate: join(dir, 'tls.crt'), key: join(dir, 'tls.key') };
      const show = async (ip: string): Promise<void> => {
        const { certificate, key } = await plane.createServingCertificate(platform.sandbox.nodeName, ip);
        await writeFile(files.certificate, certificate);
        await writeFile(files.key, key);
      };
      await show('127.0.0.9');
      await platform.start({
        flags: ['--kubelet-tls', 'files'],
        env: { APISERVER_CERT_LOCATION: files.certificate, APISERVER_KEY_LOCATION: files.key },
      });
      await eventually('the new port is published', async () => {
        await platform.kubectl(['logs', 'web']).then(
          () => assert.fail('the certificate is for another address'),
          (error: Error) => assert.match(error.message, /certificate is valid for 127\.0\.0\.9, not 127\.0\.0\.1/),
        );
        return true;
      });
      await show('127.0.0.1');
      const text = await eventually('the log can be read', () => platform.kubectl(['logs', 'web']), {
        timeoutMs: 45_000,
        everyMs: 1000,
      });
      assert.equal(text, 'hello\n');
    } finally {
      await rm(dir, { recursive: true });
    }
  });
});
