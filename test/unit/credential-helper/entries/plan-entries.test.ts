import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import type { RegistryEntry } from '../../../../src/credential-helper/config/model.ts';
import type { BaseIdentity, PlannedEntry } from '../../../../src/credential-helper/entries/model.ts';
import { planEntries } from '../../../../src/credential-helper/entries/plan-entries.ts';
import {
  ACCESS_KEY,
  configOf,
  entryOf,
  KEY_SECRET,
  planOne,
  PROVIDER,
  ROLE_A,
  ROLE_B,
  RRSA,
  servedPlan,
} from '../../../support/entry-plans.ts';

const EE = { instanceId: 'cri-abc' } as const;

function outcomeOf(planned: PlannedEntry): string {
  return planned.kind === 'served' ? planned.plan.description : planned.finding.reason;
}

interface Case {
  fields: Partial<RegistryEntry>;
  rrsa?: boolean;
  base?: BaseIdentity;
  gives: string;
}

describe('planning entries: the first row that fits wins', () => {
  const cases: Record<string, Case> = {
    'row 1: RRSA for Personal Edition': { fields: RRSA, rrsa: true, gives: 'EntryUnsupported' },
    'row 1 before row 2: RRSA for Personal Edition with a key': {
      fields: { ...RRSA, accessKey: ACCESS_KEY },
      rrsa: true,
      gives: 'EntryUnsupported',
    },
    'row 2: RRSA and a key': { fields: { ...EE, ...RRSA, accessKey: ACCESS_KEY }, rrsa: true, gives: 'EntryInvalid' },
    'row 2 before row 3: a key and no RRSA fields': {
      fields: { ...EE, accessKey: ACCESS_KEY },
      rrsa: true,
      gives: 'EntryInvalid',
    },
    'row 3: RRSA without a role': { fields: { ...EE, rrsaProviderArn: PROVIDER }, rrsa: true, gives: 'EntryInvalid' },
    'row 3: RRSA without a provider': { fields: { ...EE, rrsaRoleArn: ROLE_A }, rrsa: true, gives: 'EntryInvalid' },
    'row 4: RRSA within the account': {
      fields: { ...EE, ...RRSA },
      rrsa: true,
      gives: 'RRSA role a-role of 111 → instance cri-abc in cn-hangzhou',
    },
    'row 4: RRSA to another account, whatever the base identity': {
      fields: { ...EE, ...RRSA, assumeRoleArn: ROLE_B },
      rrsa: true,
      base: 'managed-role',
      gives: 'RRSA role a-role of 111 → role b-role of 222 → instance cri-abc in cn-hangzhou',
    },
    'row 5: a key': {
      fields: { ...EE, accessKey: ACCESS_KEY },
      gives: 'access key LTAI5tAB… → instance cri-abc in cn-hangzhou',
    },
    'row 5: a key for Personal Edition': {
      fields: { accessKey: ACCESS_KEY },
      gives: 'access key LTAI5tAB… → Personal Edition in cn-hangzhou',
    },
    'row 5 before row 6: a key and a role, under the managed role too': {
      fields: { ...EE, accessKey: ACCESS_KEY, assumeRoleArn: ROLE_B },
      base: 'managed-role',
      gives: 'access key LTAI5tAB… → role b-role of 222 → instance cri-abc in cn-hangzhou',
    },
    'row 6: a role from the worker role': {
      fields: { ...EE, assumeRoleArn: ROLE_B },
      gives: 'worker role → role b-role of 222 → instance cri-abc in cn-hangzhou',
    },
    'row 6: a role for Personal Edition': {
      fields: { assumeRoleArn: ROLE_B },
      gives: 'worker role → role b-role of 222 → Personal Edition in cn-hangzhou',
    },
    'row 6: a role from the key of a registered cluster': {
      fields: { ...EE, assumeRoleArn: ROLE_B },
      base: 'addon-secret',
      gives: 'access key in kube-system/alibaba-addon-secret → role b-role of 222 → instance cri-abc in cn-hangzhou',
    },
    'row 6: a role under the managed role': {
      fields: { ...EE, assumeRoleArn: ROLE_B },
      base: 'managed-role',
      gives: 'EntryUnsupported',
    },
    'row 7: the managed role': {
      fields: EE,
      base: 'managed-role',
      gives: 'managed role → instance cri-abc in cn-hangzhou',
    },
    'row 7: the worker role': { fields: {}, gives: 'worker role → Personal Edition in cn-hangzhou' },
    'row 7: RRSA fields count for nothing while RRSA is off': {
      fields: { ...EE, ...RRSA },
      gives: 'worker role → instance cri-abc in cn-hangzhou',
    },
    'a region of its own': {
      fields: { ...EE, regionId: 'cn-beijing' },
      gives: 'worker role → instance cri-abc in cn-beijing',
    },
    'an ARN of any shape': {
      fields: { ...EE, assumeRoleArn: 'acs:ram::aaa' },
      gives: 'worker role → acs:ram::aaa → instance cri-abc in cn-hangzhou',
    },
    'a host of the new Personal Edition': {
      fields: { domains: ['crpi-0a1b2c.cn-hangzhou.personal.cr.aliyuncs.com'] },
      gives: 'EntryUnsupported',
    },
    'such a host among others, with a port, and RRSA': {
      fields: {
        ...EE,
        ...RRSA,
        domains: ['a.example.com', 'crpi-0a1b2c-vpc.cn-hangzhou.personal.cr.aliyuncs.com:443'],
      },
      rrsa: true,
      gives: 'EntryUnsupported',
    },
    'an id of the new Personal Edition': { fields: { instanceId: 'crpi-0a1b2c' }, gives: 'EntryUnsupported' },
    'a host that only looks a little like it': {
      fields: { ...EE, domains: ['crpi-0a1b2c.cn-hangzhou.personal.cr.aliyuncs.com.example.com'] },
      gives: 'worker role → instance cri-abc in cn-hangzhou',
    },
  };
  for (const [name, { fields, rrsa = false, base = 'worker-role', gives }] of Object.entries(cases)) {
    it(name, () => assert.equal(outcomeOf(planOne(fields, { rrsa, base })), gives));
  }
});

describe('planning entries', () => {
  it('asks for sessions of role B as long as expireDuration says', () => {
    const { chain } = servedPlan({ ...EE, assumeRoleArn: ROLE_B, expireDurationSeconds: 43_200 });
    assert.deepEqual(chain, [{ roleArn: ROLE_B, name: 'assumed role', durationSeconds: 43_200 }]);
  });

  it('names both ways out where the managed role should assume a role, and where the entry is', () => {
    const planned = planOne({ ...EE, position: 3, assumeRoleArn: ROLE_B }, { base: 'managed-role' });
    assert.ok(planned.kind === 'refused');
    assert.equal(planned.finding.position, 3);
    assert.match(planned.finding.message, /^acr-registry-info, entry 3 \(instance cri-abc in cn-hangzhou\): /);
    assert.match(planned.finding.message, /tokenMode to workerRole/);
    assert.match(planned.finding.message, /enable rrsa/);
  });

  it('names what RRSA lacks, and the key of the configuration that was used', () => {
    const planned = planOne(EE, { rrsa: true, key: 'AcrInstanceInfo' });
    assert.ok(planned.kind === 'refused');
    assert.equal(planned.finding.key, 'AcrInstanceInfo');
    assert.match(
      planned.finding.message,
      /^AcrInstanceInfo, .*lacks rrsaRoleARN and rrsaOIDCProviderRoleARN\. The entry is not served, others are$/,
    );
  });

  it('points to a pull Secret by hand for the new Personal Edition, naming its hosts', () => {
    const host = 'crpi-0a1b2c.cn-hangzhou.personal.cr.aliyuncs.com';
    const planned = planOne({ domains: ['registry.cn-hangzhou.aliyuncs.com', host] });
    assert.ok(planned.kind === 'refused');
    assert.match(planned.finding.message, new RegExp(`: ${host} belongs .*pull Secret for it by hand`));
  });

  it('keeps the other entries when one is refused, in order', () => {
    const entries = [entryOf({ accessKey: ACCESS_KEY }), entryOf({ ...EE, ...RRSA, position: 2 })];
    const planned = planEntries(configOf(entries, true), { base: 'worker-role', ownRegion: 'cn-hangzhou' });
    assert.deepEqual(
      planned.map(({ kind }) => kind),
      ['refused', 'served'],
    );
  });

  it('shows no secret, however it is printed', () => {
    const planned = [
      planOne({ ...EE, accessKey: ACCESS_KEY }),
      planOne({ ...EE, accessKey: ACCESS_KEY }, { rrsa: true }),
    ];
    assert.doesNotMatch(`${JSON.stringify(planned)} ${inspect(planned, { depth: 9 })}`, new RegExp(KEY_SECRET));
  });
});
