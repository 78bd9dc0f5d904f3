import assert from 'node:assert/strict';
import { assumeRole, assumeRoleWithOidc, callCr, keys, personalToken, roleA, roleB, type Keys } from './sdk-clients.ts';
import { startSimulator, type RunningSimulator } from './start-simulator.ts';

const OIDCProviderArn = 'acs:ram::1111111111111111:oidc-provider/ack-rrsa-c0123456789abcdef';
const subject = 'system:serviceaccount:kube-system:aliyun-acr-credential-helper';
const inA = { InstanceId: 'cri-a1b2c3d4e5f6g7h8' };
const inB = { InstanceId: 'cri-cb5d6f7g8h9j0k1l' };
const HOUR_MS = 3_600_000;

/** Every chain of the credential helper, through the vendor's SDK, in the world of the built-in fixture. */
describe('the chains of the credential helper in the simulator', () => {
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
  afterEach(() => running.control('DELETE', '/_sim/faults'));

  const token = async (change: Record<string, unknown> = {}): Promise<string> => {
    const body = { provider: OIDCProviderArn, subject, ...change };
    return ((await running.control('POST', '/_sim/oidc-token', body)) as { token: string }).token;
  };
  const asRoleA = async (roleArn = roleA('acr-helper-rrsa')): Promise<Keys> =>
    await assumeRoleWithOidc(url, { roleArn, OIDCProviderArn, OIDCToken: await token() });
  const asWorker = async (): Promise<Keys> => {
    const answer = await fetch(`${url}/latest/meta-data/ram/security-credentials/eci-kubelet-ecs`);
    const given = (await answer.json()) as Record<string, string>;
    return {
      accessKeyId: given['AccessKeyId'] ?? '',
      accessKeySecret: given['AccessKeySecret'] ?? '',
      securityToken: given['SecurityToken'] ?? '',
    };
  };
  const serviceSession = async (change: Record<string, unknown> = {}): Promise<Record<string, string>> =>
    (await running.control('POST', '/_sim/service-session', {
      service: 'cs.aliyuncs.com',
      roleArn: roleA('AliyunCSManagedAcrRole'),
      ...change,
    })) as Record<string, string>;
  const asManaged = async (): Promise<Keys> => {
    const given = await serviceSession();
    return {
      accessKeyId: given['AccessKeyId'] ?? '',
      accessKeySecret: given['AccessKeySecret'] ?? '',
      securityToken: given['SecurityToken'] ?? '',
    };
  };
  const passwordHours = async (caller: Keys, query: Record<string, unknown>): Promise<number> => {
    const { body } = await callCr(url, caller, 'GetAuthorizationToken', query);
    assert.equal(body['IsSuccess'], true, String(body['Code']));
    return Math.round(((Number(body['ExpireTime']) - running.clock.nowMs()) / HOUR_MS) * 100) / 100;
  };

  it('token → role A → role B: the password lives as long as the session of role B, up to twelve hours', async () => {
    const caller = await asRoleA();
    for (const hours of [1, 12]) {
      const session = await assumeRole(url, caller, roleB('acr-pull'), { durationSeconds: hours * 3600 });
      assert.equal(await passwordHours(session, inB), hours);
    }
  });

  it('an old session gives no new life: the second password ends when the first does', async () => {
    const session = await assumeRole(url, await asRoleA(), roleB('acr-pull'), { durationSeconds: 3600 });
    running.clock.advance(HOUR_MS / 2);
    assert.equal(await passwordHours(session, inB), 0.5);
  });

  it('token → role A of the own account, role of the node → role B, access key of B, and the managed role', async () => {
    assert.equal(await passwordHours(await asRoleA(roleA('acr-helper-rrsa-own')), inA), 1);
    const worker = await asWorker();
    assert.equal(await passwordHours(await assumeRole(url, worker, roleB('acr-pull')), inB), 1);
    assert.equal(await passwordHours(keys.pullB, inB), 1);
    assert.equal(await passwordHours(await asManaged(), inA), 1);
    const { body } = await personalToken(url, keys.pullB);
    assert.equal((body['data'] as Record<string, unknown>)['tempUserName'], 'cr_temp_user');
  });

  it('the session of a node that asks for no hours gives a password for all the rest of it', async () => {
    assert.ok((await passwordHours(await asWorker(), inA)) > 1);
    const hour = await callCr(url, await asWorker(), 'GetAuthorizationToken', { ...inA, ExpiresInHours: 1 });
    assert.ok(Number(hour.body['ExpireTime']) <= running.clock.nowMs() + HOUR_MS);
  });

  const refusals: Record<string, { call: () => Promise<unknown>; code: string }> = {
    'role B does not trust the caller': {
      call: async () => assumeRole(url, await asRoleA(), roleB('role-acr-untrusting')),
      code: 'NoPermission',
    },
    'the caller may assume no role': {
      call: () => assumeRole(url, keys.nobody, roleB('acr-pull')),
      code: 'NoPermission',
    },
    'role B does not exist': {
      call: async () => assumeRole(url, await asRoleA(), roleB('nobody-knows')),
      code: 'EntityNotExist.Role',
    },
    'the code for a missing role that the SDK names, by a fault': {
      call: async () => {
        const fault = { action: 'AssumeRole', kind: 'error', status: 404, code: 'EntityNotExist.RoleArn', count: 1 };
        await running.control('POST', '/_sim/faults', fault);
        return assumeRole(url, await asRoleA(), roleB('acr-pull'));
      },
      code: 'EntityNotExist.RoleArn',
    },
    'a session longer than role B allows': {
      call: async () => assumeRole(url, keys.component, roleA('acr-test'), { durationSeconds: 43_200 }),
      code: 'InvalidParameter.DurationSeconds',
    },
    'a provider that is not registered': {
      call: async () =>
        assumeRoleWithOidc(url, {
          roleArn: roleA('acr-helper-rrsa'),
          OIDCProviderArn: `${OIDCProviderArn}x`,
          OIDCToken: await token(),
        }),
      code: 'AuthenticationFail.NoPermission',
    },
    'the token of another ServiceAccount': {
      call: async () =>
        assumeRoleWithOidc(url, {
          roleArn: roleA('acr-helper-rrsa'),
          OIDCProviderArn,
          OIDCToken: await token({ subject: 'system:serviceaccount:default:default' }),
        }),
      code: 'AuthenticationFail.NoPermission',
    },
    'an action of Container Registry that nothing allows': {
      call: () => callCr(url, keys.nobodyB, 'GetAuthorizationToken', inB),
      code: 'NoPermission',
    },
    'endpoints that role A of the other account may not list': {
      call: async () => callCr(url, await asRoleA(), 'ListInstanceEndpoint', inA),
      code: 'NoPermission',
    },
  };
  for (const [what, { call, code }] of Object.entries(refusals)) {
    it(`refuses: ${what}`, async () => {
      await assert.rejects(call(), { code });
    });
  }

  it('tells an instance of another region or account as one that does not exist', async () => {
    for (const InstanceId of ['cri-bjb1c2d3e4f5g6h7', inA.InstanceId]) {
      const { body } = await callCr(url, keys.pullB, 'GetAuthorizationToken', { InstanceId });
      assert.deepEqual([body['IsSuccess'], body['Code']], [false, 'INSTANCE_NOT_EXIST']);
    }
  });

  it('lets only Container Service take the managed role, and no longer than the role allows', async () => {
    for (const change of [{ service: 'eci.aliyuncs.com' }, { durationSeconds: 7200 }, { service: undefined }]) {
      assert.deepEqual(Object.keys(await serviceSession(change)), ['error']);
    }
  });
});
