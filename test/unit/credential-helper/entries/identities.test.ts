import assert from 'node:assert/strict';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { createIdentitySet, type IdentitySet } from '../../../../src/credential-helper/entries/identities.ts';
import type { EntryPlan } from '../../../../src/credential-helper/entries/model.ts';
import { CredentialError } from '../../../../src/credentials/errors.ts';
import { Secret } from '../../../../src/secret.ts';
import { noLog, noMetrics } from '../../../../src/telemetry/types.ts';
import { FakeCloud, HOUR_MS } from '../../credentials/fake-cloud.ts';
import { ACCESS_KEY, PROVIDER, ROLE_A, ROLE_B, RRSA, servedPlan } from './plan-builder.ts';

const EE = { instanceId: 'cri-abc' } as const;
const NOWHERE = join(tmpdir(), 'eci-kubelet-no-such-token');

function setUp(): { cloud: FakeCloud; set: IdentitySet; roles: () => number } {
  const cloud = new FakeCloud();
  let roles = 0;
  const unused = (): Promise<never> => Promise.reject(new Error('not part of this test'));
  const set = createIdentitySet({
    clock: cloud.clock,
    random: () => 0,
    logger: noLog,
    metrics: noMetrics,
    sts: { ...cloud.sts, assumeRoleWithOidc: unused, getCallerIdentity: unused },
    cr: cloud.cr,
    metadata: {
      regionId: unused,
      roleName: () => Promise.resolve('worker'),
      roleCredentials: () => {
        roles += 1;
        const expiresAtMs = cloud.clock.nowMs() + 6 * HOUR_MS;
        return Promise.resolve({ accessKeyId: 'LTAIworker', accessKeySecret: new Secret('s'), expiresAtMs });
      },
    },
    sessionName: 'eci-kubelet-test',
    managedTokenFile: NOWHERE,
    rrsaTokenFile: NOWHERE,
    addonKey: () => Promise.resolve({ accessKeyId: 'LTAIaddon', accessKeySecret: new Secret('s') }),
  });
  return { cloud, set, roles: () => roles };
}

async function failureOf(set: IdentitySet, plan: EntryPlan): Promise<CredentialError> {
  const failed = await set
    .chainsFor(plan)
    .session(plan.chain)
    .catch((error: unknown) => error);
  assert.ok(failed instanceof CredentialError);
  return failed;
}

describe('the identities of all entries', () => {
  it('are one where entries start alike, and several where they do not', () => {
    const { set } = setUp();
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
    const { cloud, set, roles } = setUp();
    cloud.trust.set(ROLE_B, ['access key LTAIexample']);
    for (const instanceId of ['cri-abc', 'cri-abd']) cloud.addInstance({ instanceId, usableBy: [ROLE_B] });
    const plans = ['cri-abc', 'cri-abd'].map((instanceId) => servedPlan({ instanceId, assumeRoleArn: ROLE_B }));
    await Promise.all(
      plans.map((plan) =>
        set.chainsFor(plan).password(plan.chain, { regionId: plan.regionId, instanceId: plan.instanceId ?? '' }),
      ),
    );
    assert.deepEqual([roles(), cloud.count('AssumeRole'), cloud.count('GetAuthorizationToken')], [1, 1, 2]);
  });

  it('say what to do when RRSA was configured before the Pod had its token', async () => {
    const { set } = setUp();
    const { code, message } = await failureOf(set, servedPlan({ ...EE, ...RRSA }, { rrsa: true }));
    assert.equal(code, 'TokenFileUnreadable');
    assert.match(message, /^Hop 0 \(RRSA role a-role of 111\) failed/);
    assert.match(
      message,
      /RRSA was configured before the Pod of the helper had the token volume.*delete that Pod once/,
    );
  });

  it('name the managed role when its file is not there', async () => {
    const { set } = setUp();
    const { code, message } = await failureOf(set, servedPlan(EE, { base: 'managed-role' }));
    assert.equal(code, 'ManagedTokenUnreadable');
    assert.match(message, /^Hop 0 \(managed role\) failed/);
  });
});
