import assert from 'node:assert/strict';
import { configuredEntries } from '../../../../src/cli/helper/configured-entries.ts';
import type { HelperConfig, RegistryEntry } from '../../../../src/credential-helper/config/model.ts';
import { Secret } from '../../../../src/secret.ts';

function entriesOf(entry: Partial<RegistryEntry>, change: Partial<HelperConfig> & { ownRegion?: string } = {}) {
  const { ownRegion, ...rest } = change;
  const config: HelperConfig = {
    serviceAccounts: { kind: 'all' },
    namespaces: { kind: 'all' },
    expiringThresholdMs: 900_000,
    notifyEmail: 'cs@aliyuncs.com',
    entries: [{ position: 1, expireDurationSeconds: 3600, ...entry }],
    rrsaEnabled: false,
    ...rest,
  };
  return configuredEntries(config, ownRegion)[0];
}

describe('an entry without a helper', () => {
  it('has the chain with a base identity that nobody knows', () => {
    assert.deepEqual(entriesOf({ instanceId: 'cri-a', regionId: 'cn-beijing', assumeRoleArn: 'acs:ram::222:role/b' }), {
      position: 1,
      instanceId: 'cri-a',
      regionId: 'cn-beijing',
      chain: 'base identity → role b of 222 → instance cri-a in cn-beijing',
    });
  });

  it('has an identity of its own where it brings one, without the secret', () => {
    const entry = entriesOf({ accessKey: { id: 'LTAI5tAbCdEfGh', secret: new Secret('CANARY-secret') } });
    assert.match(entry?.chain ?? '', /^access key LTAI5tAb?C?… → /);
    assert.doesNotMatch(JSON.stringify(entry), /CANARY/);
  });

  it('has the hosts of Personal Edition once the region is known', () => {
    assert.equal(entriesOf({})?.hosts, undefined);
    assert.deepEqual(entriesOf({}, { ownRegion: 'cn-hangzhou' })?.hosts?.slice(0, 1), [
      'registry.cn-hangzhou.aliyuncs.com',
    ]);
    assert.deepEqual(entriesOf({ domains: ['x.example'] })?.hosts, ['x.example']);
  });

  it('is refused where every helper would refuse it', () => {
    const entry = entriesOf({ regionId: 'cn-hangzhou' }, { rrsaEnabled: true });
    assert.equal(entry?.refused?.reason, 'EntryUnsupported');
    assert.match(entry.refused.message, /RRSA serves Enterprise Edition only/);
    assert.equal(entry.chain, undefined);
  });
});
