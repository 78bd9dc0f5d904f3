import assert from 'node:assert/strict';
import type { RegistryEntry } from '../../../../src/credential-helper/config/model.ts';
import type { PlanContext } from '../../../../src/credential-helper/entries/plan-entries.ts';
import { Secret } from '../../../../src/secret.ts';
import { ACCESS_KEY, PROVIDER, ROLE_A, ROLE_B, RRSA, servedPlan } from '../../../support/entry-plans.ts';

type Variant = [fields: Partial<RegistryEntry>, options?: Partial<PlanContext> & { rrsa?: boolean }];

const EE = { instanceId: 'cri-abc' } as const;
const ROLE = { ...EE, assumeRoleArn: ROLE_B } as const;
const fingerprint = ([fields, options]: Variant): string => servedPlan(fields, options).fingerprint;

describe('fingerprints of entries', () => {
  it('differ wherever another password or other hosts are meant', () => {
    const variants: Record<string, Variant> = {
      'Personal Edition in the region of the cluster': [{}],
      'Personal Edition elsewhere': [{ regionId: 'cn-beijing' }],
      'an instance': [EE],
      'the same instance id elsewhere': [{ ...EE, regionId: 'cn-beijing' }],
      'another instance': [{ instanceId: 'cri-abd' }],
      'certain hosts of it': [{ ...EE, domains: ['a.example.com'] }],
      'other hosts of it': [{ ...EE, domains: ['a.example.com', 'b.example.com'] }],
      'through a role': [ROLE],
      'through it for longer': [{ ...ROLE, expireDurationSeconds: 7200 }],
      'through another role': [{ ...EE, assumeRoleArn: ROLE_A }],
      'by the managed role': [EE, { base: 'managed-role' }],
      'by the key of a registered cluster': [EE, { base: 'addon-secret' }],
      'by RRSA': [{ ...EE, ...RRSA }, { rrsa: true }],
      'by RRSA with another provider': [{ ...EE, ...RRSA, rrsaProviderArn: `${PROVIDER}x` }, { rrsa: true }],
      'by RRSA through a role': [{ ...ROLE, ...RRSA }, { rrsa: true }],
      'by an access key': [{ ...EE, accessKey: ACCESS_KEY }],
      'by another access key': [{ ...EE, accessKey: { ...ACCESS_KEY, id: 'LTAI5tOTHER' } }],
    };
    const byFingerprint = Map.groupBy(Object.entries(variants), ([, variant]) => fingerprint(variant));
    const alike = [...byFingerprint.values()]
      .filter((group) => group.length > 1)
      .map((group) => group.map(([name]) => name));
    assert.deepEqual(alike, []);
  });

  it('are the same where the same is meant', () => {
    const pairs: Record<string, [Variant, Variant]> = {
      'another place in the list': [[EE], [{ ...EE, position: 7 }]],
      'the region of the cluster, written out': [[EE], [{ ...EE, regionId: 'cn-hangzhou' }]],
      'hosts in another order': [[{ domains: ['a.com', 'b.com'] }], [{ domains: ['b.com', 'a.com'] }]],
      'the case of a role name': [[ROLE], [{ ...EE, assumeRoleArn: ROLE_B.replace('b-role', 'B-Role') }]],
      'a corrected secret, which must not show': [
        [{ ...EE, accessKey: ACCESS_KEY }],
        [{ ...EE, accessKey: { ...ACCESS_KEY, secret: new Secret('other') } }],
      ],
      'a duration without a role': [[EE], [{ ...EE, expireDurationSeconds: 7200 }]],
    };
    for (const [name, [one, other]] of Object.entries(pairs)) assert.equal(fingerprint(one), fingerprint(other), name);
  });

  it('are short and stay the same from run to run', () => {
    assert.equal(fingerprint([EE]), '65a78f56e42a7bd1dea0a294');
  });
});
