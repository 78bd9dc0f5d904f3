import assert from 'node:assert/strict';
import { createSign, generateKeyPairSync, sign } from 'node:crypto';
import type { OidcProvider } from '../../../../simulator/ram/directory.ts';
import { verifyOidcToken } from '../../../../simulator/sts/oidc-token.ts';
import { assumeRoleWithOidc, roleA, stsClient } from '../sdk-clients.ts';
import { startSimulator, type RunningSimulator } from '../start-simulator.ts';

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('verification of OIDC tokens', () => {
  const nowMs = Date.UTC(2026, 0, 1);
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const keys = [
    { ...rsa.publicKey.export({ format: 'jwk' }), kid: 'r' },
    { ...ec.publicKey.export({ format: 'jwk' }), kid: 'e' },
  ];
  const provider: OidcProvider = {
    arn: 'acs:ram::1:oidc-provider/ack',
    accountId: '1',
    name: 'ack',
    issuer: 'https://issuer',
    clientIds: ['sts.aliyuncs.com'],
    keys: { generated: true },
  };
  const claims = {
    iss: 'https://issuer',
    aud: ['sts.aliyuncs.com'],
    sub: 'system:serviceaccount:ns:sa',
    iat: nowMs / 1000 - 60,
    exp: nowMs / 1000 + 3600,
  };

  function rs256(
    change: Record<string, unknown> = {},
    options: { kid?: string; alg?: string; key?: typeof rsa } = {},
  ): string {
    const header = { alg: options.alg ?? 'RS256', kid: options.kid ?? 'r' };
    const text = `${encode(header)}.${encode({ ...claims, ...change })}`;
    return `${text}.${createSign('sha256')
      .update(text)
      .sign((options.key ?? rsa).privateKey, 'base64url')}`;
  }
  const verify = (token: string): Promise<unknown> =>
    verifyOidcToken(token, provider, { nowMs, publicKeys: () => Promise.resolve(keys) });

  it('accepts RS256 and ES256, and one audience as a text', async () => {
    await verify(rs256());
    await verify(rs256({ aud: 'sts.aliyuncs.com' }));
    const text = `${encode({ alg: 'ES256', kid: 'e' })}.${encode(claims)}`;
    const signature = sign('sha256', Buffer.from(text), { key: ec.privateKey, dsaEncoding: 'ieee-p1363' });
    await verify(`${text}.${signature.toString('base64url')}`);
  });

  const refusals: Record<string, { token: string; code: string }> = {
    'what has no three parts': { token: 'a.b', code: 'Invalid' },
    'what is no JSON': { token: 'YQ.YQ.YQ', code: 'Invalid' },
    'a symmetric signature': { token: rs256({}, { alg: 'HS256' }), code: 'Invalid' },
    'no signature at all': { token: `${encode({ alg: 'none' })}.${encode(claims)}.`, code: 'Invalid' },
    'another issuer': { token: rs256({ iss: 'https://other' }), code: 'IssuerNotMatch' },
    'another audience': { token: rs256({ aud: ['kubernetes'] }), code: 'AudienceNotMatch' },
    'a key of somebody else': { token: rs256({}, { key: stranger }), code: 'InvalidSignature' },
    'an unknown key id': { token: rs256({}, { kid: 'x' }), code: 'InvalidSignature' },
    'an expired token': { token: rs256({ exp: nowMs / 1000 }), code: 'Expired' },
    'a token issued too long ago': { token: rs256({ iat: nowMs / 1000 - 12 * 3600 - 1 }), code: 'Expired' },
    'a token without dates': { token: rs256({ exp: undefined }), code: 'Invalid' },
  };
  for (const [what, { token, code }] of Object.entries(refusals)) {
    it(`refuses ${what}`, async () => {
      await assert.rejects(verify(token), { code: `AuthenticationFail.OIDCToken.${code}`, httpStatus: 401 });
    });
  }
});

describe('simulated AssumeRoleWithOIDC', () => {
  const OIDCProviderArn = 'acs:ram::1111111111111111:oidc-provider/ack-rrsa-c0123456789abcdef';
  const roleArn = roleA('eci-kubelet-rrsa');
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

  async function mint(request: Record<string, unknown> = {}): Promise<string> {
    const subject = 'system:serviceaccount:kube-system:eci-kubelet';
    const answer = await running.control('POST', '/_sim/oidc-token', {
      provider: OIDCProviderArn,
      subject,
      ...request,
    });
    return (answer as { token: string }).token;
  }

  it('gives a session for a token, without a signature', async () => {
    const session = await assumeRoleWithOidc(url, { roleArn, OIDCProviderArn, OIDCToken: await mint() });
    const { body } = await stsClient(url, session).getCallerIdentity();
    assert.equal(body?.arn, 'acs:ram::1111111111111111:assumed-role/eci-kubelet-rrsa/test-session');
    const [entry] = running.simulator.journal.entries({ action: 'AssumeRoleWithOIDC' });
    assert.equal(entry?.parameters['OIDCToken'], '[redacted]');
  });

  const refusals: Record<string, { request?: Record<string, unknown>; call?: Record<string, string>; code: string }> = {
    'a subject that the role does not trust': {
      request: { subject: 'system:serviceaccount:default:default' },
      code: 'AuthenticationFail.NoPermission',
    },
    'an audience that the provider does not know': {
      request: { audience: 'kubernetes' },
      code: 'AuthenticationFail.OIDCToken.AudienceNotMatch',
    },
    'an expired token': { request: { expiresInSeconds: -1 }, code: 'AuthenticationFail.OIDCToken.Expired' },
    'an unknown provider': {
      call: { OIDCProviderArn: 'acs:ram::1111111111111111:oidc-provider/none' },
      code: 'AuthenticationFail.NoPermission',
    },
    'a role that does not exist': { call: { roleArn: roleA('none') }, code: 'EntityNotExist.Role' },
    'a role that trusts no provider': {
      call: { roleArn: roleA('role-assume') },
      code: 'AuthenticationFail.NoPermission',
    },
  };
  for (const [what, { request, call, code }] of Object.entries(refusals)) {
    it(`refuses ${what}`, async () => {
      const OIDCToken = await mint(request);
      await assert.rejects(assumeRoleWithOidc(url, { roleArn, OIDCProviderArn, OIDCToken, ...call }), { code });
    });
  }
});
