import assert from 'node:assert/strict';
import type { IdentitySet } from '../../../../src/credential-helper/entries/identities.ts';
import type { EntryPlan } from '../../../../src/credential-helper/entries/model.ts';
import { CredentialError } from '../../../../src/credentials/errors.ts';
import { Secret } from '../../../../src/secret.ts';
import { IdentityBench, WORKER } from './identity-bench.ts';
import { ACCESS_KEY, PROVIDER, ROLE_A, ROLE_B, RRSA, servedPlan } from '../../../support/entry-plans.ts';

const EE = { instanceId: 'cri-abc' } as const;
async function failureOf(set: IdentitySet, plan: EntryPlan): Promise<CredentialError> {
  const failed = await set
    .chainsFor(plan)
    .session(plan.chain)
    .catch((error: unknown) => error);
  assert.ok(failed instanceof CredentialError);
  return failed;
}

describe('the identities of all entries', () => {
  let bench: IdentityBench;
  beforeEach(async () => {
    bench = await IdentityBench.open();
  });
  afterEach(() => bench.close());

  it('are one where entries start alike, and several where they do not', () => {
    const { set } = bench;
    const plans = {
      worker: servedPlan(EE),
      elsewhere: servedPlan({ instanceId: 'cri-abd', regionId: 'cn-beijing', assumeRoleArn: ROLE_B }),
      managed: servedPlan(EE, { base: 'managed-role' }),
      addon: servedPlan(EE, { base: 'addon-secret' }),
      rrsa: servedPlan({ ...EE, ...RRSA }, { rrsa: true }),
      provider: servedPlan({ ...EE, ...RRSA, rrsaProviderArn: `${PROVIDER}2` }, { rrsa: true }),
      role: servedPlan({ ...EE, ...RRSA, rrsaRoleArn: `${ROLE_A}2` }, { rrsa: true }),
      key: servedPlan({ ...EE, accessKey: ACCESS_KEY }),
      corrected: servedPlan({ ...EE, accessKey: { ...ACCESS_KEY, secret: new Secret('corrected') } }),
    };
    assert.equal(set.chainsFor(plans.worker), set.chainsFor(plans.elsewhere));
    const runners = Object.values(plans).map((plan) => set.chainsFor(plan));
    assert.equal(new Set(runners).size, Object.keys(plans).length - 1);
  });

  it('ask the source once for entries that are served at the same time, and STS once per role', async () => {
    const { cloud } = bench;
    cloud.trust.set(ROLE_B, [WORKER]);
    for (const instanceId of ['cri-abc', 'cri-abd']) cloud.addInstance({ instanceId, usableBy: [ROLE_B] });
    const plans = ['cri-abc', 'cri-abd'].map((instanceId) => servedPlan({ instanceId, assumeRoleArn: ROLE_B }));
    await Promise.all(plans.map((plan) => bench.password(plan)));
    assert.deepEqual(
      [bench.asked.metadata, cloud.count('AssumeRole'), cloud.count('GetAuthorizationToken')],
      [1, 1, 2],
    );
  });

  it('say what to do when RRSA was configured before the Pod had its token', async () => {
    const { set } = bench;
    const { code, message } = await failureOf(set, servedPlan({ ...EE, ...RRSA }, { rrsa: true }));
    assert.equal(code, 'TokenFileUnreadable');
    assert.match(message, /^Hop 0 \(RRSA role a-role of 111\) failed/);
    assert.match(
      message,
      /RRSA was configured before the Pod of the helper had the token volume.*delete that Pod once/,
    );
  });

  it('name the managed role when its file is not there', async () => {
    const { set } = bench;
    const { code, message } = await failureOf(set, servedPlan(EE, { base: 'managed-role' }));
    assert.equal(code, 'ManagedTokenUnreadable');
    assert.match(message, /^Hop 0 \(managed role\) failed/);
  });
});
