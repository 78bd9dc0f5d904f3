import assert from 'node:assert/strict';
import type { Lease } from '../../../src/kube/types.ts';
import { NodeLease } from '../../../src/node/node-lease.ts';
import type { Logger } from '../../../src/telemetry/types.ts';
import { noLog } from '../../../src/telemetry/types.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { MemoryApi } from '../../support/memory-api.ts';

const PATH = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/eci';

function setUp(): {
  api: MemoryApi;
  clock: FakeClock;
  lease: NodeLease;
  facts: { uid: string | undefined; healthy: boolean };
  stored: () => Lease | undefined;
  warnings: string[];
  run: (seconds: number) => Promise<void>;
  stop: () => Promise<void>;
} {
  const api = new MemoryApi();
  const clock = new FakeClock();
  const facts: { uid: string | undefined; healthy: boolean } = { uid: 'node-1', healthy: true };
  const warnings: string[] = [];
  const logger: Logger = { ...noLog, warn: (message) => void warnings.push(message) };
  const lease = new NodeLease({
    client: api,
    clock,
    logger,
    nodeName: 'eci',
    nodeUid: () => facts.uid,
    mayRenew: () => facts.healthy,
  });
  const stopping = new AbortController();
  let running: Promise<void> | undefined;
  return {
    api,
    clock,
    lease,
    facts,
    warnings,
    stored: () => api.objects.get(PATH),
    run: async (seconds) => {
      running ??= lease.run(stopping.signal);
      await clock.advance(seconds * 1000);
    },
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

describe('the lease of a node', () => {
  it('names the node as holder and owner, and is renewed every ten seconds with one call', async () => {
    const { api, stored, run, stop } = setUp();
    await run(0);
    const first = stored();
    assert.equal(first?.spec?.holderIdentity, 'eci');
    assert.equal(first.spec.leaseDurationSeconds, 40);
    assert.deepEqual(first.metadata?.ownerReferences, [{ apiVersion: 'v1', kind: 'Node', name: 'eci', uid: 'node-1' }]);
    api.writes.length = 0;
    await run(60);
    await stop();
    assert.deepEqual(
      api.writes.map(({ verb }) => verb),
      ['replace', 'replace', 'replace', 'replace', 'replace', 'replace'],
    );
    assert.equal(stored()?.spec?.renewTime, '2026-01-01T00:01:00.000000Z');
  });

  it('is not written while the Node is unknown, nor while this process cannot serve', async () => {
    const { api, facts, run, stop } = setUp();
    facts.uid = undefined;
    await run(30);
    facts.uid = 'node-1';
    facts.healthy = false;
    await run(30);
    await stop();
    assert.deepEqual(api.writes, []);
  });

  it('gets the UID of the new Node when that was made anew', async () => {
    const { lease, facts, stored, run, stop } = setUp();
    await run(0);
    facts.uid = 'node-2';
    lease.renewSoon();
    await run(0);
    assert.equal(stored()?.metadata?.ownerReferences?.[0]?.uid, 'node-2');
    await stop();
  });

  it('is created again when the garbage collector took it', async () => {
    const { api, stored, run, stop } = setUp();
    await run(0);
    api.objects.delete(PATH);
    await run(10);
    assert.ok(stored() !== undefined);
    await stop();
  });

  it('is renewed over what somebody else wrote in between', async () => {
    const { api, stored, run, stop } = setUp();
    await run(0);
    api.edit(PATH, () => {});
    await run(10);
    assert.equal(stored()?.spec?.renewTime, '2026-01-01T00:00:10.000000Z');
    await stop();
  });

  it('is tried again at once when a renewal fails, so that one lost answer costs no period', async () => {
    const { api, stored, run, stop } = setUp();
    await run(0);
    api.refuse(/^replace/, 'InternalError', 500, 4);
    await run(10);
    assert.equal(stored()?.spec?.renewTime, '2026-01-01T00:00:10.000000Z');
    await stop();
  });

  it('is created with back-off while that fails', async () => {
    const { api, stored, run, stop } = setUp();
    api.refuse(/^create/, 'InternalError', 500, 20);
    await run(3);
    assert.ok(stored() !== undefined, 'five tries at once, then after 0.2, 0.4, 0.8 seconds');
    await stop();
  });

  for (const [what, matches, reason, httpStatus] of [
    ['the permission is missing', /./, 'Forbidden', 403],
    ['the namespace is missing', /^create/, 'NotFound', 404],
  ] as const) {
    it(`is given up with one line when ${what}, and taken up once it is there`, async () => {
      const { api, lease, stored, warnings, run, stop } = setUp();
      api.refuse(matches, reason, httpStatus);
      await run(700);
      assert.equal(lease.isAvailable(), false);
      assert.equal(warnings.length, 1);
      assert.deepEqual(stored(), undefined);
      api.refusals.length = 0;
      await run(300);
      assert.equal(lease.isAvailable(), true);
      assert.ok(stored() !== undefined);
      await stop();
    });
  }
});
