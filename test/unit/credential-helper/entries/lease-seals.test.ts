import assert from 'node:assert/strict';
import { createLeaseSeals } from '../../../../src/credential-helper/entries/lease-seals.ts';
import { MemoryApi } from '../../../support/memory-api.ts';

const COLLECTION = '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases';
const PATH = `${COLLECTION}/helper`;
const seal = (digit: string): string => digit.repeat(64);

async function setUp(withLease = true) {
  const client = new MemoryApi();
  if (withLease) {
    const spec = { holderIdentity: 'replica-1', renewTime: '2026-01-01T00:00:00.000000Z' };
    await client.create(COLLECTION, { metadata: { name: 'helper', annotations: { other: 'kept' } }, spec });
  }
  return { client, seals: createLeaseSeals({ client, namespace: 'kube-system', name: 'helper' }) };
}

describe('seals on the Lease', () => {
  it('are read back, with the one before for Secrets that are not written yet', async () => {
    const { seals } = await setUp();
    assert.deepEqual(await seals.read(), []);
    for (const digit of ['1', '2', '3', '3']) await seals.write(seal(digit));
    assert.deepEqual(await seals.read(), [seal('3'), seal('2')]);
  });

  it('leave everything else of the Lease as it is', async () => {
    const { client, seals } = await setUp();
    await seals.write(seal('1'));
    const lease = client.objects.get(PATH);
    assert.equal(lease?.metadata?.annotations?.['other'], 'kept');
    assert.deepEqual(lease?.['spec'], { holderIdentity: 'replica-1', renewTime: '2026-01-01T00:00:00.000000Z' });
  });

  it('never write over a renewal of the Lease that comes in between', async () => {
    const { client, seals } = await setUp();
    let renewals = 0;
    client.beforeWrite = ({ verb }) => {
      if (verb !== 'replace' || (renewals += 1) > 2) return;
      client.edit(PATH, (lease) => Object.assign(lease, { spec: { holderIdentity: `replica-${renewals + 1}` } }));
    };
    await seals.write(seal('1'));
    assert.deepEqual(client.objects.get(PATH)?.['spec'], { holderIdentity: 'replica-3' });
    assert.deepEqual(await seals.read(), [seal('1')]);
  });

  it('make the Lease where nobody elects a leader', async () => {
    const { seals } = await setUp(false);
    assert.deepEqual(await seals.read(), []);
    await seals.write(seal('1'));
    assert.deepEqual(await seals.read(), [seal('1')]);
  });

  it('are not taken from an annotation that holds something else', async () => {
    const { client, seals } = await setUp();
    client.edit(PATH, ({ metadata }) =>
      Object.assign(metadata?.annotations ?? {}, { 'acr-credential-helper/seals': 'x,,12' }),
    );
    assert.deepEqual(await seals.read(), []);
  });

  it('give up on an API server that refuses, instead of trying forever', async () => {
    const { client, seals } = await setUp();
    client.refuse(/^replace/, 'Conflict', 409);
    await assert.rejects(seals.write(seal('1')));
    client.refuse(/^get/, 'Forbidden', 403);
    await assert.rejects(seals.read());
  });
});
