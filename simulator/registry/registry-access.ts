import type { AcrState, Authorizer, IssuedPassword, Principal } from '../types.ts';
import { namespaceOwner } from './resolve-registry.ts';
import type { ResolvedRegistry } from './resolve-registry.ts';

/** Who logs in to a registry. */
export type RegistryUser =
  | { kind: 'anonymous' }
  /** With a password that Container Registry issued. */
  | { kind: 'acr'; issued: IssuedPassword }
  /** With a password of a registry that is not ACR. */
  | { kind: 'other' };

export type RegistryAction = 'pull' | 'push';

/** What access decisions are made from. */
export interface AccessParts {
  readonly acr: Pick<AcrState, 'passwords'>;
  readonly authorizer: Pick<Authorizer, 'allows'>;
  /** Repositories that everybody may pull, as the store names them. */
  readonly publicRepositories: ReadonlySet<string>;
  /** Simulated time in epoch milliseconds. */
  nowMs(): number;
}

/**
 * Checks a user name and a password at one registry. A password works at the instance that it was issued for, and one of
 * Personal Edition in its region; the service is said to be more generous, which no client should count on.
 * @returns undefined when the login is refused.
 */
export function authenticate(
  registry: ResolvedRegistry,
  login: { userName: string; password: string } | undefined,
  parts: AccessParts,
): RegistryUser | undefined {
  if (login === undefined) {
    return { kind: 'anonymous' };
  }
  if (registry.kind === 'other') {
    const { credentials } = registry.registry;
    const isKnown = credentials?.some((own) => own.userName === login.userName && own.password === login.password);
    return isKnown === true ? { kind: 'other' } : undefined;
  }
  const issued = parts.acr.passwords.get(login.password);
  if (issued === undefined || issued.userName !== login.userName || issued.expiresAtMs <= parts.nowMs()) {
    return undefined;
  }
  const isForHere =
    registry.kind === 'enterprise'
      ? issued.instanceId === registry.instance.instanceId
      : issued.instanceId === undefined && issued.regionId === registry.regionId;
  return isForHere ? { kind: 'acr', issued } : undefined;
}

/** Decides which of the wanted actions a user may do on a repository. A smaller grant is no error. */
export function grantedActions(
  registry: ResolvedRegistry,
  user: RegistryUser,
  { repository, wanted, parts }: { repository: string; wanted: readonly string[]; parts: AccessParts },
): RegistryAction[] {
  return (['pull', 'push'] as const).filter(
    (action) => wanted.includes(action) && isGranted(registry, user, { repository, action, parts }),
  );
}

function isGranted(
  registry: ResolvedRegistry,
  user: RegistryUser,
  { repository, action, parts }: { repository: string; action: RegistryAction; parts: AccessParts },
): boolean {
  if (action === 'pull' && parts.publicRepositories.has(`${registry.storage}/${repository}`)) {
    return true;
  }
  if (registry.kind === 'other') {
    return user.kind === 'other' || (action === 'pull' && registry.registry.credentials === undefined);
  }
  if (user.kind !== 'acr') {
    return false;
  }
  const { principal } = user.issued;
  const ramAction = action === 'pull' ? 'cr:PullRepository' : 'cr:PushRepository';
  return resourcesOf(registry, repository).some(
    (resource) => owns(principal, resource) && parts.authorizer.allows(principal, ramAction, resource),
  );
}

/** Source: Container Registry documentation, RAM authorization; the instance form is the one of ECI's sample policy. */
function resourcesOf(registry: Exclude<ResolvedRegistry, { kind: 'other' }>, repository: string): string[] {
  if (registry.kind === 'enterprise') {
    const { regionId, accountId, instanceId } = registry.instance;
    const prefix = `acs:cr:${regionId}:${accountId}`;
    return [`${prefix}:repository/${instanceId}/${repository}`, `${prefix}:instance/${instanceId}`];
  }
  const accountId = namespaceOwner(registry.registries, repository)?.accountId;
  return accountId === undefined ? [] : [`acs:cr:${registry.regionId}:${accountId}:repository/${repository}`];
}

/** Policies of one account say nothing about the repositories of another. */
function owns(principal: Principal, resource: string): boolean {
  return resource.split(':')[3] === principal.accountId;
}
