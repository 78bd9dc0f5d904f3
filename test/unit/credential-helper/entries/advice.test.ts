import assert from 'node:assert/strict';
import { AlibabaCloudError } from '../../../../src/alibaba/errors.ts';
import { adviceForEntry } from '../../../../src/credential-helper/entries/advice.ts';
import type { EntryIdentity, EntryPlan } from '../../../../src/credential-helper/entries/model.ts';
import { toCredentialError } from '../../../../src/credentials/errors.ts';
import type { Hop } from '../../../../src/credentials/hop.ts';
import { EciKubeletError } from '../../../../src/errors.ts';
import { Secret } from '../../../../src/secret.ts';
import { chainToB, entryPlan, PROVIDER, ROLE_A, ROLE_B } from './entry-plans.ts';

const KEY = { accessKeyId: 'LTAIexample', accessKeySecret: new Secret('never shown') };
const identities = {
  worker: { kind: 'base', base: 'worker-role' },
  managed: { kind: 'base', base: 'managed-role' },
  addon: { kind: 'base', base: 'addon-secret' },
  rrsa: { kind: 'rrsa', roleArn: ROLE_A, providerArn: PROVIDER },
  key: { kind: 'access-key', key: KEY },
} as const satisfies Record<string, EntryIdentity>;

const hops = {
  identity: { number: 0, name: 'identity', caller: 'the worker role' },
  role: { number: 1, name: 'assumed role', roleArn: ROLE_B, caller: 'ECS role web' },
  names: {
    number: 2,
    name: 'instance lookup',
    instanceId: 'cri-a',
    regionId: 'cn-beijing',
    caller: 'role b-role of 222',
  },
  password: { number: 2, name: 'registry password', regionId: 'cn-beijing', caller: 'role b-role of 222' },
} as const satisfies Record<string, Hop>;

const actions = {
  identity: 'AssumeRoleWithOIDC',
  role: 'AssumeRole',
  names: 'ListInstanceEndpoint',
  password: 'GetAuthorizationToken',
};

interface Case {
  from?: keyof typeof identities;
  at: keyof typeof hops;
  code: string;
  status?: number;
  policyType?: string;
  chain?: EntryPlan['chain'];
}

function advise({ from = 'worker', at, code, status = 400, policyType, chain = chainToB() }: Case): string {
  const plan = entryPlan({
    instanceId: 'cri-a',
    regionId: 'cn-beijing',
    identity: identities[from],
    chain,
    entry: { assumeRoleArn: ROLE_B, expireDurationSeconds: 43_200 },
  });
  const error = new AlibabaCloudError({
    code,
    message: 'm',
    action: actions[at],
    httpStatus: status,
    ...(policyType === undefined ? {} : { accessDenied: { policyType } }),
  });
  return adviceForEntry(plan, toCredentialError(error, hops[at]));
}

const cases: Readonly<Record<string, [Case, RegExp]>> = {
  'STS NoPermission, not saying whose': [
    { at: 'role', code: 'NoPermission', status: 403 },
    /ECS role web lacks the policy AliyunSTSAssumeRoleAccess, or the trust policy of role b-role of 222 \(assumeRoleARN\)/,
  ],
  'STS NoPermission of the trust policy': [
    { at: 'role', code: 'NoPermission', policyType: 'AssumeRolePolicy' },
    /trust policy of role b-role of 222 \(assumeRoleARN\) name ECS role web/,
  ],
  'STS NoPermission of the caller': [
    { at: 'role', code: 'NoPermission', policyType: 'AccountLevelIdentityBasedPolicy' },
    /Give ECS role web the policy AliyunSTSAssumeRoleAccess/,
  ],
  'a wrong assumeRoleARN': [
    { at: 'role', code: 'EntityNotExist.RoleArn', status: 404 },
    /^Correct assumeRoleARN: .*b-role of 222/,
  ],
  'a wrong assumeRoleARN, as STS writes it today': [
    { at: 'role', code: 'EntityNotExist.Role' },
    /^Correct assumeRoleARN/,
  ],
  'a wrong rrsaRoleARN': [
    { from: 'rrsa', at: 'identity', code: 'EntityNotExist.Role' },
    /^Correct rrsaRoleARN: .*a-role of 111/,
  ],
  'an assumeRoleARN that is none': [
    { at: 'role', code: 'InvalidParameter.RoleArn' },
    /^Write assumeRoleARN as acs:ram::/,
  ],
  'a session that is longer than the role allows': [
    { at: 'role', code: 'InvalidParameter.DurationSeconds' },
    /^Lower expireDuration \(43200\), or raise MaxSessionDuration of role b-role of 222/,
  ],
  'a provider that is not registered, or another subject': [
    { from: 'rrsa', at: 'identity', code: 'AuthenticationFail.NoPermission', status: 401 },
    /rrsaOIDCProviderRoleARN is the OIDC provider of this cluster and RRSA is enabled.*system:serviceaccount:kube-system:aliyun-acr-credential-helper/,
  ],
  'a stale token': [
    { from: 'rrsa', at: 'identity', code: 'AuthenticationFail.OIDCToken.Expired' },
    /stale.*read again/,
  ],
  'another audience': [
    { from: 'rrsa', at: 'identity', code: 'AuthenticationFail.OIDCToken.AudienceNotMatch' },
    /audience sts\.aliyuncs\.com/,
  ],
  'a token that is none': [
    { from: 'rrsa', at: 'identity', code: 'AuthenticationFail.OIDCToken.Invalid' },
    /another cluster.*cut short/,
  ],
  'a token with another signature': [
    { from: 'rrsa', at: 'identity', code: 'AuthenticationFail.OIDCToken.InvalidSignature' },
    /another cluster.*cut short/,
  ],
  'an issuer that STS cannot reach': [
    { from: 'rrsa', at: 'identity', code: 'AuthenticationFail.OIDCToken.IssuerConfigurationBroken' },
    /issuer URL/,
  ],
  'a registry that refuses the password': [
    { at: 'password', code: 'NoPermission', status: 403 },
    /^Grant cr:GetAuthorizationToken and cr:PullRepository to role b-role of 222/,
  ],
  'a registry that refuses the names': [
    { at: 'names', code: 'NoPermission', status: 403 },
    /^Grant cr:ListInstanceEndpoint to role b-role of 222, or write the host names into domains/,
  ],
  'a 403 with a code that nobody knows': [
    { at: 'names', code: 'DENIED_SOMEHOW', status: 403 },
    /cr:ListInstanceEndpoint/,
  ],
  'IsSuccess false with a code that nobody knows': [
    { at: 'password', code: 'STRANGE', status: 200 },
    /role b-role of 222 has cr:GetAuthorizationToken.*instance is running in cn-beijing/,
  ],
  'an instance that is elsewhere': [
    { at: 'password', code: 'INSTANCE_NOT_EXIST' },
    /^Check regionId first: the instance was looked for in cn-beijing/,
  ],
  'a 404 with a code that nobody knows': [{ at: 'password', code: 'NOT_HERE', status: 404 }, /^Check regionId first/],
  'somebody without Personal Edition': [
    { at: 'password', code: 'USER_NOT_EXIST' },
    /^Register role b-role of 222 with Personal Edition in cn-beijing/,
  ],
  'a node without a role': [
    { at: 'identity', code: 'Metadata.NoRole', status: 404 },
    /attach a RAM role.*tokenMode to managedRole/,
  ],
  'metadata that cannot be reached': [{ at: 'identity', code: 'Local.Unreachable' }, /no ECS instance set tokenMode/],
  'metadata that does not answer': [{ at: 'identity', code: 'Local.Timeout' }, /no ECS instance set tokenMode/],
  'metadata that insists on a token': [{ at: 'identity', code: 'Metadata.Refused' }, /hardening/],
  'the managed role, whatever its file says': [
    { from: 'managed', at: 'identity', code: 'RoleNotAuthorized' },
    /AliyunCSManagedAcrRole.*tokenMode to workerRole/,
  ],
  'the addon Secret': [
    { from: 'addon', at: 'identity', code: 'X' },
    /access-key-id and access-key-secret of the Secret kube-system\/alibaba-addon-secret/,
  ],
  'a key that does not fit its secret': [
    { from: 'key', at: 'password', code: 'SignatureDoesNotMatch', chain: [] },
    /^Check customAccessKey and customAccessKeySecret/,
  ],
  'a key that does not exist, in front of a role': [
    { from: 'key', at: 'role', code: 'InvalidAccessKeyId.NotFound' },
    /^Check customAccessKey and customAccessKeySecret/,
  ],
  'the key of the addon Secret': [
    { from: 'addon', at: 'password', code: 'InvalidAccessKeyId.Inactive', chain: [] },
    /alibaba-addon-secret/,
  ],
  'a session that is refused': [
    { at: 'password', code: 'InvalidSecurityToken.Expired' },
    /check the source of role b-role of 222/,
  ],
  'a service that wants fewer calls': [{ at: 'password', code: 'Throttling.User' }, /tried again by itself/],
  'a gateway that answers HTML': [{ at: 'password', code: 'Local.BadAnswer', status: 502 }, /endpoint and any proxy/],
  'a clock that is off': [{ at: 'role', code: 'InvalidTimeStamp.Expired' }, /clock/],
};

describe('advice for an entry', () => {
  for (const [name, [failed, expected]] of Object.entries(cases)) {
    it(`about ${name}`, () => {
      const advice = advise(failed);
      assert.match(advice, expected);
      assert.match(advice, /^[A-Z].*\.$/, 'a sentence');
      assert.ok(Buffer.byteLength(advice) < 500, 'leaves room in an event');
    });
  }

  it('about a token file that is not mounted says that the Pod has to be made anew', () => {
    const plan = entryPlan({ identity: identities.rrsa });
    const error = toCredentialError(new EciKubeletError('TokenFileUnreadable', 'no file'), hops.identity);
    assert.match(
      adviceForEntry(plan, error),
      /^Enable RRSA for the cluster, and then delete the Pod of the helper once/,
    );
  });
});
