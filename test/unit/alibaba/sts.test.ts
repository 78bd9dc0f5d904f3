import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import nock from 'nock';
import { createStsClient, type StsClientOptions } from '../../../src/alibaba/sts.ts';
import { isTrustRefusal } from '../../../src/alibaba/error-classes.ts';
import { Secret } from '../../../src/secret.ts';
import { sessionKey, testCaller } from './cloud-caller-fixture.ts';
import { answerWithNockOnly } from '../../support/nock-only.ts';

const ORIGIN = 'http://sts.test:8080';
const session = {
  RequestId: 'R-1',
  Credentials: {
    AccessKeyId: 'STS.new',
    AccessKeySecret: 'new-secret',
    SecurityToken: 'new-token',
    Expiration: '2026-01-01T01:00:00Z',
  },
};
const roleArn = 'acs:ram::1:role/web';

function setUp(options: Partial<StsClientOptions> = {}) {
  const { call, clock } = testCaller();
  return createStsClient({
    call,
    clock,
    regionId: 'cn-hangzhou',
    endpoint: { override: ORIGIN },
    userAgent: 'test',
    ...options,
  });
}

describe('STS client', () => {
  answerWithNockOnly();

  it('sends nothing any more once the program is ending', async () => {
    const sts = setUp({ signal: AbortSignal.abort() });
    await assert.rejects(sts.getCallerIdentity(sessionKey), { code: 'Cloud.NotSent' });
  });

  it('assumes a role with the key of the caller', async () => {
    nock(ORIGIN)
      .post('/')
      .query({ RoleArn: roleArn, RoleSessionName: 'me', DurationSeconds: '900' })
      .matchHeader('x-acs-action', 'AssumeRole')
      .matchHeader('x-acs-accesskey-id', 'STS.testkey')
      .reply(200, session);
    const key = await setUp().assumeRole({ caller: sessionKey, roleArn, sessionName: 'me', durationSeconds: 900 });
    assert.deepEqual(
      [key.accessKeyId, key.accessKeySecret.reveal(), key.securityToken?.reveal(), key.expiresAtMs],
      ['STS.new', 'new-secret', 'new-token', Date.UTC(2026, 0, 1, 1)],
    );
  });

  it('says that the trust policy refused', async () => {
    nock(ORIGIN)
      .post('/')
      .query(true)

      .reply(403, {
        Code: 'NoPermission',
        Message: 'You are not authorized to do this action.',
        RequestId: 'R-2',
        AccessDeniedDetail: {
          AuthAction: 'sts:AssumeRole',
          PolicyType: 'AssumeRolePolicy',
          NoPermissionType: 'ImplicitDeny',
        },
      });
    await assert.rejects(
      setUp().assumeRole({ caller: sessionKey, roleArn, sessionName: 'me', durationSeconds: 900 }),
      (error) => isTrustRefusal(error) === 'yes',
    );
  });

  it('sends a service account token unsigned and in the body', async () => {
    let path = '';
    let body = '';
    let authorization: unknown = 'unset';
    nock(ORIGIN)
      .post('/')
      .query(true)
      .reply(async (request: Request) => {
        path = request.url;
        body = await request.text();
        authorization = request.headers.get('authorization');
        return [200, session];
      });
    await setUp().assumeRoleWithOidc({
      roleArn,
      oidcProviderArn: 'acs:ram::1:oidc-provider/p',
      token: new Secret('CANARY.JWT.x'),
      sessionName: 'me',
      durationSeconds: 3600,
    });
    const query = new URL(path).searchParams;
    assert.equal(authorization, null);
    assert.deepEqual(
      [query.get('Action'), query.get('Version'), query.get('Timestamp')],
      ['AssumeRoleWithOIDC', '2015-04-01', '2026-01-01T00:00:00Z'],
    );
    assert.doesNotMatch(path, /CANARY/);
    assert.equal(new URLSearchParams(body).get('OIDCToken'), 'CANARY.JWT.x');
  });

  it('keeps the token out of a network error', async () => {
    nock(ORIGIN)
      .post('/')
      .query(true)

      .times(4)
      .replyWithError(Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }));
    const { call, clock } = testCaller();
    const sts = createStsClient({
      call,
      clock,
      regionId: 'cn-hangzhou',
      endpoint: { override: ORIGIN },
      userAgent: 'test',
    });
    await assert.rejects(
      sts.assumeRole({ caller: sessionKey, roleArn, sessionName: 'me', durationSeconds: 900 }),
      (error: Error) => !inspect(error, { depth: 10 }).includes('CANARY'),
    );
  });

  it('refuses an answer without a complete session', async () => {
    nock(ORIGIN)
      .post('/')
      .query(true)

      .times(4)
      .reply(200, { RequestId: 'R', Credentials: { AccessKeyId: 'a' } });
    await assert.rejects(setUp().assumeRole({ caller: sessionKey, roleArn, sessionName: 'me', durationSeconds: 900 }), {
      code: 'Local.BadAnswer',
    });
  });

  it('tells who a key belongs to', async () => {
    nock(ORIGIN)
      .post('/')
      .query(true)

      .reply(200, { IdentityType: 'RAMUser', Arn: 'acs:ram::1:user/u', AccountId: '1', RequestId: 'R' });
    assert.deepEqual(await setUp().getCallerIdentity(sessionKey), {
      identityType: 'RAMUser',
      arn: 'acs:ram::1:user/u',
      accountId: '1',
    });
  });
});
