import assert from 'node:assert/strict';
import { type FakeCloud, HOUR_MS, OWN } from '../../credentials/fake-cloud.ts';
import { IdentityBench, WORKER } from './identity-bench.ts';
import { ACCESS_KEY, ROLE_A, ROLE_B, RRSA, servedPlan } from '../../../support/entry-plans.ts';

const EE = { instanceId: 'cri-abc' } as const;
const MINUTE_MS = 60_000;
/** When passwords of an hour are renewed with the default threshold. */
const DUE_MS = 45 * MINUTE_MS;

/** Who made which calls after a moment. */
function callsSince(cloud: FakeCloud, start: number): string[] {
  return cloud.calls.slice(start).map(({ action, principal }) => `${action} as ${principal}`);
}

describe('renewing a password renews the session that it hangs on', () => {
  let bench: IdentityBench;
  beforeEach(async () => {
    bench = await IdentityBench.open();
    await bench.writeToken('token-1');
    bench.cloud.trust.set(ROLE_B, [ROLE_A, WORKER, OWN]);
    bench.cloud.addInstance({ instanceId: 'cri-abc', usableBy: [ROLE_A, ROLE_B, WORKER, OWN] });
  });
  afterEach(() => bench.close());

  it('RRSA alone: the token is exchanged again, as it stands in its file now', async () => {
    const plan = servedPlan({ ...EE, ...RRSA }, { rrsa: true });
    assert.equal(await bench.renew(plan), HOUR_MS);
    await bench.writeToken('token-2');
    await bench.cloud.clock.advance(DUE_MS);
    assert.equal(await bench.renew(plan), HOUR_MS);
    assert.deepEqual(bench.tokens, ['token-1', 'token-2']);
  });

  it('RRSA and role B: role B is assumed again, and role A as well where its session is about to end', async () => {
    const fields = { ...EE, ...RRSA, assumeRoleArn: ROLE_B };
    const plan = servedPlan(fields, { rrsa: true });
    await bench.renew(plan);
    const start = bench.cloud.calls.length;
    await bench.cloud.clock.advance(DUE_MS);
    assert.equal(await bench.renew(plan), HOUR_MS);
    assert.deepEqual(callsSince(bench.cloud, start), [`AssumeRole as ${ROLE_A}`, `GetAuthorizationToken as ${ROLE_B}`]);
    assert.equal(bench.asked.oidc, 2, 'of the session of role A a quarter of an hour was left');
  });

  it('RRSA and role B for twelve hours: the password lasts as long, whatever is left of role A', async () => {
    const plan = servedPlan({ ...EE, ...RRSA, assumeRoleArn: ROLE_B, expireDurationSeconds: 43_200 }, { rrsa: true });
    assert.equal(await bench.renew(plan), 12 * HOUR_MS);
    await bench.cloud.clock.advance(11.75 * HOUR_MS);
    assert.equal(await bench.renew(plan), 12 * HOUR_MS);
    assert.deepEqual([bench.asked.oidc, bench.cloud.count('AssumeRole')], [2, 2]);
  });

  it('role B is assumed also where STS gives no new session of role A and the old one still lives', async () => {
    const plan = servedPlan({ ...EE, ...RRSA, assumeRoleArn: ROLE_B }, { rrsa: true });
    await bench.renew(plan);
    await bench.cloud.clock.advance(DUE_MS);
    bench.failing = true;
    assert.equal(await bench.renew(plan), HOUR_MS);
    assert.equal(bench.asked.oidc, 2);
  });

  it('RRSA alone: the failure is told where STS gives no new session, not hidden behind a password that ends when the old one does', async () => {
    const plan = servedPlan({ ...EE, ...RRSA }, { rrsa: true });
    await bench.renew(plan);
    await bench.cloud.clock.advance(DUE_MS);
    bench.failing = true;
    await assert.rejects(bench.renew(plan), { code: 'AuthenticationFail.OIDCToken.Expired' });
    bench.failing = false;
    assert.equal(await bench.renew(plan), HOUR_MS);
  });

  it('worker role: the metadata service is asked again', async () => {
    const plan = servedPlan(EE);
    await bench.renew(plan);
    await bench.cloud.clock.advance(DUE_MS);
    assert.equal(await bench.renew(plan), HOUR_MS);
    assert.equal(bench.asked.metadata, 2);
  });

  it('worker role: where the metadata service has no newer session the password ends with it, without a flood of questions', async () => {
    const plan = servedPlan(EE);
    bench.sameSession = true;
    await bench.renew(plan);
    await bench.cloud.clock.advance(DUE_MS);
    for (let n = 0; n < 5; n += 1) assert.equal(await bench.renew(plan, { tryNow: false }), HOUR_MS - DUE_MS);
    assert.deepEqual([bench.asked.metadata, bench.cloud.count('GetAuthorizationToken')], [2, 2]);
    bench.sameSession = false;
    await bench.cloud.clock.advance(MINUTE_MS);
    assert.equal(await bench.renew(plan), HOUR_MS);
  });

  it('worker role: a session with less left than threshold and five minutes is not used for a first password either', async () => {
    const other = servedPlan({ instanceId: 'cri-other' });
    bench.cloud.addInstance({ instanceId: 'cri-other', usableBy: [WORKER] });
    await bench.renew(servedPlan(EE));
    await bench.cloud.clock.advance(HOUR_MS - 19 * MINUTE_MS);
    assert.equal(await bench.renew(other), HOUR_MS);
    assert.equal(bench.asked.metadata, 2);
  });

  it('worker role and role B: role B is assumed again, with a base session that lasts', async () => {
    const plan = servedPlan({ ...EE, assumeRoleArn: ROLE_B });
    bench.baseLifeMs = 6 * HOUR_MS;
    await bench.renew(plan);
    await bench.cloud.clock.advance(DUE_MS);
    assert.equal(await bench.renew(plan), HOUR_MS);
    assert.deepEqual([bench.asked.metadata, bench.cloud.count('AssumeRole')], [1, 2]);
  });

  it('access key: the password alone is asked for again', async () => {
    const plan = servedPlan({ ...EE, accessKey: ACCESS_KEY });
    await bench.renew(plan);
    const start = bench.cloud.calls.length;
    await bench.cloud.clock.advance(DUE_MS);
    assert.equal(await bench.renew(plan), HOUR_MS);
    assert.deepEqual(callsSince(bench.cloud, start), [`GetAuthorizationToken as ${OWN}`]);
  });

  it('access key and role B: role B is assumed again', async () => {
    const plan = servedPlan({ ...EE, accessKey: ACCESS_KEY, assumeRoleArn: ROLE_B });
    await bench.renew(plan);
    const start = bench.cloud.calls.length;
    await bench.cloud.clock.advance(DUE_MS);
    assert.equal(await bench.renew(plan), HOUR_MS);
    assert.deepEqual(callsSince(bench.cloud, start), [`AssumeRole as ${OWN}`, `GetAuthorizationToken as ${ROLE_B}`]);
  });
});

describe('passwords of different entries', () => {
  let bench: IdentityBench;
  beforeEach(async () => {
    bench = await IdentityBench.open();
    await bench.writeToken('token-1');
  });
  afterEach(() => bench.close());

  it('never share a slot: Personal Edition of two regions, one id in two regions, two chains to one instance', async () => {
    const { cloud } = bench;
    cloud.personalUsers.add(WORKER);
    cloud.trust.set(ROLE_B, [WORKER]);
    for (const regionId of ['cn-hangzhou', 'cn-beijing']) {
      cloud.addInstance({ instanceId: 'cri-abc', regionId, usableBy: [WORKER, ROLE_A, ROLE_B] });
    }
    const plans = [
      servedPlan({}),
      servedPlan({ regionId: 'cn-beijing' }),
      servedPlan(EE),
      servedPlan({ ...EE, regionId: 'cn-beijing' }),
      servedPlan({ ...EE, assumeRoleArn: ROLE_B }),
      servedPlan({ ...EE, assumeRoleArn: ROLE_B, expireDurationSeconds: 7200 }),
      servedPlan({ ...EE, ...RRSA }, { rrsa: true }),
    ];
    const first = await Promise.all(plans.map((plan) => bench.password(plan)));
    const again = await Promise.all(plans.map((plan) => bench.password(plan)));
    const passwords = first.map(({ password }) => password.reveal());
    assert.equal(new Set(passwords).size, plans.length);
    assert.deepEqual(
      again.map(({ password }) => password.reveal()),
      passwords,
    );
    assert.equal(cloud.count('GetAuthorizationToken'), plans.length);
  });
});
