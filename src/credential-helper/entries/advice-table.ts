/**
 * What to do when the chain of an entry fails: one sentence per (place in the chain, code, whose policy denied it), in the words of
 * `acr-configuration`. The first row that fits wins; codes whose cure does not depend on the entry fall through to the general table.
 * Source: STS error codes; ACK documentation, Use RRSA to authorize Pods; Container Registry API reference.
 */
import { localCodes, type AlibabaCloudError } from '../../alibaba/errors.ts';
import { describeRole } from '../../credentials/describe-chain.ts';
import type { Hop } from '../../credentials/hop.ts';
import { ADDON_SECRET, CONFIG_NAMESPACE, OWN_SERVICE_ACCOUNT } from '../names.ts';
import type { BaseIdentity, EntryPlan } from './model.ts';

/** Where in the chain it failed. All but the last three are where it starts. */
export type Place = BaseIdentity | 'rrsa' | 'access-key' | 'assumed role' | 'host names' | 'password';

/** A failure of a chain: what a sentence may speak of. */
export interface Failed {
  plan: EntryPlan;
  place: Place;
  hop: Hop | undefined;
  cloud: AlibabaCloudError | undefined;
}

/** What to say about codes at places of a chain. */
export interface AdviceRow {
  /** Absent means every place. */
  places?: readonly Place[];
  /** A trailing `*` stands for a family. */
  codes: readonly string[];
  /** Whose policy denied it: `trust` the role's, `caller` the caller's own, `unknown` the cloud did not say. */
  denial?: 'trust' | 'caller' | 'unknown';
  advice: (failed: Failed) => string;
}

const REFUSED = ['NoPermission', 'Forbidden.RAM', 'Forbidden'];
const NOT_FOUND = ['INSTANCE_NOT_EXIST', 'InstanceNotFound', 'InstanceNotExist', 'InvalidInstanceId.NotFound'];
const UNREACHABLE = [localCodes.unreachable, localCodes.timeout, localCodes.badAnswer];
const ROLE_PLACES: readonly Place[] = ['assumed role', 'rrsa'];
export const REGISTRY_PLACES: readonly Place[] = ['host names', 'password'];

const SUBJECT = `system:serviceaccount:${CONFIG_NAMESPACE}:${OWN_SERVICE_ACCOUNT}`;
const ADDON_SECRET_NAME = `${ADDON_SECRET.namespace}/${ADDON_SECRET.name}`;
const TRUST_OF_ROLE_A = `the trust policy of rrsaRoleARN allows oidc:sub ${SUBJECT} and oidc:aud sts.aliyuncs.com for that provider`;
const PROVIDER =
  'that rrsaOIDCProviderRoleARN is the OIDC provider of this cluster and RRSA is enabled for the cluster';

/** Who made the call that failed, in words. */
export const callerOf = ({ hop, plan }: Failed): string => hop?.caller ?? plan.description;
const roleField = ({ place }: Failed): string => (place === 'rrsa' ? 'rrsaRoleARN' : 'assumeRoleARN');
const nameOfRole = ({ hop, plan: { identity, entry } }: Failed): string => {
  const arn = hop?.roleArn ?? (identity.kind === 'rrsa' ? identity.roleArn : entry.assumeRoleArn);
  return arn === undefined ? 'such role' : describeRole(arn);
};
const roleOf = (failed: Failed): string => `${nameOfRole(failed)} (${roleField(failed)})`;
/** The permission that a call to the registry service needs. */
export const registryAction = ({ place }: Failed): string =>
  place === 'host names' ? 'cr:ListInstanceEndpoint' : 'cr:GetAuthorizationToken';
/** What to do when the registry service refuses the caller. */
export const grantAction = (failed: Failed): string =>
  failed.place === 'host names'
    ? `Grant ${registryAction(failed)} to ${callerOf(failed)}, or write the host names into domains.`
    : `Grant ${registryAction(failed)} and cr:PullRepository to ${callerOf(failed)}.`;
/** What to do when the registry service does not know the instance. */
export const wrongRegion = (failed: Failed): string =>
  `Check regionId first: the instance was looked for in ${failed.plan.regionId}, and an instance in another region needs its regionId; then check that the caller (${callerOf(failed)}) belongs to the account of the instance.`;

/** Every row, in the order in which they are tried. */
export const adviceTable: readonly AdviceRow[] = [
  {
    places: ['assumed role'],
    codes: REFUSED,
    denial: 'trust',
    advice: (failed) =>
      `Let the trust policy of ${roleOf(failed)} name ${callerOf(failed)}, or the account of the latter, as RAM principal.`,
  },
  {
    places: ['assumed role'],
    codes: REFUSED,
    denial: 'caller',
    advice: (failed) =>
      `Give ${callerOf(failed)} the policy AliyunSTSAssumeRoleAccess, so that it may assume ${roleOf(failed)}.`,
  },
  {
    places: ['assumed role'],
    codes: REFUSED,
    denial: 'unknown',
    advice: (failed) =>
      `Either ${callerOf(failed)} lacks the policy AliyunSTSAssumeRoleAccess, or the trust policy of ${roleOf(failed)} does not name it: check both.`,
  },
  {
    places: ROLE_PLACES,
    codes: ['EntityNotExist.Role*'],
    advice: (failed) => `Correct ${roleField(failed)}: there is no ${nameOfRole(failed)}.`,
  },
  {
    places: ROLE_PLACES,
    codes: ['InvalidParameter.RoleArn', 'InvalidParameter', 'MissingRoleArn'],
    advice: (failed) => `Write ${roleField(failed)} as acs:ram::<account id>:role/<role name>.`,
  },
  {
    places: ['assumed role'],
    codes: ['InvalidParameter.DurationSeconds'],
    advice: (failed) =>
      `Lower expireDuration (${failed.plan.entry.expireDurationSeconds}), or raise MaxSessionDuration of ${roleOf(failed)} to it.`,
  },
  {
    places: ['rrsa'],
    codes: ['InvalidParameter.DurationSeconds'],
    advice: (failed) => `Raise MaxSessionDuration of ${roleOf(failed)} to 3600 seconds.`,
  },
  {
    places: ROLE_PLACES,
    codes: ['InvalidParameter.RoleSessionName', 'InvalidParameter.Policy*', 'MissingRole*', 'MissingParameter'],
    advice: () => 'This is a defect of eci-kubelet; report it with the request id.',
  },
  {
    places: ['rrsa'],
    codes: ['EntityNotExist.OIDCProvider*', 'InvalidParameter.OIDCProviderArn', 'AuthenticationFail.OIDCProvider*'],
    advice: () => `Check ${PROVIDER}.`,
  },
  {
    places: ['rrsa'],
    codes: [...REFUSED, 'AuthenticationFail.NoPermission'],
    advice: () => `Check ${PROVIDER}, and that ${TRUST_OF_ROLE_A}.`,
  },
  {
    places: ['rrsa'],
    codes: ['AuthenticationFail.OIDCToken.Expired'],
    advice: () =>
      'The token file is stale; it is read again at the next try. If that does not help, check the clock of the node and delete the Pod of the helper once.',
  },
  {
    places: ['rrsa'],
    codes: ['AuthenticationFail.OIDCToken.AudienceNotMatch'],
    advice: () =>
      'Have the token of the helper projected with audience sts.aliyuncs.com, and list that as client id of the OIDC provider.',
  },
  {
    places: ['rrsa'],
    codes: ['AuthenticationFail.OIDCToken.IssuerConfigurationBroken'],
    advice: () =>
      'Check that STS can reach the issuer URL of the cluster from the internet; it is tried again by itself.',
  },
  {
    places: ['rrsa'],
    codes: ['AuthenticationFail.OIDCToken.*'],
    advice: () =>
      'The token is of another cluster than the provider in rrsaOIDCProviderRoleARN, or its file is cut short: name the provider of this cluster there, and check the mounted token.',
  },
  {
    places: ['rrsa'],
    codes: ['TokenFileUnreadable'],
    advice: () =>
      'Enable RRSA for the cluster, and then delete the Pod of the helper once: the token is mounted only when a Pod is created.',
  },
  {
    places: ['worker-role'],
    codes: ['Metadata.NoRole'],
    advice: () =>
      'The node has no RAM role, or is no ECS instance: attach a RAM role to it, set tokenMode to managedRole, or enable rrsa.',
  },
  {
    places: ['worker-role'],
    codes: [...UNREACHABLE, 'Metadata.*'],
    advice: () =>
      'The metadata service of the node gives nothing to this Pod: on a node that is no ECS instance set tokenMode to managedRole or enable rrsa, otherwise check its hardening and network policies.',
  },
  {
    places: ['managed-role'],
    codes: ['*'],
    advice: () =>
      'Authorize AliyunCSManagedAcrRole once for the account and check that its token file is mounted, or set tokenMode to workerRole, or enable rrsa.',
  },
  {
    places: ['addon-secret'],
    codes: ['*'],
    advice: () => `Check access-key-id and access-key-secret of the Secret ${ADDON_SECRET_NAME}.`,
  },
  {
    places: ['password'],
    codes: ['USER_NOT_EXIST'],
    advice: (failed) =>
      `Register ${callerOf(failed)} with Personal Edition in ${failed.plan.regionId}: set a registry password for it once in the console, and grant it cr:GetAuthorizationToken and cr:PullRepository.`,
  },
  { places: REGISTRY_PLACES, codes: NOT_FOUND, advice: wrongRegion },
  { places: REGISTRY_PLACES, codes: REFUSED, advice: grantAction },
  {
    codes: ['SignatureDoesNotMatch', 'IncompleteSignature', 'MissingAccessKeyId', 'InvalidAccessKeyId.*'],
    advice: checkKey,
  },
  {
    codes: ['Throttling*'],
    advice: () =>
      'It is tried again by itself; if it stays, find out who else makes these calls in the account, or ask for a higher limit.',
  },
  {
    codes: ['InvalidSecurityToken.*', 'MissingSecurityToken'],
    advice: (failed) =>
      `Fresh credentials were obtained once and refused as well: check the source of ${callerOf(failed)}.`,
  },
];

/** Only the first call of a chain is signed with the key that somebody wrote down. */
function checkKey(failed: Failed): string {
  const { plan, place } = failed;
  const firstCall = plan.chain.length === 0 || place === 'assumed role';
  if (firstCall && plan.identity.kind === 'access-key') {
    return 'Check customAccessKey and customAccessKeySecret of the entry.';
  }
  if (firstCall && plan.identity.kind === 'base' && plan.identity.base === 'addon-secret') {
    return `Check access-key-id and access-key-secret of the Secret ${ADDON_SECRET_NAME}.`;
  }
  return `Fresh credentials were obtained once and refused as well: check the source of ${callerOf(failed)}, and that no proxy changes requests.`;
}
