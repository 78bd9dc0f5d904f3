/**
 * The Security Token Service, version 2015-04-01: AssumeRole, AssumeRoleWithOIDC, GetCallerIdentity.
 * Source: STS API reference; ACK help centre, Use RRSA to authorize pods (error table).
 */
import { toRfc3339 } from '../../src/clock.ts';
import type { RamAuthorizer } from '../ram/authorizer.ts';
import { numericId, type RamDirectory, type Role } from '../ram/directory.ts';
import { trustsToken } from '../ram/trust.ts';
import { SimError, type Principal, type SimRequest, type Simulator } from '../types.ts';
import { verifyOidcToken, type VerifiedToken } from './oidc-token.ts';
import type { ProviderKeys } from './provider-keys.ts';
import { checkDuration, readSessionParameters, type SessionParameters } from './session-parameters.ts';
import type { SessionStore } from './session-store.ts';

const VERSION = '2015-04-01';

export interface StsParts {
  directory: RamDirectory;
  authorizer: RamAuthorizer;
  sessions: SessionStore;
  providerKeys: ProviderKeys;
  /** The machine's time, for the dates inside OIDC tokens. */
  machineNowMs(): number;
}

/** Registers the actions of STS and its part of the state. */
export function registerSts(simulator: Pick<Simulator, 'register' | 'addState'>, parts: StsParts): void {
  const sessionParameters = ['RoleArn', 'RoleSessionName', 'DurationSeconds', 'Policy'];
  simulator.register({
    product: 'sts',
    version: VERSION,
    action: 'AssumeRole',
    parameters: [...sessionParameters, 'ExternalId', 'SourceIdentity'],
    required: ['RoleArn', 'RoleSessionName'],
    handler: (request) => assumeRole(parts, request),
  });
  simulator.register({
    product: 'sts',
    version: VERSION,
    action: 'AssumeRoleWithOIDC',
    parameters: [...sessionParameters, 'OIDCProviderArn', 'OIDCToken'],
    required: ['OIDCProviderArn', 'RoleArn', 'RoleSessionName', 'OIDCToken'],
    anonymous: true,
    handler: (request) => assumeRoleWithOidc(parts, request),
  });
  simulator.register({
    product: 'sts',
    version: VERSION,
    action: 'GetCallerIdentity',
    parameters: [],
    handler: ({ principal }) => callerIdentity(principal),
  });
  simulator.addState('sessions', () => parts.sessions.live());
}

function assumeRole(parts: StsParts, { params, principal }: SimRequest): Record<string, unknown> {
  const wanted = readSessionParameters(params);
  const context = wanted.externalId === undefined ? {} : { 'sts:ExternalId': [wanted.externalId] };
  const role = parts.authorizer.requireAssumable(principal, wanted.roleArn, context);
  return startSession(parts, role, { ...wanted, chainDepth: (principal.chainDepth ?? 0) + 1 });
}

async function assumeRoleWithOidc(parts: StsParts, { params }: SimRequest): Promise<Record<string, unknown>> {
  const wanted = readSessionParameters(params);
  const provider = parts.directory.findProvider(params.get('OIDCProviderArn') ?? '');
  if (provider === undefined) throw authenticationFailed('No such OIDC Provider registered.');
  const token = await verifyOidcToken(params.get('OIDCToken') ?? '', provider, {
    nowMs: parts.machineNowMs(),
    publicKeys: () => parts.providerKeys.publicKeys(provider),
  });
  const role = parts.directory.findRole(wanted.roleArn);
  if (role === undefined) {
    throw new SimError(404, 'EntityNotExist.Role', `The role not exists: ${wanted.roleArn} .`);
  }
  const context = { 'oidc:iss': [token.issuer], 'oidc:aud': token.audiences, 'oidc:sub': [token.subject] };
  if (role.accountId !== provider.accountId || !trustsToken(role.trust, provider.arn, context)) {
    throw authenticationFailed('There is no permission');
  }
  return {
    OIDCTokenInfo: tokenInfo(token),
    ...startSession(parts, role, { ...wanted, chainDepth: 1 }),
  };
}

function startSession(
  parts: StsParts,
  role: Role,
  wanted: SessionParameters & { chainDepth: number },
): Record<string, unknown> {
  checkDuration(wanted.durationSeconds, role.maxSessionSeconds);
  const credentials = parts.sessions.create(
    {
      kind: 'role-session',
      accountId: role.accountId,
      arn: role.arn,
      sessionName: wanted.sessionName,
      chainDepth: wanted.chainDepth,
      ...(wanted.policy === undefined ? {} : { sessionPolicy: wanted.policy }),
    },
    wanted.durationSeconds,
  );
  return {
    AssumedRoleUser: {
      // GetCallerIdentity writes the same session as assumed-role/…; the two do differ.
      Arn: `${role.arn}/${wanted.sessionName}`,
      AssumedRoleId: `${role.roleId}:${wanted.sessionName}`,
    },
    Credentials: {
      AccessKeyId: credentials.accessKeyId,
      AccessKeySecret: credentials.accessKeySecret,
      SecurityToken: credentials.securityToken,
      Expiration: toRfc3339(credentials.expiresAtMs),
    },
  };
}

function callerIdentity(principal: Principal): Record<string, unknown> {
  const { accountId, arn } = principal;
  const id = numericId(arn);
  if (principal.kind === 'root') {
    return { IdentityType: 'Account', AccountId: accountId, UserId: accountId, PrincipalId: accountId, Arn: arn };
  }
  if (principal.kind === 'role-session') {
    const sessionName = principal.sessionName ?? '';
    return {
      IdentityType: 'AssumedRoleUser',
      AccountId: accountId,
      RoleId: id,
      PrincipalId: `${id}:${sessionName}`,
      Arn: `${arn.replace(':role/', ':assumed-role/')}/${sessionName}`,
    };
  }
  return { IdentityType: 'RAMUser', AccountId: accountId, UserId: id, PrincipalId: id, Arn: arn };
}

function tokenInfo(token: VerifiedToken): Record<string, unknown> {
  return {
    Issuer: token.issuer,
    Subject: token.subject,
    ClientIds: token.audiences.join(','),
    ExpirationTime: toRfc3339(token.expiresAtMs),
    IssuanceTime: toRfc3339(token.issuedAtMs),
    VerificationInfo: 'Success',
  };
}

function authenticationFailed(message: string): SimError {
  return new SimError(401, 'AuthenticationFail.NoPermission', message);
}
