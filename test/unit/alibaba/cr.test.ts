import assert from 'node:assert/strict';
import nock from 'nock';
import { createCrClient, type CrClientOptions } from '../../../src/alibaba/cr.ts';
import { classify } from '../../../src/alibaba/error-classes.ts';
import { sessionKey, testCaller } from './cloud-caller-fixture.ts';
import { answerWithNockOnly } from '../../support/nock-only.ts';

const ORIGIN = 'http://cr.cn-beijing.test:8080';
const target = { caller: sessionKey, regionId: 'cn-beijing' };

function setUp(options: Partial<CrClientOptions> = {}) {
  return createCrClient({
    ...testCaller(),
    endpoint: { override: 'http://cr.{region}.test:8080' },
    userAgent: 'test',
    ...options,
  });
}

describe('Container Registry client', () => {
  answerWithNockOnly();

  it('sends nothing any more once the program is ending', async () => {
    await assert.rejects(setUp({ signal: AbortSignal.abort() }).personalPassword(target), { code: 'Cloud.NotSent' });
  });

  it('asks the region of the instance for a password and keeps the expiry of the server', async () => {
    nock(ORIGIN).post('/').query({ InstanceId: 'cri-1' }).matchHeader('x-acs-version', '2018-12-01').reply(200, {
      IsSuccess: true,
      Code: 'success',
      TempUsername: 'cr_temp_user',
      AuthorizationToken: 'a:b',
      ExpireTime: 1571242083000,
    });
    const { userName, password, expiresAtMs } = await setUp().instancePassword({ ...target, instanceId: 'cri-1' });
    assert.deepEqual([userName, password.reveal(), expiresAtMs], ['cr_temp_user', 'a:b', 1571242083000]);
  });

  it('takes an expiry that no calendar has for none at all', async () => {
    const answer = { IsSuccess: true, TempUsername: 'u', AuthorizationToken: 'a:b', ExpireTime: 1e18 };
    nock(ORIGIN).post('/').query(true).reply(200, answer);
    await assert.rejects(setUp().instancePassword({ ...target, instanceId: 'cri-1' }), /expiry/);
  });

  it('takes HTTP 200 with IsSuccess false for the refusal that it is', async () => {
    nock(ORIGIN).post('/').query(true).reply(200, { IsSuccess: false, Code: 'INSTANCE_NOT_EXIST', RequestId: 'R-1' });
    await assert.rejects(setUp().instancePassword({ ...target, instanceId: 'cri-1' }), (error) => {
      assert.equal(classify(error), 'permanent');
      assert.deepEqual(
        { ...(error as object) },
        {
          ...(error as object),
          code: 'INSTANCE_NOT_EXIST',
          requestId: 'R-1',
          httpStatus: 200,
          action: 'GetAuthorizationToken',
        },
      );
      return true;
    });
  });

  it('asks the older API for the Personal Edition, whose generated client loses the token', async () => {
    nock(ORIGIN)
      .get('/tokens')
      .matchHeader('x-acs-version', '2016-06-07')
      .reply(200, {
        data: { authorizationToken: 'x:y', expireDate: 1646219005000, tempUserName: 'cr_temp_user' },
        requestId: 'R',
      });
    const { password, expiresAtMs } = await setUp().personalPassword(target);
    assert.deepEqual([password.reveal(), expiresAtMs], ['x:y', 1646219005000]);
  });

  it('reads refusals of the older API, which are spelt in lower case', async () => {
    nock(ORIGIN).get('/tokens').reply(404, { code: 'USER_NOT_EXIST', message: 'user is not exist.', requestId: 'R-3' });
    await assert.rejects(setUp().personalPassword(target), {
      code: 'USER_NOT_EXIST',
      httpStatus: 404,
      requestId: 'R-3',
    });
  });

  it('reads every page of instances and keeps exact matches only', async () => {
    const page = (pageNo: string, rows: object[]): void => {
      nock(ORIGIN)
        .post('/')
        .query((query) => query['PageNo'] === pageNo)
        .reply(200, { IsSuccess: true, TotalCount: '3', Instances: rows });
    };
    page('1', [
      { InstanceId: 'cri-1', InstanceName: 'demo-2' },
      { InstanceId: 'cri-2', InstanceName: 'demo', InstanceStatus: 'RUNNING' },
    ]);
    page('2', [{ InstanceId: 'cri-3', InstanceName: 'demo' }]);
    assert.deepEqual(await setUp().findInstances({ ...target, instanceName: 'demo' }), [
      { instanceId: 'cri-2', instanceName: 'demo', instanceStatus: 'RUNNING' },
      { instanceId: 'cri-3', instanceName: 'demo' },
    ]);
  });

  it('lists the domains of all endpoints, closed ones too, lower-cased', async () => {
    nock(ORIGIN)
      .post('/')
      .query(true)

      .reply(200, {
        IsSuccess: true,
        Endpoints: [
          {
            EndpointType: 'internet',
            Enable: false,
            Status: 'STOPPED',
            Domains: [
              { Type: 'SYSTEM', Domain: 'demo-registry.cn-beijing.cr.aliyuncs.com' },
              { Type: 'USER', Domain: 'Images.Example.com' },
            ],
          },
          {
            EndpointType: 'vpc',
            Enable: true,
            Domains: [{ Type: 'SYSTEM', Domain: 'demo-registry-vpc.cn-beijing.cr.aliyuncs.com' }],
          },
          { EndpointType: 'internet', Enable: false, Domains: null },
        ],
      });
    assert.deepEqual(await setUp().instanceDomains({ ...target, instanceId: 'cri-1' }), [
      { domain: 'demo-registry.cn-beijing.cr.aliyuncs.com', type: 'SYSTEM' },
      { domain: 'images.example.com', type: 'USER' },
      { domain: 'demo-registry-vpc.cn-beijing.cr.aliyuncs.com', type: 'SYSTEM' },
    ]);
  });

  it('waits as long as a throttled answer says', async () => {
    nock(ORIGIN)
      .post('/')
      .query(true)
      .reply(400, { Code: 'Throttling.User', RequestId: 'R' }, { 'x-acs-retry-after': '90000' });
    await assert.rejects(setUp().instanceDomains({ ...target, instanceId: 'cri-1' }), {
      code: 'Throttling.User',
      retryAfterMs: 90_000,
    });
  });
});
