import type { Fixture } from '../fixtures/fixture.ts';
import {
  SimError,
  type AcrInstance,
  type AcrState,
  type Authorizer,
  type IssuedPassword,
  type Principal,
} from '../types.ts';
import { domainsOf } from './domains.ts';

/**
 * Source: Container Registry API reference, GetAuthorizationToken: one hour unless ExpiresInHours says otherwise; asked for with the
 * keys of a session, as long as the session still has.
 */
const DEFAULT_LIFETIME_HOURS = 1;

/** The user name of every temporary login. Source: Container Registry API reference, GetAuthorizationToken. */
export const TEMPORARY_USER = 'cr_temp_user';

/** Expired passwords are looked for each time their number is a multiple of this. */
const SWEEP_EVERY = 500;

/** The code for an instance that this account does not have in this region; a wrong region looks the same. */
export const INSTANCE_NOT_EXIST = 'INSTANCE_NOT_EXIST';

/** An {@link AcrState} with what only the CR handlers ask. */
export interface CrState extends AcrState {
  /**
   * Finds an instance as its owner sees it.
   * @throws SimError `INSTANCE_NOT_EXIST` for instances of other accounts and other regions.
   */
  ownInstance(principal: Principal, target: { instanceId: string; regionId: string }): AcrInstance;
  /** @param target.lifetimeHours 1..24. */
  issue(
    principal: Principal,
    target: { instanceId?: string; regionId: string; lifetimeHours?: number },
  ): IssuedPassword;
}

/** Creates the registries of a fixture, with no password issued yet. */
export function createCrState(
  fixture: Fixture,
  options: { authorizer: Authorizer; nowMs(): number; randomText(length: number): string },
): CrState {
  const instances: AcrInstance[] = fixture.accounts.flatMap(({ accountId, instances: own }) =>
    (own ?? []).map(({ instanceId, instanceName, regionId, status, userDomains, endpoints }) => ({
      instanceId,
      instanceName,
      accountId,
      regionId,
      status: status ?? 'RUNNING',
      userDomains: (userDomains ?? []).map((domain) => domain.toLowerCase()),
      enabledEndpoints: { internet: endpoints?.internet?.enabled ?? true, vpc: endpoints?.vpc?.enabled ?? true },
      linkedVpcs: endpoints?.vpc?.linkedVpcs ?? [],
    })),
  );
  const personal = fixture.accounts.flatMap(({ accountId, personalRegistries }) =>
    (personalRegistries ?? []).map(({ regionId, namespaces, unregistered }) => ({
      accountId,
      regionId,
      namespaces,
      unregistered: (unregistered ?? []).map((arn) => arn.toLowerCase()),
    })),
  );
  const passwords = new Map<string, IssuedPassword>();

  const ownInstance: CrState['ownInstance'] = (principal, { instanceId, regionId }) => {
    const instance = instances.find((candidate) => candidate.instanceId === instanceId);
    if (instance === undefined || instance.regionId !== regionId || instance.accountId !== principal.accountId) {
      throw new SimError(404, INSTANCE_NOT_EXIST, `The instance ${instanceId} does not exist in ${regionId}.`);
    }
    return instance;
  };

  const checkInstance = (principal: Principal, target: { instanceId: string; regionId: string }): void => {
    options.authorizer.require(principal, 'cr:GetAuthorizationToken', '*');
    const { status } = ownInstance(principal, target);
    if (status !== 'RUNNING') {
      throw new SimError(403, 'INSTANCE_STATUS_INVALID', `The instance ${target.instanceId} is ${status}.`);
    }
  };

  const checkPersonal = (principal: Principal, regionId: string): void => {
    const registry = personal.find((own) => own.accountId === principal.accountId && own.regionId === regionId);
    const isUser =
      registry !== undefined &&
      !registry.unregistered.includes(principal.arn.toLowerCase()) &&
      // The Personal Edition does not say NoPermission: whom RAM does not let in is no user of it.
      options.authorizer.allows(principal, 'cr:GetAuthorizationToken', '*');
    if (!isUser) throw new SimError(404, 'USER_NOT_EXIST', 'user is not exist.');
  };

  const forgetExpired = (nowMs: number): void => {
    // Now and then is enough: looking through all of them for each new one would be quadratic.
    if (passwords.size % SWEEP_EVERY !== 0) return;
    for (const [key, { expiresAtMs }] of passwords) if (expiresAtMs <= nowMs) passwords.delete(key);
  };

  return {
    instances,
    personal,
    passwords,
    byId: (instanceId) => instances.find((instance) => instance.instanceId === instanceId),
    byHost: (host) => {
      const wanted = host.toLowerCase();
      return instances.find((instance) => domainsOf(instance).some(({ domain }) => domain === wanted));
    },
    ownInstance,
    issue: (principal, { instanceId, regionId, lifetimeHours }) => {
      if (instanceId === undefined) checkPersonal(principal, regionId);
      else checkInstance(principal, { instanceId, regionId });
      const nowMs = options.nowMs();
      forgetExpired(nowMs);
      const sessionEndsMs = principal.expiresAtMs ?? Infinity;
      const askedMs = (lifetimeHours ?? DEFAULT_LIFETIME_HOURS) * 3_600_000;
      // A session that says nothing of hours gets all that is left of it, be it more than an hour or less.
      const documentedMs =
        lifetimeHours === undefined && principal.expiresAtMs !== undefined ? sessionEndsMs : nowMs + askedMs;
      const issued: IssuedPassword = {
        userName: TEMPORARY_USER,
        // Real ones contain a colon, so that only the first one of `user:password` may be split at.
        password: `CANARY${options.randomText(30)}:${options.randomText(40)}`,
        principal,
        regionId,
        expiresAtMs: Math.min(documentedMs, sessionEndsMs, nowMs + (fixture.cr?.passwordLifeMs ?? Infinity)),
        ...(instanceId === undefined ? {} : { instanceId }),
      };
      passwords.set(issued.password, issued);
      return issued;
    },
  };
}
