/**
 * What to do when a hop fails: one sentence per (hop, code, whose policy denied it). The first row that fits wins.
 * Codes whose cure does not depend on the hop fall through to the general table of the cloud's codes.
 * Source: STS error codes; ACK documentation, Use RRSA to authorize Pods; Container Registry API reference.
 */
import { adviceFor, cloudErrorOf, describeCode, isTrustRefusal } from '../alibaba/error-classes.ts';
import { localCodes } from '../alibaba/errors.ts';
import { describeRole } from './describe-chain.ts';
import type { Hop, HopName } from './hop.ts';

interface AdviceRow {
  /** Absent means every hop. */
  hops?: readonly HopName[];
  /** A trailing `*` stands for a family. */
  codes: readonly string[];
  /** Whose policy denied it: `trust` the role's, `caller` the caller's own, `unknown` the cloud did not say. */
  denial?: 'trust' | 'caller' | 'unknown';
  advice: (hop: Hop) => string;
}

const REFUSED = ['NoPermission', 'Forbidden.RAM'];
const ROLE_HOPS: readonly HopName[] = ['service role', 'user role', 'assumed role'];
const FORWARD = 'or run with --credential-delivery=forward so that ECI runs the chain';
const PERMISSION_ACTIONS = {
  'instance lookup': 'cr:ListInstance and cr:ListInstanceEndpoint',
  password: 'cr:GetAuthorizationToken',
};

/** No complete table of the registry's codes is published; a stopped instance is known to answer, but not with which code. */
const UNKNOWN_REGISTRY_CODE_ADVICE =
  'Check in the console that the registry instance is running, and look the code up by its request id.';

const role = (hop: Hop): string => describeRole(hop.roleArn ?? '');
const region = (hop: Hop): string => hop.regionId ?? 'its region';

/** Every row, in the order in which they are tried. */
const adviceTable: readonly AdviceRow[] = [
  {
    hops: ['service role'],
    codes: REFUSED,
    denial: 'trust',
    advice: (hop) => `Add ${hop.caller} to the trust policy of ${role(hop)}, ${FORWARD}.`,
  },
  {
    hops: ['service role'],
    codes: REFUSED,
    denial: 'caller',
    advice: (hop) => `Grant sts:AssumeRole on ${role(hop)} to ${hop.caller}, ${FORWARD}.`,
  },
  {
    hops: ['service role'],
    codes: REFUSED,
    denial: 'unknown',
    advice: (hop) =>
      `Check that the trust policy of ${role(hop)} names ${hop.caller}, that the latter has sts:AssumeRole, and that it is not the account's root key, which cannot assume roles; ${FORWARD}.`,
  },
  {
    hops: ['user role', 'assumed role'],
    codes: REFUSED,
    denial: 'trust',
    advice: (hop) =>
      `Let the trust policy of ${role(hop)} name ${hop.caller}, or the account of the latter, as RAM principal.`,
  },
  {
    hops: ['user role', 'assumed role'],
    codes: REFUSED,
    denial: 'caller',
    advice: (hop) =>
      `Grant sts:AssumeRole on ${role(hop)} to ${hop.caller}, for example with AliyunSTSAssumeRoleAccess.`,
  },
  {
    hops: ['user role', 'assumed role'],
    codes: REFUSED,
    denial: 'unknown',
    advice: (hop) =>
      `Check that the trust policy of ${role(hop)} names ${hop.caller}, and that the latter has sts:AssumeRole (AliyunSTSAssumeRoleAccess); the root key of an account cannot assume roles.`,
  },
  {
    hops: ROLE_HOPS,
    codes: ['EntityNotExist.Role*'],
    advice: (hop) => `Create ${role(hop)}, or correct account id and role name in ${annotationOf(hop)}.`,
  },
  {
    hops: ROLE_HOPS,
    codes: ['InvalidParameter.RoleArn', 'InvalidParameter'],
    advice: (hop) => `Write the ARN in ${annotationOf(hop)} as acs:ram::<account id>:role/<role name>.`,
  },
  {
    hops: ROLE_HOPS,
    codes: ['InvalidParameter.DurationSeconds'],
    advice: (hop) =>
      `Set the maximum session duration of ${role(hop)} to at least what is asked for, usually 3600 seconds.`,
  },
  {
    hops: ROLE_HOPS,
    codes: ['InvalidParameter.*', 'MissingRole*', 'MissingParameter'],
    advice: () => 'This is a defect of eci-kubelet; report it with the request id.',
  },
  {
    hops: ['identity'],
    codes: [localCodes.unreachable, localCodes.timeout],
    advice: () =>
      'Check that the source of the identity (the ECS metadata service, or STS) can be reached from this Pod, or choose another with --identity.',
  },
  {
    hops: ['identity'],
    codes: ['AuthenticationFail.OIDCToken.AudienceNotMatch'],
    advice: () =>
      'Add the audience of the service account token, usually sts.aliyuncs.com, to the client ids of the OIDC provider.',
  },
  {
    hops: ['identity'],
    codes: ['AuthenticationFail.OIDCToken.IssuerNotMatch'],
    advice: () => 'Use the OIDC provider that was made for this cluster: its issuer URL must be the one in the token.',
  },
  {
    hops: ['identity'],
    codes: [
      'AuthenticationFail.OIDCToken.InvalidSignature',
      'AuthenticationFail.OIDCToken.HttpsUrlInvalid',
      'AuthenticationFail.OIDCToken.PublicKeyFingerprintMismatch',
    ],
    advice: () =>
      'Update the fingerprints and keys of the OIDC provider: the signing key or certificate of the cluster has changed.',
  },
  {
    hops: ['instance lookup', 'registry password'],
    codes: ['INSTANCE_NOT_EXIST'],
    advice: (hop) =>
      `Check the region first: the instance was looked for in ${region(hop)}, and an instance elsewhere needs its region before the id (cn-beijing:cri-…); then check that ${hop.caller} belongs to the account of the instance.`,
  },
  {
    hops: ['registry password'],
    codes: ['USER_NOT_EXIST'],
    advice: (hop) =>
      `Register ${hop.caller} with the Personal Edition registry in ${region(hop)}: grant it cr permissions and set a registry password for it once in the console.`,
  },
  {
    hops: ['registry password'],
    codes: REFUSED,
    advice: (hop) =>
      `Grant ${PERMISSION_ACTIONS.password} to ${hop.caller}; where only ECI may pull, run with --credential-delivery=forward.`,
  },
  {
    hops: ['instance lookup'],
    codes: REFUSED,
    advice: (hop) => `Grant ${PERMISSION_ACTIONS['instance lookup']} to ${hop.caller}.`,
  },
  {
    codes: ['SignatureDoesNotMatch', 'IncompleteSignature', 'MissingAccessKeyId'],
    advice: () => 'Check the access key secret for missing or extra characters, and that no proxy changes the request.',
  },
  {
    codes: ['InvalidAccessKeyId.*', 'InvalidSecurityToken.*', 'MissingSecurityToken'],
    advice: () =>
      'Fresh credentials were fetched once and refused as well; check the source of the identity (--identity).',
  },
];

/** @returns one sentence about what to do after `error` at `hop`. */
export function adviceForHop(hop: Hop, error: unknown): string {
  const code = cloudErrorOf(error)?.code;
  if (code === undefined) return defaultAdvice(hop, error);
  const trust = isTrustRefusal(error);
  const denial = trust === 'yes' ? 'trust' : trust === 'no' ? 'caller' : 'unknown';
  const row = adviceTable.find(
    (candidate) =>
      (candidate.hops === undefined || candidate.hops.includes(hop.name)) &&
      (candidate.denial === undefined || candidate.denial === denial) &&
      candidate.codes.some((pattern) => matches(pattern, code)),
  );
  if (row !== undefined) return row.advice(hop);
  const asksRegistry = hop.name === 'instance lookup' || hop.name === 'registry password';
  return asksRegistry && describeCode(code) === undefined ? UNKNOWN_REGISTRY_CODE_ADVICE : adviceFor(error);
}

function defaultAdvice(hop: Hop, error: unknown): string {
  return hop.name === 'identity' ? 'Check the source of the identity (--identity).' : adviceFor(error);
}

function matches(pattern: string, code: string): boolean {
  return pattern.endsWith('*') ? code.startsWith(pattern.slice(0, -1)) : pattern === code;
}

function annotationOf(hop: Hop): string {
  return hop.name === 'service role'
    ? 'acr-service-arns'
    : hop.name === 'user role'
      ? 'acr-user-arns'
      : 'the configuration';
}
