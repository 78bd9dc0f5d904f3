import assert from 'node:assert/strict';
import { assumeRole, callCr, callRpc, keys, roleA, roleB, stsClient } from '../sdk-clients.ts';
import { startSimulator, type RunningSimulator } from '../start-simulator.ts';

describe('simulated AssumeRole', () => {
  let running: RunningSimulator;
  let url: string;

  before(async () => {
    running = await startSimulator();
    url = running.addresses.url;
  });
  after(async () => {
    assert.deepEqual(running.defects, []);
    await running.simulator.stop();
  });

  it('goes from the component over account A to account B', async () => {
    const hop1 = await assumeRole(url, keys.component, roleA('role-assume'));
    const hop2 = await assumeRole(url, hop1, roleB('role-acr'));
    const { body } = await stsClient(url, hop2).getCallerIdentity();
    assert.equal(body?.identityType, 'AssumedRoleUser');
    assert.equal(body?.arn, 'acs:ram::2222222222222222:assumed-role/role-acr/test-session');
    const [last] = running.simulator.journal.entries({ action: 'GetCallerIdentity' });
    assert.equal(last?.chainDepth, 2);
    assert.equal(last?.sessionName, 'test-session');
  });

  it('finds roles whatever the case of their name', async () => {
    const session = await assumeRole(url, keys.component, roleA('ROLE-Assume'));
    assert.match(session.accessKeyId, /^STS\./);
    assert.match(session.expiration, /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/);
  });

  it('tells a role that does not trust the caller from a caller that may not assume roles', async () => {
    await assert.rejects(assumeRole(url, keys.component, roleA('role-assume-eci-only')), {
      code: 'NoPermission',
      statusCode: 403,
      accessDeniedDetail: {
        AuthAction: 'sts:AssumeRole',
        AuthPrincipalType: 'SubUser',
        AuthPrincipalOwnerId: '1111111111111111',
        AuthPrincipalDisplayName: 'eci-kubelet',
        PolicyType: 'AssumeRolePolicy',
        NoPermissionType: 'ImplicitDeny',
      },
    });
    await assert.rejects(assumeRole(url, keys.nobody, roleA('role-assume')), (error: unknown) => {
      assert.ok(error instanceof Error && 'code' in error && 'accessDeniedDetail' in error);
      assert.equal(error.code, 'NoPermission');
      assert.equal(
        (error.accessDeniedDetail as Record<string, string>)['PolicyType'],
        'AccountLevelIdentityBasedPolicy',
      );
      return true;
    });
  });

  it('lets the ECI service assume what trusts only ECI', async () => {
    const session = await assumeRole(url, keys.serviceEci, roleA('role-assume-eci-only'));
    assert.match((await assumeRole(url, session, roleB('role-acr'))).accessKeyId, /^STS\./);
  });

  const refusals: Record<string, { roleArn?: string; more?: Record<string, unknown>; code: string; status: number }> = {
    'a role that does not exist': { roleArn: roleA('no-such'), code: 'EntityNotExist.Role', status: 404 },
    'an ARN of a user': {
      roleArn: 'acs:ram::1111111111111111:user/bob',
      code: 'InvalidParameter.RoleArn',
      status: 400,
    },
    'a role name with an underscore': { roleArn: roleA('a_b'), code: 'InvalidParameter.RoleArn', status: 400 },
    'a session name of one letter': {
      more: { roleSessionName: 'x' },
      code: 'InvalidParameter.RoleSessionName',
      status: 400,
    },
    'a session shorter than a quarter of an hour': {
      more: { durationSeconds: 899 },
      code: 'InvalidParameter.DurationSeconds',
      status: 400,
    },
    'a session longer than the role allows': {
      more: { durationSeconds: 3601 },
      code: 'InvalidParameter.DurationSeconds',
      status: 400,
    },
    'a session policy that is no JSON': {
      more: { policy: '{' },
      code: 'InvalidParameter.PolicyGrammar',
      status: 400,
    },
    'a session policy of the wrong version': {
      more: { policy: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}' },
      code: 'InvalidParameter.PolicyGrammar',
      status: 400,
    },
    'a session policy that is too long': {
      more: { policy: ' '.repeat(2049) },
      code: 'InvalidParameter.PolicySize',
      status: 400,
    },
    'an untrusting role of another account': {
      roleArn: roleB('role-acr-untrusting'),
      code: 'NoPermission',
      status: 403,
    },
  };
  for (const [what, { roleArn, more, code, status }] of Object.entries(refusals)) {
    it(`refuses ${what}`, async () => {
      await assert.rejects(assumeRole(url, keys.component, roleArn ?? roleA('role-assume'), more), {
        code,
        statusCode: status,
      });
    });
  }

  it('refuses the root of an account', async () => {
    await assert.rejects(assumeRole(url, keys.rootA, roleA('role-assume')), {
      code: 'NoPermission',
      message: /Roles may not be assumed by root accounts\./,
    });
  });

  it('names a missing parameter in the code', async () => {
    const call = callRpc(url, keys.component, {
      action: 'AssumeRole',
      version: '2015-04-01',
      query: { RoleArn: roleA('role-assume') },
    });
    await assert.rejects(call, { code: 'MissingRoleSessionName', statusCode: 400 });
  });

  it('narrows a session by its policy and never widens it', async () => {
    const policy = (action: string): string =>
      JSON.stringify({ Version: '1', Statement: [{ Effect: 'Allow', Action: action, Resource: '*' }] });
    const narrowed = await assumeRole(url, keys.component, roleA('acr-test'), { policy: policy('cr:ListInstance') });
    assert.equal((await callCr(url, narrowed, 'ListInstance')).body['IsSuccess'], true);
    await assert.rejects(
      callCr(url, narrowed, 'GetAuthorizationToken', { InstanceId: 'cri-a1b2c3d4e5f6g7h8' }),
      (error: unknown) => {
        assert.ok(error instanceof Error && 'accessDeniedDetail' in error);
        assert.equal((error.accessDeniedDetail as Record<string, string>)['PolicyType'], 'SessionPolicy');
        return true;
      },
    );
    const widened = await assumeRole(url, keys.component, roleA('role-powerless'), { policy: policy('*') });
    await assert.rejects(callCr(url, widened, 'ListInstance'), { code: 'NoPermission' });
  });

  it('refuses a session that has ended, once the clock has moved', async () => {
    const own = await startSimulator();
    try {
      const session = await assumeRole(own.addresses.url, keys.component, roleA('role-assume'), {
        durationSeconds: 900,
      });
      await own.control('POST', '/_sim/clock', { advanceMs: 840_000 });
      await stsClient(own.addresses.url, session).getCallerIdentity();
      own.clock.advance(60_000);
      await assert.rejects(stsClient(own.addresses.url, session).getCallerIdentity(), {
        code: 'InvalidSecurityToken.Expired',
      });
    } finally {
      await own.simulator.stop();
    }
  });
});
