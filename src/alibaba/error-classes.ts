/**
 * What the codes of the cloud mean, and the questions that callers ask about a failure. Nothing here looks at a message
 * text, and the HTTP status decides only about codes that nobody has heard of: the published tables contradict each other
 * on statuses. Source: ECI API reference, error codes; STS error codes.
 */
import { accountCodes } from './error-codes/account-codes.ts';
import { capacityCodes } from './error-codes/capacity-codes.ts';
import type { CloudErrorCode, CloudErrorCodes } from './error-codes/cloud-error-code.ts';
import { imageCodes } from './error-codes/image-codes.ts';
import { ownCodes } from './error-codes/local-codes.ts';
import { parameterCodes } from './error-codes/parameter-codes.ts';
import { permissionCodes } from './error-codes/permission-codes.ts';
import { platformCodes } from './error-codes/platform-codes.ts';
import { registryCodes } from './error-codes/registry-codes.ts';
import { stsCodes } from './error-codes/sts-codes.ts';
import { AlibabaCloudError, localCodes, type ErrorClass } from './errors.ts';

/** Every known code, by theme, in the order of the reference page. */
export const cloudErrorCodes = {
  platform: platformCodes,
  capacity: capacityCodes,
  account: accountCodes,
  permission: permissionCodes,
  image: imageCodes,
  parameter: parameterCodes,
  sts: stsCodes,
  registry: registryCodes,
  own: ownCodes,
} as const satisfies Readonly<Record<string, CloudErrorCodes>>;

const exactCodes: ReadonlyMap<string, CloudErrorCode> = new Map(
  Object.values(cloudErrorCodes).flatMap((codes) => Object.entries<CloudErrorCode>(codes)),
);

/** Families, longest prefix first. */
const codeFamilies: readonly (readonly [prefix: string, CloudErrorCode])[] = [...exactCodes]
  .filter(([code]) => code.endsWith('*'))
  .map(([code, row]) => [code.slice(0, -1), row] as const)
  .sort(([a], [b]) => b.length - a.length);

/** Codes that say the object of the call does not exist, as opposed to a role, a key or an action. */
const notFoundCodes: ReadonlySet<string> = new Set([
  'InvalidParameter.NotFound',
  'ImageSnapshot.NotFound',
  'INSTANCE_NOT_EXIST',
]);

/** A subset of the capacity codes: machines, not addresses. */
const outOfStockCodes: ReadonlySet<string> = new Set([
  'OperationDenied.NoStock',
  'Zone.NotOnSale',
  'RecommendEmpty.InstanceTypeFamilyNotMatched',
  'Spot.NotMatched',
]);

/** Refusals of the image cache that a create names. */
const imageCacheCodes: ReadonlySet<string> = new Set([
  'ImageSnapshot.NotFound',
  'ImageSnapshot.IncorrectStatus',
  'ImageSnapshot.NotSupport',
]);

const noPermissionCodes: ReadonlySet<string> = new Set([
  'NoPermission',
  'Forbidden.RAM',
  'AuthenticationFail.NoPermission',
]);

/** What keeps an account or a key from creating anything at all, whatever is asked for. */
const accountWideCodes: ReadonlySet<CloudErrorCode> = new Set([
  accountCodes['Account.Arrearage'],
  accountCodes['InvalidPaymentMethod.InsufficientBalance'],
  accountCodes['Payfor.CreditPayInsufficientBalance'],
  accountCodes['Forbidden.RiskControl'],
  accountCodes['Forbidden.UserBussinessStatus'],
  accountCodes['Forbidden.UserNotRealNameAuthentication'],
  accountCodes['Forbidden.AccountClosed'],
  accountCodes.ServiceNotEnabled,
  permissionCodes['Forbidden.AccessKeyDisabled'],
  permissionCodes['InvalidAccessKeyId.*'],
  permissionCodes['InvalidSecurityToken.*'],
  permissionCodes.SignatureDoesNotMatch,
]);

/** `PolicyType` of a refusal by the trust policy of the role. */
const TRUST_POLICY_TYPE = 'AssumeRolePolicy';

/** @returns what is known about a code; absent for codes that are in no table. */
export function describeCode(code: string): CloudErrorCode | undefined {
  return exactCodes.get(code) ?? codeFamilies.find(([prefix]) => code.startsWith(prefix))?.[1];
}

/** Finds the cloud's refusal inside an error that other layers have wrapped. */
export function cloudErrorOf(error: unknown): AlibabaCloudError | undefined {
  let current = error;
  // Bounded, because a cause may point back at itself.
  for (let depth = 0; depth < 10 && current instanceof Error; depth += 1) {
    if (current instanceof AlibabaCloudError) return current;
    current = current.cause;
  }
  return undefined;
}

/**
 * Says what to do about a failure.
 * Unknown codes: HTTP 429, 5xx and no answer at all are transient, any other refusal is permanent. An error that did not
 * come from the cloud counts as transient, so that it is tried again slowly rather than given up.
 */
export function classify(error: unknown): ErrorClass {
  const cloudError = cloudErrorOf(error);
  if (cloudError === undefined) return 'transient';
  const known = describeCode(cloudError.code);
  if (known !== undefined) return known.class;
  const status = cloudError.httpStatus;
  return status === undefined || status >= 500 || status === 429 ? 'transient' : 'permanent';
}

/** Asks whether waiting and sending the very same request again can help. */
export function isRetryable(error: unknown): boolean {
  return classify(error) === 'transient';
}

/** Asks whether the service wants fewer calls. The daily vCPU quota is not meant, although its code looks like it. */
export function isThrottled(error: unknown): boolean {
  const cloudError = cloudErrorOf(error);
  if (cloudError === undefined) return false;
  const { code, httpStatus } = cloudError;
  if (describeCode(code) === platformCodes['Throttling*']) return true;
  return code === 'Degrade.Api' || (httpStatus === 429 && describeCode(code) === undefined);
}

/**
 * Asks whether a refusal concerns everything that the account or the key asks for. A missing permission is not meant: it may be
 * for the role, the vSwitch or the key that one request names.
 */
export function isAccountWide(error: unknown): boolean {
  const known = describeCode(cloudErrorOf(error)?.code ?? '');
  return known !== undefined && accountWideCodes.has(known);
}

/** Asks whether the object of the call does not exist; a 404 with an unknown code counts, one about keys or actions does not. */
export function isNotFound(error: unknown): boolean {
  const cloudError = cloudErrorOf(error);
  if (cloudError === undefined) return false;
  if (notFoundCodes.has(cloudError.code)) return true;
  return cloudError.httpStatus === 404 && describeCode(cloudError.code) === undefined;
}

/** Asks whether a client token was used before with other parameters. Source: ECS API reference, idempotency. */
export function isClientTokenReused(error: unknown): boolean {
  return cloudErrorOf(error)?.code === 'IdempotentParameterMismatch';
}

/** Codes of objects that cannot be changed right now and can be soon. */
const busyCodes: ReadonlySet<string> = new Set(['IncorrectStatus', 'OperationConflict']);

/** Asks whether a change was refused because of the state of the object, or of another change under way. */
export function isBusy(error: unknown): boolean {
  return busyCodes.has(cloudErrorOf(error)?.code ?? '');
}

/** Asks whether an update was refused because everything is as it asks for already. */
export function isNothingToUpdate(error: unknown): boolean {
  return cloudErrorOf(error)?.code === 'NoNeedUpdate';
}

/** Asks whether the registry instance of a call does not exist in the account and region that were asked. */
export function isUnknownRegistryInstance(error: unknown): boolean {
  return cloudErrorOf(error)?.code === 'INSTANCE_NOT_EXIST';
}

/** Asks whether a code says that the zone has no machines of the requested kind. */
export function isOutOfStockCode(code: string): boolean {
  return outOfStockCodes.has(code);
}

/** Asks whether the zone has no machines of the requested kind. */
export function isOutOfStock(error: unknown): boolean {
  return isOutOfStockCode(cloudErrorOf(error)?.code ?? '');
}

/** Asks whether the image cache that a create names cannot be used. */
export function isImageCacheRefused(error: unknown): boolean {
  return imageCacheCodes.has(cloudErrorOf(error)?.code ?? '');
}

/** Asks whether a policy denied the call. */
export function isNoPermission(error: unknown): boolean {
  return noPermissionCodes.has(cloudErrorOf(error)?.code ?? '');
}

/**
 * Asks whether a role could not be assumed because its trust policy does not list the caller.
 * @returns `unknown` when the cloud denied without saying whose policy did it.
 * Source: STS error codes: one code stands for both refusals, only `AccessDeniedDetail.PolicyType` tells them apart.
 */
export function isTrustRefusal(error: unknown): 'yes' | 'no' | 'unknown' {
  const cloudError = cloudErrorOf(error);
  if (cloudError === undefined || !isNoPermission(cloudError) || !cloudError.action.startsWith('AssumeRole'))
    return 'no';
  const policyType = cloudError.accessDenied?.policyType;
  if (policyType === undefined || policyType === '') return 'unknown';
  return policyType === TRUST_POLICY_TYPE ? 'yes' : 'no';
}

/** Asks whether the credentials themselves were refused, so that fetching new ones may help. */
export function isCredentialInvalid(error: unknown): boolean {
  const code = cloudErrorOf(error)?.code ?? '';
  return code === 'MissingSecurityToken' || /^Invalid(?:SecurityToken|AccessKeyId)\./.test(code);
}

/** Asks whether a mutation may have taken effect although it failed. Then only the same request with the same token is safe. */
export function outcomeUnknown(error: unknown): boolean {
  const cloudError = cloudErrorOf(error);
  if (cloudError === undefined) return false;
  if (Object.values<string>(localCodes).includes(cloudError.code)) return true;
  return (cloudError.httpStatus ?? 0) >= 500 && !isThrottled(cloudError);
}

const adviceByClass: Readonly<Record<ErrorClass, string>> = {
  transient: 'It is tried again by itself.',
  capacity: 'It is tried again later; other zones or instance types may have room now.',
  account: 'Check quota, balance and standing of the account.',
  permission: 'Check the policies of the caller.',
  permanent: 'Change the request.',
};

/** @returns one sentence for the user about what to do. */
export function adviceFor(error: unknown): string {
  const code = cloudErrorOf(error)?.code;
  const known = code === undefined ? undefined : describeCode(code);
  return known?.remedy ?? adviceByClass[classify(error)];
}
