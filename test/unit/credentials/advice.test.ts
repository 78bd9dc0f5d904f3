import assert from 'node:assert/strict';
import { AlibabaCloudError } from '../../../src/alibaba/errors.ts';
import { adviceForHop } from '../../../src/credentials/advice.ts';
import { toCredentialError } from '../../../src/credentials/errors.ts';
import type { Hop, HopName } from '../../../src/credentials/hop.ts';
import { EciKubeletError } from '../../../src/errors.ts';

const hops: Record<HopName, Hop> = {
  identity: { number: 0, name: 'identity', caller: 'RRSA role vk of 1111' },
  'service role': { number: 1, name: 'service role', roleArn: 'acs:ram::1111:role/a', caller: 'access key LTAI' },
  'user role': { number: 2, name: 'user role', roleArn: 'acs:ram::2222:role/b', caller: 'role a of 1111' },
  'assumed role': { number: 1, name: 'assumed role', roleArn: 'acs:ram::2222:role/b', caller: 'ECS role web' },
  'instance lookup': {
    number: 3,
    name: 'instance lookup',
    regionId: 'cn-beijing',
    instanceId: 'cri-a',
    caller: 'role b of 2222',
  },
  'registry password': { number: 3, name: 'registry password', regionId: 'cn-beijing', caller: 'role b of 2222' },
};

const rows: [HopName, string, string | undefined, RegExp][] = [
  [
    'service role',
    'NoPermission',
    'AssumeRolePolicy',
    /Add access key LTAI to the trust policy of role a of 1111, or run with --credential-delivery=forward/,
  ],
  [
    'service role',
    'NoPermission',
    'AccountLevelIdentityBasedPolicy',
    /Grant sts:AssumeRole on role a of 1111 to access key LTAI.*forward/,
  ],
  ['service role', 'NoPermission', undefined, /trust policy.*sts:AssumeRole.*root key/],
  ['service role', 'Forbidden.RAM', undefined, /trust policy.*sts:AssumeRole/],
  ['user role', 'NoPermission', 'AssumeRolePolicy', /trust policy of role b of 2222 name role a of 1111/],
  ['user role', 'NoPermission', 'AccountLevelIdentityBasedPolicy', /AliyunSTSAssumeRoleAccess/],
  ['user role', 'NoPermission', undefined, /trust policy.*root key/],
  ['assumed role', 'NoPermission', 'AssumeRolePolicy', /name ECS role web/],
  ['service role', 'EntityNotExist.Role', undefined, /Create role a of 1111.*acr-service-arns/],
  ['user role', 'EntityNotExist.Role', undefined, /acr-user-arns/],
  ['user role', 'InvalidParameter.RoleArn', undefined, /acs:ram::<account id>:role/],
  ['user role', 'InvalidParameter', undefined, /acs:ram::<account id>:role/],
  ['user role', 'InvalidParameter.DurationSeconds', undefined, /maximum session duration of role b of 2222/],
  ['user role', 'InvalidParameter.PolicyGrammar', undefined, /defect of eci-kubelet/],
  ['user role', 'InvalidParameter.RoleSessionName', undefined, /defect of eci-kubelet/],
  ['user role', 'MissingRoleSessionName', undefined, /defect of eci-kubelet/],
  ['identity', 'AuthenticationFail.NoPermission', undefined, /oidc:iss, oidc:aud and oidc:sub/],
  ['identity', 'AuthenticationFail.OIDCToken.AudienceNotMatch', undefined, /client ids of the OIDC provider/],
  ['identity', 'AuthenticationFail.OIDCToken.IssuerNotMatch', undefined, /issuer URL/],
  ['identity', 'AuthenticationFail.OIDCToken.InvalidSignature', undefined, /fingerprints/],
  ['identity', 'AuthenticationFail.OIDCToken.PublicKeyFingerprintMismatch', undefined, /fingerprints/],
  [
    'identity',
    'AuthenticationFail.OIDCToken.IssuerConfigurationBroken',
    undefined,
    /issuer URL of the cluster can be reached/,
  ],
  ['identity', 'AuthenticationFail.OIDCToken.Expired', undefined, /tried again/],
  ['identity', 'AuthenticationFail.OIDCToken.Invalid', undefined, /issuer and audience/],
  ['identity', 'Local.Unreachable', undefined, /ECS metadata service/],
  ['identity', 'Local.Timeout', undefined, /ECS metadata service/],
  ['service role', 'Local.Unreachable', undefined, /endpoint, DNS/],
  ['service role', 'InvalidAccessKeyId.NotFound', undefined, /--identity/],
  ['service role', 'InvalidAccessKeyId.Inactive', undefined, /--identity/],
  ['user role', 'InvalidSecurityToken.Expired', undefined, /--identity/],
  ['user role', 'MissingSecurityToken', undefined, /--identity/],
  ['service role', 'SignatureDoesNotMatch', undefined, /access key secret/],
  ['service role', 'InvalidTimeStamp.Expired', undefined, /clock/],
  ['service role', 'InvalidAction.NotFound', undefined, /endpoint/],
  ['service role', 'InvalidVersion', undefined, /endpoint/],
  ['registry password', 'Throttling.User', undefined, /tried again/],
  ['registry password', 'ServiceUnavailable', undefined, /tried again/],
  ['registry password', 'Local.BadAnswer', undefined, /endpoint and any proxy/],
  ['registry password', 'INSTANCE_NOT_EXIST', undefined, /^Check the region first.*cn-beijing/],
  ['instance lookup', 'INSTANCE_NOT_EXIST', undefined, /^Check the region first/],
  ['registry password', 'USER_NOT_EXIST', undefined, /Register role b of 2222.*cn-beijing.*registry password/],
  [
    'registry password',
    'NoPermission',
    'AccountLevelIdentityBasedPolicy',
    /Grant cr:GetAuthorizationToken to role b of 2222/,
  ],
  ['instance lookup', 'NoPermission', undefined, /Grant cr:ListInstance and cr:ListInstanceEndpoint/],
  ['registry password', 'STATUS_FORBIDDEN', undefined, /instance is running/],
];

describe('advice', () => {
  for (const [name, code, policyType, expected] of rows) {
    it(`for ${code}${policyType === undefined ? '' : ` by ${policyType}`} at the ${name}`, () => {
      const action =
        name === 'identity' ? 'AssumeRoleWithOIDC' : name.endsWith('role') ? 'AssumeRole' : 'GetAuthorizationToken';
      const accessDenied = policyType === undefined ? {} : { accessDenied: { policyType } };
      const error = new AlibabaCloudError({ code, message: 'm', action, httpStatus: 400, ...accessDenied });
      const advice = adviceForHop(hops[name], error);
      assert.match(advice, expected);
      assert.match(advice, /^[A-Z].*\.$/, 'a sentence');
    });
  }
});

describe('toCredentialError', () => {
  it('repeats the words of our own errors', () => {
    const error = toCredentialError(new EciKubeletError('Identity.TokenFile', 'token file /x is empty'), hops.identity);
    assert.equal(error.code, 'Identity.TokenFile');
    assert.match(
      error.message,
      /^Hop 0 \(RRSA role vk of 1111\) failed with Identity\.TokenFile: token file \/x is empty\./,
    );
  });

  it('does not repeat the words of strangers or of the cloud, which may quote a signed request', () => {
    const stranger = toCredentialError(new Error('GET https://sts/?Signature=abc failed'), hops.identity);
    const cloud = toCredentialError(
      new AlibabaCloudError({
        code: 'SignatureDoesNotMatch',
        message: 'server string to sign is: abc',
        action: 'AssumeRole',
      }),
      hops['service role'],
    );
    for (const { message } of [stranger, cloud]) assert.ok(!message.includes('abc'), message);
  });

  it('passes an error on that says its hop already', () => {
    const inner = toCredentialError(new Error('x'), hops['service role']);
    assert.equal(toCredentialError(inner, hops['registry password']), inner);
  });

  it('carries the back-off hint of the server', () => {
    const throttled = new AlibabaCloudError({
      code: 'Throttling',
      message: 'm',
      action: 'AssumeRole',
      retryAfterMs: 1200,
    });
    const error = toCredentialError(throttled, hops['service role']);
    assert.equal(error.retryAfterMs, 1200);
    assert.equal(error.class, 'transient');
  });
});
