/**
 * Runs role chains: own identity → AssumeRole … → registry password. Every hop and every password is cached and shared, so
 * that any number of Pods with one chain cost one chain. A password lives as long as the session that asked for it, so
 * renewing a password renews that session first.
 * Source: STS API reference, AssumeRole; Container Registry API reference, GetAuthorizationToken.
 */
import { isCredentialInvalid } from '../alibaba/error-classes.ts';
import type { Clock } from '../clock.ts';
import type { Logger, Metrics } from '../telemetry/types.ts';
import { credentialMetrics } from './credential-metrics.ts';
import { CredentialError, toCredentialError } from './errors.ts';
import { createExpiringCache } from './expiring-cache.ts';
import type { Hop } from './hop.ts';
import { callerOf, chainKey, type RoleChain } from './role-chain.ts';
import type { AccessKey, CrPort, Identity, RegistryPassword, StsPort, WantedLife } from './types.ts';

/** A registry for which a password can be had: an Enterprise instance, or Personal Edition where no id is given. */
export interface PasswordTarget {
  regionId: string;
  instanceId?: string;
}

/** Runs role chains, from the own identity through one or two roles, and makes calls as the last of them. */
export interface ChainRunner {
  /**
   * Gives live credentials of the last role.
   * @throws CredentialError naming the hop that failed.
   */
  session(chain: RoleChain): Promise<AccessKey>;
  /**
   * Makes one call as the last role. Where the cloud says that the credentials are no longer valid, the session is dropped
   * and the chain run once more.
   * @throws CredentialError for a failed hop; for the call itself, too, described by `target`.
   */
  call<T>(chain: RoleChain, target: CallTarget, run: (caller: AccessKey) => Promise<T>): Promise<T>;
  /**
   * Gives a registry password. It proves nothing about hosts: never hand one out without `OwnershipProver`.
   * @throws CredentialError naming the hop that failed.
   */
  password(chain: RoleChain, target: PasswordTarget, options?: WantedLife): Promise<RegistryPassword>;
  /** @returns a key that tells chains and identities apart, for caches of what was learned through a chain. */
  cacheKey(chain: RoleChain): Promise<string>;
}

/** What a call is about, for messages. */
export type CallTarget = Pick<Hop, 'instanceId' | 'regionId'> & { name: 'instance lookup' | 'registry password' };

/** What chains are run with. */
export interface ChainRunnerOptions {
  identity: Identity;
  sts: StsPort;
  cr: CrPort;
  clock: Clock;
  /** Between 0 and 1. */
  random: () => number;
  /** At most 32 characters; see `createSessionName`. */
  sessionName: string;
  /** Life of sessions whose role names none; at least 900. Default 3600, which every role allows. */
  sessionDurationSeconds?: number;
  metrics: Metrics;
  logger: Logger;
  /** How long a failed hop answers for others, milliseconds. Default: not at all. */
  rememberFailureMs?: (error: CredentialError) => number;
  /** Bound on sessions and on passwords each. Default 1000. */
  maxEntries?: number;
}

/** Every role allows this much; a longer session needs a changed role. Source: RAM, MaxSessionDuration. */
const DURATION_SECONDS = 3600;
const DEFAULT_MAX_ENTRIES = 1000;
/** A password made from a session with less than this left would have to be renewed at once. */
const SESSION_LIFE_FOR_PASSWORD_MS = 900_000;
/** By how much a new session must outlive the password that is renewed: expiries are rounded to seconds. */
const OUTLIVE_MS = 60_000;
/** What the last session of a chain is reduced to: reading and pulling, whatever else the role may do. */
const SESSION_POLICY = JSON.stringify({
  Version: '1',
  Statement: [{ Effect: 'Allow', Action: ['cr:Get*', 'cr:List*', 'cr:Pull*'], Resource: '*' }],
});

/** Makes a chain runner with empty caches. */
export function createChainRunner(options: ChainRunnerOptions): ChainRunner {
  const { identity, sts, cr, clock, random, metrics, logger } = options;
  const cacheOptions = {
    clock,
    random,
    maxEntries: options.maxEntries ?? DEFAULT_MAX_ENTRIES,
    onRefreshFailure: (error: unknown) => {
      metrics.count(credentialMetrics.refreshFailures);
      logger.warn('credentials could not be renewed ahead of expiry; the old ones still serve', {
        reason: toCredentialError(error, identityHop(identity)).message,
      });
    },
  };
  const sessions = createExpiringCache<AccessKey & { expiresAtMs: number }>({
    ...cacheOptions,
    expiresAtMs: (session) => session.expiresAtMs,
  });
  const passwords = createExpiringCache<RegistryPassword>({
    ...cacheOptions,
    expiresAtMs: (password) => password.expiresAtMs,
  });

  /** A failure is remembered where it happened, not at the hops after it: that would stretch the memory of it. */
  function rememberOwn(hop: Hop): (error: unknown) => number {
    return (error) =>
      error instanceof CredentialError && error.hop?.number === hop.number
        ? (options.rememberFailureMs?.(error) ?? 0)
        : 0;
  }

  async function identityKey(life?: WantedLife): Promise<AccessKey> {
    try {
      return await identity.accessKey(life);
    } catch (error) {
      throw toCredentialError(error, identityHop(identity));
    }
  }

  async function cacheKey(chain: RoleChain): Promise<string> {
    const { accessKeyId } = await identityKey();
    return JSON.stringify([identity.description, accessKeyId, chainKey(chain)]);
  }

  async function sessionKey(chain: RoleChain, isLast: boolean): Promise<string> {
    return JSON.stringify([await cacheKey(chain), isLast ? SESSION_POLICY : '']);
  }

  /** @param isLast whether the registry is called with this session: only then it is narrowed by a session policy. */
  async function sessionOf(chain: RoleChain, isLast: boolean, life: WantedLife = {}): Promise<AccessKey> {
    const role = chain.at(-1);
    if (role === undefined) return await identityKey(life);
    const policy = isLast ? SESSION_POLICY : undefined;
    const parent = chain.slice(0, -1);
    const durationSeconds = role.durationSeconds ?? options.sessionDurationSeconds ?? DURATION_SECONDS;
    const hop: Hop = {
      number: chain.length,
      name: role.name,
      roleArn: role.roleArn,
      caller: callerOf(parent, identity.description),
    };
    return await sessions.get(
      await sessionKey(chain, isLast),
      async () => {
        const via = { chain: parent, isLast: false, hop, life: lifeOfParent(parent, life) };
        const session = await withSession(via, (caller) =>
          sts.assumeRole({
            caller,
            roleArn: role.roleArn,
            sessionName: options.sessionName,
            durationSeconds,
            ...(policy === undefined ? {} : { policy }),
          }),
        );
        return { ...session, expiresAtMs: session.expiresAtMs ?? clock.nowMs() + durationSeconds * 1000 };
      },
      { ...life, rememberFailureMs: rememberOwn(hop) },
    );
  }

  async function dropSession(chain: RoleChain, isLast: boolean, session: AccessKey): Promise<void> {
    if (chain.length === 0) identity.invalidate?.(session);
    else sessions.drop(await sessionKey(chain, isLast), (held) => held.accessKeyId === session.accessKeyId);
  }

  async function withSession<T>(
    via: { chain: RoleChain; isLast: boolean; hop: Hop; life?: WantedLife },
    run: (caller: AccessKey) => Promise<T>,
  ): Promise<T> {
    const { chain, isLast, hop, life } = via;
    const session = await sessionOf(chain, isLast, life);
    try {
      return await run(session);
    } catch (error) {
      if (!isCredentialInvalid(error)) throw toCredentialError(error, hop);
      await dropSession(chain, isLast, session);
      const renewed = await sessionOf(chain, isLast);
      // The identity may have nothing newer, as with a long-lived key: the same call would be refused again.
      if (renewed.accessKeyId === session.accessKeyId) throw toCredentialError(error, hop);
      return await run(renewed).catch((again: unknown) => {
        throw toCredentialError(again, hop);
      });
    }
  }

  function registryHop(chain: RoleChain, target: CallTarget): Hop {
    return { number: chain.length + 1, caller: callerOf(chain, identity.description), ...target };
  }

  return {
    cacheKey,
    session: async (chain) => await sessionOf(chain, true),
    call: async (chain, target, run) =>
      await withSession({ chain, isLast: true, hop: registryHop(chain, target) }, run),
    password: async (chain, target, { minimumLifeMs = 0, freshOrFail = false, tryNow = false } = {}) => {
      const { regionId, instanceId } = target;
      const hop = registryHop(chain, { name: 'registry password', ...target });
      const key = JSON.stringify([await cacheKey(chain), regionId, instanceId ?? 'personal']);
      return await passwords.get(
        key,
        async (previous) => {
          const outliveMs = previous === undefined ? 0 : previous.expiresAtMs - clock.nowMs() + OUTLIVE_MS;
          const sessionLifeMs = Math.max(SESSION_LIFE_FOR_PASSWORD_MS, minimumLifeMs, outliveMs);
          const via = { chain, isLast: true, hop, life: { minimumLifeMs: sessionLifeMs, freshOrFail, tryNow } };
          const password = await withSession(via, (caller) =>
            instanceId === undefined
              ? cr.personalPassword({ caller, regionId })
              : cr.instancePassword({ caller, regionId, instanceId }),
          );
          metrics.count(credentialMetrics.passwords, { edition: instanceId === undefined ? 'personal' : 'enterprise' });
          return password;
        },
        { minimumLifeMs, freshOrFail, tryNow, rememberFailureMs: rememberOwn(hop) },
      );
    },
  };
}

/**
 * The identity at the start of a chain is renewed along with the session that is asked for, but one that cannot be renewed still assumes
 * the role. Roles in between are renewed by their own margin: how long they live says nothing about the sessions after them.
 */
function lifeOfParent(parent: RoleChain, { minimumLifeMs }: WantedLife): WantedLife {
  return parent.length > 0 || minimumLifeMs === undefined ? {} : { minimumLifeMs };
}

function identityHop(identity: Identity): Hop {
  return { number: 0, name: 'identity', caller: identity.description };
}
