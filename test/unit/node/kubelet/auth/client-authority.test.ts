import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KubeObject, ListResult, WatchEvent } from '../../../../../src/kube/types.ts';
import {
  createFileAuthority,
  createPublishedAuthority,
} from '../../../../../src/node/kubelet/auth/client-authority.ts';
import { selfSigned } from '../../../../../src/node/kubelet/tls/x509.ts';
import { noLog } from '../../../../../src/telemetry/types.ts';
import { FakeClock, settle } from '../../../../support/fake-clock.ts';

async function aCertificate(): Promise<string> {
  const { certificate } = await selfSigned({ nodeName: 'authority', ipAddresses: [] }, { nowMs: Date.now(), days: 1 });
  return certificate;
}

describe('the authority that the cluster publishes', () => {
  it('is listed and watched by its name alone, and followed', async () => {
    const [first, second] = [await aCertificate(), await aCertificate()];
    const asked: unknown[] = [];
    const events: WatchEvent[] = [];
    let wake = Promise.withResolvers<void>();
    const object = (pem: string | undefined, resourceVersion: string) => ({
      metadata: { name: 'extension-apiserver-authentication', namespace: 'kube-system', uid: 'u', resourceVersion },
      data: pem === undefined ? {} : { 'client-ca-file': pem },
    });
    const authority = createPublishedAuthority({
      client: {
        list: async <T extends KubeObject>(path: string, options: object = {}): Promise<ListResult<T>> => {
          asked.push([path, options]);
          return { items: [object(first, '1')] as unknown as T[], resourceVersion: '1' };
        },
        async *watch(path, query) {
          asked.push([path, query]);
          for (;;) {
            await wake.promise;
            wake = Promise.withResolvers();
            yield* events.splice(0);
          }
        },
      },
      clock: new FakeClock(),
      random: () => 0,
      logger: noLog,
    });
    let changes = 0;
    authority.onChange(() => (changes += 1));
    assert.equal(authority.current(), undefined);
    const stop = new AbortController();
    void authority.run(stop.signal);
    await settle();
    assert.equal(authority.current(), first);
    const see = async (type: WatchEvent['type'], pem: string | undefined, version: string): Promise<void> => {
      events.push({ type, object: object(pem, version) });
      wake.resolve();
      await settle();
    };
    await see('MODIFIED', second, '2');
    assert.equal(authority.current(), second);
    await see('MODIFIED', 'nonsense', '3');
    assert.equal(authority.current(), second);
    await see('MODIFIED', undefined, '4');
    assert.equal(authority.current(), undefined);
    assert.equal(changes, 3);
    for (const [path, options] of asked as [string, { fieldSelector: string }][]) {
      assert.equal(path, '/api/v1/namespaces/kube-system/configmaps');
      assert.equal(options.fieldSelector, 'metadata.name=extension-apiserver-authentication');
    }
    stop.abort();
  });
});

describe('an authority in a file', () => {
  it('is read again when it changes, and kept while it cannot be read', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'eci-kubelet-client-authority-'));
    const path = join(dir, 'ca.crt');
    const clock = new FakeClock();
    const [first, second] = [await aCertificate(), await aCertificate()];
    await writeFile(path, first);
    const authority = createFileAuthority({ path, clock, logger: noLog });
    const stop = new AbortController();
    const running = authority.run(stop.signal);
    // Disks answer outside the fake clock's sight; between two looks the authority sleeps.
    const untilAsleep = async (): Promise<void> => {
      for (let turn = 0; turn < 10_000 && clock.sleeping() === 0; turn += 1) await settle();
    };
    const look = async (): Promise<void> => {
      await untilAsleep();
      await clock.advance(20_000);
      await untilAsleep();
    };
    await look();
    assert.equal(authority.current(), first);
    await writeFile(path, '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n');
    await look();
    assert.equal(authority.current(), first);
    await rm(path);
    await look();
    assert.equal(authority.current(), first);
    await writeFile(path, second);
    await look();
    assert.equal(authority.current(), second);
    stop.abort();
    await running;
    await rm(dir, { recursive: true });
  });
});
