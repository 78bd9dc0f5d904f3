import assert from 'node:assert/strict';
import type { LookupAddress } from 'node:dns';
import { createPublicLookup } from '../../../src/alibaba/public-lookup.ts';
import { createRegistryProbe } from '../../../src/alibaba/registry-probe.ts';
import { testCaller } from '../alibaba/cloud-caller-fixture.ts';

/** Looks a name up the way a connection does. */
async function lookUp(addresses: string[], all = true): Promise<unknown> {
  const asked: string[] = [];
  const lookup = createPublicLookup(async (name) => {
    asked.push(name);
    return addresses.map((address): LookupAddress => ({ address, family: address.includes(':') ? 6 : 4 }));
  });
  return await new Promise((resolve) => {
    lookup('images.example.com', { all }, (error, found) =>
      resolve(error === null ? { asked, found } : { asked, code: error.code }),
    );
  });
}

describe('the address of a registry that a Pod names', () => {
  for (const address of [
    '100.100.100.200',
    '127.0.0.1',
    '127.9.9.9',
    '0.0.0.0',
    '169.254.169.254',
    '255.255.255.255',
    '::1',
    '::',
    'fe80::1',
    '::ffff:127.0.0.1',
    '::ffff:100.100.100.200',
  ]) {
    it(`is not called when the name leads to ${address}, nor when it does so among others`, async () => {
      const refused = { asked: ['images.example.com.'], code: 'EACCES' };
      assert.deepEqual(await lookUp([address]), refused);
      assert.deepEqual(await lookUp([address], false), refused);
      assert.deepEqual(await lookUp(['203.0.113.9', address]), refused);
    });
  }

  it('may be in the VPC, and is not looked for in the search domains of the cluster', async () => {
    assert.deepEqual(await lookUp(['10.0.0.9', '100.103.0.7']), {
      asked: ['images.example.com.'],
      found: [
        { address: '10.0.0.9', family: 4 },
        { address: '100.103.0.7', family: 4 },
      ],
    });
  });

  for (const host of [
    '2130706433:443',
    '0x7f000001:443',
    '127.1',
    '0x7f.1',
    '10.0.0.1',
    'localhost:443',
    'kubernetes:443',
    'a.localhost',
    'vault.kube-system.svc.cluster.local',
    'metadata.google.internal',
    'images.example.com:10250',
    'images.example.com:80',
    'images.example.com.',
  ]) {
    it(`is not even looked up for ${host}`, async () => {
      const looked: string[] = [];
      const probe = createRegistryProbe({
        call: testCaller().call,
        lookup: (name, _options, callback) => {
          looked.push(name);
          callback(Object.assign(new Error('asked'), { code: 'ENOTFOUND' }), '');
        },
      });
      assert.equal(await probe.challenge(host), undefined);
      assert.deepEqual(looked, []);
    });
  }

  it('is looked up by the guarded resolver when a connection is made', async () => {
    const looked: string[] = [];
    const { call, clock } = testCaller();
    const probe = createRegistryProbe({
      call,
      lookup: (name, _options, callback) => {
        looked.push(name);
        callback(Object.assign(new Error('refused'), { code: 'EACCES' }), '');
      },
    });
    const refused = assert.rejects(probe.challenge('images.example.com'), { code: 'Local.Unreachable' });
    while (looked.length < 2) {
      await clock.advance(1000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await refused;
    assert.deepEqual(looked, ['images.example.com', 'images.example.com']);
  });
});
