import assert from 'node:assert/strict';
import { assumeRole, callCr, keys, personalToken, roleA, roleB, type Keys } from '../sdk-clients.ts';
import { startSimulator, type RunningSimulator } from '../start-simulator.ts';

describe('simulated Container Registry', () => {
  let running: RunningSimulator;
  let url: string;
  let inB: Keys;

  before(async () => {
    running = await startSimulator();
    url = running.addresses.url;
    inB = await assumeRole(url, await assumeRole(url, keys.component, roleA('role-assume')), roleB('role-acr'));
  });
  after(async () => {
    assert.deepEqual(running.defects, []);
    await running.simulator.stop();
  });

  it('issues a password with a colon that lives one hour', async () => {
    const { body } = await callCr(url, keys.component, 'GetAuthorizationToken', { InstanceId: 'cri-a1b2c3d4e5f6g7h8' });
    assert.equal(body['IsSuccess'], true);
    assert.equal(body['TempUsername'], 'cr_temp_user');
    const password = String(body['AuthorizationToken']);
    assert.match(password, /^[^:]+:[^:]+$/);
    const issued = running.simulator.acr.passwords.get(password);
    assert.equal(issued?.expiresAtMs, body['ExpireTime']);
    assert.equal(issued?.principal.arn, 'acs:ram::1111111111111111:user/eci-kubelet');
    assert.ok(Math.abs(Number(body['ExpireTime']) - Date.now() - 3_600_000) < 60_000);
  });

  it('ends a password with the session that asked for it', async () => {
    const session = await assumeRole(url, keys.component, roleA('acr-test'), { durationSeconds: 900 });
    const { body } = await callCr(url, session, 'GetAuthorizationToken', {
      InstanceId: 'cri-a1b2c3d4e5f6g7h8',
      ExpiresInHours: 24,
    });
    assert.equal(body['ExpireTime'], Date.parse(session.expiration));
  });

  const notThere: Record<string, { caller: () => Keys; instanceId: string }> = {
    'an instance of another region': { caller: () => keys.component, instanceId: 'cri-bj7k2m9p4q6r8s1t' },
    'an instance of another account': { caller: () => keys.component, instanceId: 'cri-b9n8m7l6k5j4h3g2' },
    'an instance of account A, asked from B': { caller: () => inB, instanceId: 'cri-a1b2c3d4e5f6g7h8' },
    'an id that nobody has': { caller: () => keys.component, instanceId: 'cri-0000000000000000' },
  };
  for (const [what, { caller, instanceId }] of Object.entries(notThere)) {
    it(`answers 200 with INSTANCE_NOT_EXIST for ${what}`, async () => {
      for (const action of ['GetAuthorizationToken', 'ListInstanceEndpoint', 'GetInstance']) {
        const { statusCode, body } = await callCr(url, caller(), action, { InstanceId: instanceId });
        assert.equal(statusCode, 200);
        assert.deepEqual([body['IsSuccess'], body['Code']], [false, 'INSTANCE_NOT_EXIST']);
      }
    });
  }

  it('tells regions apart by port and by header', async () => {
    const target = { InstanceId: 'cri-bj7k2m9p4q6r8s1t' };
    const beijing = running.addresses.regionUrls['cn-beijing'] ?? '';
    const byPort = await callCr(beijing, keys.component, 'GetInstance', target);
    const byHeader = await callCr(url, keys.component, 'GetInstance', target, { 'x-acs-region-id': 'cn-beijing' });
    for (const { body } of [byPort, byHeader]) assert.equal(body['InstanceName'], 'beijing-a');
  });

  it('gives no password for an instance that is not running', async () => {
    const { body } = await callCr(url, keys.component, 'GetAuthorizationToken', { InstanceId: 'cri-stopped012345678' });
    assert.equal(body['IsSuccess'], false);
  });

  it('refuses whom RAM does not allow, saying which action', async () => {
    const powerless = await assumeRole(url, keys.component, roleA('role-powerless'));
    await assert.rejects(
      callCr(url, powerless, 'GetAuthorizationToken', { InstanceId: 'cri-a1b2c3d4e5f6g7h8' }),
      (error: unknown) => {
        assert.ok(error instanceof Error && 'accessDeniedDetail' in error && 'statusCode' in error);
        assert.equal(error.statusCode, 403);
        assert.equal((error.accessDeniedDetail as Record<string, string>)['AuthAction'], 'cr:GetAuthorizationToken');
        return true;
      },
    );
  });

  it('lists the own instances of one region by page, with a filter that is only fuzzy', async () => {
    const names = async (caller: Keys, query: Record<string, unknown> = {}): Promise<unknown[]> => {
      const { body } = await callCr(url, caller, 'ListInstance', query);
      return (body['Instances'] as { InstanceName: string }[]).map(({ InstanceName }) => InstanceName);
    };
    assert.deepEqual(await names(keys.component), ['demo-a', 'custom-a', 'stopped-a', 'no-vpc-a']);
    assert.deepEqual(await names(keys.component, { PageNo: 2, PageSize: 2 }), ['stopped-a', 'no-vpc-a']);
    assert.deepEqual(await names(keys.component, { InstanceName: 'm-a' }), ['custom-a']);
    assert.deepEqual(await names(inB), ['demo-b', 'custom-b']);
  });

  it('lists system and custom domains of an instance', async () => {
    const { body } = await callCr(url, keys.component, 'ListInstanceEndpoint', { InstanceId: 'cri-j36zhodptmyq1234' });
    const [internet, vpc] = body['Endpoints'] as { EndpointType: string; Domains: unknown[] }[];
    assert.deepEqual(internet?.Domains, [
      { Type: 'SYSTEM', Domain: 'custom-a-registry.cn-hangzhou.cr.aliyuncs.com' },
      { Type: 'USER', Domain: 'images.a.example.com' },
    ]);
    assert.deepEqual(vpc?.Domains[0], {
      Type: 'SYSTEM',
      Domain: 'custom-a-registry-vpc.cn-hangzhou.cr.aliyuncs.com',
    });
  });

  it('lists the names of a disabled endpoint too, and says that it is disabled', async () => {
    const InstanceId = 'cri-novpc01234567890';
    const { body } = await callCr(url, keys.component, 'ListInstanceEndpoint', { InstanceId });
    const endpoints = body['Endpoints'] as { Enable: boolean; Domains: { Domain: string }[]; LinkedVpcs: unknown[] }[];
    assert.deepEqual(
      endpoints.map(({ Enable, Domains }) => [Enable, Domains.map(({ Domain }) => Domain)]),
      [
        [true, ['no-vpc-a-registry.cn-hangzhou.cr.aliyuncs.com']],
        [false, ['no-vpc-a-registry-vpc.cn-hangzhou.cr.aliyuncs.com']],
      ],
    );
    const { body: vpc } = await callCr(url, keys.component, 'GetInstanceVpcEndpoint', { InstanceId });
    assert.deepEqual([vpc['Enable'], vpc['LinkedVpcs']], [false, []]);
  });

  it('finds the instance that owns a host, without being fooled by suffixes', () => {
    const { acr } = running.simulator;
    assert.equal(acr.byHost('Images.A.example.com')?.instanceId, 'cri-j36zhodptmyq1234');
    assert.equal(acr.byHost('demo-b-registry-vpc.cn-hangzhou.cr.aliyuncs.com')?.accountId, '2222222222222222');
    assert.equal(acr.byHost('demo-b-registry.cn-hangzhou.cr.aliyuncs.com.evil.example.com'), undefined);
  });

  it('issues Personal Edition logins in lower camel case, and knows only its users', async () => {
    const { body } = await personalToken(url, inB);
    const data = body['data'] as Record<string, unknown>;
    assert.equal(data['tempUserName'], 'cr_temp_user');
    assert.equal(running.simulator.acr.passwords.get(String(data['authorizationToken']))?.instanceId, undefined);
    await assert.rejects(personalToken(url, keys.nobody), { code: 'USER_NOT_EXIST', statusCode: 404 });
    await assert.rejects(personalToken(running.addresses.regionUrls['cn-beijing'] ?? '', keys.component), {
      code: 'USER_NOT_EXIST',
    });
  });

  it('keeps secrets out of journal and state', async () => {
    const dump = JSON.stringify([
      await running.control('GET', '/_sim/journal'),
      await running.control('GET', '/_sim/state'),
    ]);
    assert.doesNotMatch(dump, /CANARY/);
    assert.ok(!dump.includes(inB.securityToken ?? 'no token'));
    for (const password of running.simulator.acr.passwords.keys()) assert.ok(!dump.includes(password));
  });
});
