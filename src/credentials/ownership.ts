/**
 * Proves that a registry instance owns a host before a password for it is handed out: otherwise the author of a Pod could
 * name any host and read the password there.
 *
 * Proofs, in this order: the list of the instance's domains (a system name stands for its VPC and internal variants, too);
 * for a default domain without an instance id, the instance of exactly that name in the account at the end of the chain;
 * and where the cloud refuses these calls, the challenge of the host. A challenge is what a host says of itself. Of ACR's own
 * host names it is as good as TLS; a custom domain could repeat the challenge of any instance, so believing it there is a
 * choice of the operator (`--custom-host-proof`, `docs/host-ownership.md`).
 * Source: Container Registry API reference, ListInstance and ListInstanceEndpoint; registry token authentication.
 */
import { isNoPermission } from '../alibaba/error-classes.ts';
import type { Clock } from '../clock.ts';
import { classifyRegistryHost, withoutDefaultPort, type RegistryHost } from '../images/registry-host.ts';
import type { ChainRunner } from './chain.ts';
import { instanceOfChallenge } from './challenge-proof.ts';
import { describeRegistry } from './describe-chain.ts';
import { CredentialError, credentialErrorCodes } from './errors.ts';
import type { RoleChain } from './role-chain.ts';
import { OWNERSHIP_REMEDY } from './plan.ts';
import { createTtlCache } from './ttl-cache.ts';
import type { CrInstance, CrPort, RegistryProbePort } from './types.ts';

/** Whether an instance owns a host, and how that is known. Only an owner is sent a password. */
export type Ownership =
  | { kind: 'owned'; instanceId: string; regionId: string; proof: 'domain-list' | 'instance-name' | 'challenge' }
  /** @param why a clause for the user, `the domain is not bound to instance cri-a`. */
  | { kind: 'not-owned'; why: string };

/** Proves which registry instance a host belongs to before a password is fetched for it. */
export interface OwnershipProver {
  /**
   * Asks whether a given instance owns a host.
   * @throws CredentialError when a call fails otherwise than by a missing permission.
   */
  ofInstance(question: { chain: RoleChain; host: string; instanceId: string; regionId: string }): Promise<Ownership>;
  /**
   * Looks for the instance behind a default domain in the account at the end of the chain.
   * @throws CredentialError as above, and when the instance exists and does not run.
   */
  ofDefaultHost(question: { chain: RoleChain; host: string; registry: EnterpriseHost }): Promise<Ownership>;
}

type EnterpriseHost = Extract<RegistryHost, { kind: 'enterprise' }>;

/** What ownership is proven with. */
export interface OwnershipOptions {
  chains: Pick<ChainRunner, 'call' | 'cacheKey'>;
  cr: Pick<CrPort, 'findInstances' | 'instanceDomains'>;
  probe: RegistryProbePort;
  clock: Clock;
  /** Believes the challenge of custom domains, too. Absent means no: a host that lies can obtain passwords by it. */
  trustCustomHostChallenges?: boolean;
}

/** Domains are bound to instances rarely; a shorter memory costs calls out of CR's 15 per second. */
const KNOWN_MS = 600_000;
/** How long each kind of fact is believed: a missing permission may be granted, a wrong id be corrected, any time. */
const ttlOfFact: Readonly<Record<'known' | 'refused' | 'failed', number>> = {
  known: KNOWN_MS,
  refused: 300_000,
  failed: 30_000,
};
/** A registry that did not answer may do so soon. */
const NO_CHALLENGE_MS = 60_000;
const MAX_ENTRIES = 1000;
/** States that end in `RUNNING` by themselves. Source: Container Registry API reference, ListInstance. */
const STARTING_STATUSES: ReadonlySet<string> = new Set(['PENDING', 'STARTING']);

interface InstanceDomain {
  domain: string;
  type: 'SYSTEM' | 'USER';
}

/** What a look-up gave. A refusal leads to other proofs; a failure that stays is remembered for a little while. */
type Fact<T> = { kind: 'known'; value: T } | { kind: 'refused' } | { kind: 'failed'; error: CredentialError };

interface Claim {
  instance?: { instanceId: string; regionId: string };
}

/** Makes a prover with empty caches. */
export function createOwnershipProver(options: OwnershipOptions): OwnershipProver {
  const { chains, cr, probe, clock } = options;
  const ttlMs = ({ kind }: Fact<unknown>): number => ttlOfFact[kind];
  const domainLists = createTtlCache<Fact<InstanceDomain[]>>({ clock, maxEntries: MAX_ENTRIES, ttlMs });
  const lookups = createTtlCache<Fact<CrInstance[]>>({ clock, maxEntries: MAX_ENTRIES, ttlMs });
  const claims = createTtlCache<Claim>({
    clock,
    maxEntries: MAX_ENTRIES,
    ttlMs: (claim) => (claim.instance === undefined ? NO_CHALLENGE_MS : KNOWN_MS),
  });

  /** @returns absent when the cloud refuses the call. */
  async function domainsOf(
    chain: RoleChain,
    regionId: string,
    instanceId: string,
  ): Promise<InstanceDomain[] | undefined> {
    const key = JSON.stringify([await chains.cacheKey(chain), regionId, instanceId]);
    const target = { name: 'instance lookup', regionId, instanceId } as const;
    const fact = await domainLists.get(key, async () =>
      toFact(chains.call(chain, target, (caller) => cr.instanceDomains({ caller, regionId, instanceId }))),
    );
    return valueOf(fact);
  }

  /** @returns absent when the cloud refuses the call. */
  async function instancesNamed(
    chain: RoleChain,
    regionId: string,
    instanceName: string,
  ): Promise<CrInstance[] | undefined> {
    const key = JSON.stringify([await chains.cacheKey(chain), regionId, instanceName]);
    const target = { name: 'instance lookup', regionId } as const;
    const fact = await lookups.get(key, async () =>
      toFact(chains.call(chain, target, (caller) => cr.findInstances({ caller, regionId, instanceName }))),
    );
    return valueOf(fact)?.filter((row) => row.instanceName === instanceName);
  }

  async function claimOf(host: string, registry: RegistryHost): Promise<Claim> {
    if (registry.kind !== 'enterprise' && options.trustCustomHostChallenges !== true) return {};
    return await claims.get(host, async () => {
      // A registry that cannot be reached proves nothing, which is all that is asked here.
      const instance = instanceOfChallenge(host, await probe.challenge(host).catch(() => undefined));
      return instance === undefined ? {} : { instance };
    });
  }

  return {
    ofInstance: async ({ chain, host, instanceId, regionId }) => {
      const registry = classifyRegistryHost(host);
      const known = await domainsOf(chain, regionId, instanceId);
      const place = describeRegistry(instanceId, regionId);
      if (known !== undefined) {
        return known.some((domain) => isSameRegistry(host, domain))
          ? { kind: 'owned', instanceId, regionId, proof: 'domain-list' }
          : { kind: 'not-owned', why: `the host is not a domain of ${place}; ${OWNERSHIP_REMEDY}` };
      }
      const { instance } = await claimOf(host, registry);
      if (instance?.instanceId === instanceId && instance.regionId === regionId) {
        return { kind: 'owned', instanceId, regionId, proof: 'challenge' };
      }
      return {
        kind: 'not-owned',
        why: `the domains of ${place} may not be listed, so nothing proves that the host is one of them; grant cr:ListInstanceEndpoint`,
      };
    },

    ofDefaultHost: async ({ chain, host, registry }) => {
      const { instanceName, regionId } = registry;
      const found = await instancesNamed(chain, regionId, instanceName);
      if (found !== undefined) return ownerAmong(found, { instanceName, regionId });
      const { instance } = await claimOf(host, registry);
      return instance?.regionId === regionId
        ? { kind: 'owned', instanceId: instance.instanceId, regionId, proof: 'challenge' }
        : {
            kind: 'not-owned',
            why: `instances in ${regionId} may not be listed, and the registry does not say which one it is; grant cr:ListInstance, or name the instance in acr-instance-ids`,
          };
    },
  };
}

function ownerAmong(instances: readonly CrInstance[], host: { instanceName: string; regionId: string }): Ownership {
  const { instanceName, regionId } = host;
  const instance = instances[0];
  if (instance === undefined) {
    return { kind: 'not-owned', why: `the account has no instance named ${instanceName} in ${regionId}` };
  }
  const status = instance.instanceStatus ?? 'RUNNING';
  if (status !== 'RUNNING') {
    throw new CredentialError({
      code: credentialErrorCodes.instanceNotRunning,
      message: `Instance ${instance.instanceId} (${instanceName}) in ${regionId} is ${status}.`,
      advice: 'Wait until it runs, or start or renew it in the console.',
      class: STARTING_STATUSES.has(status) ? 'transient' : 'permanent',
    });
  }
  return { kind: 'owned', instanceId: instance.instanceId, regionId, proof: 'instance-name' };
}

/** A default domain and its VPC and internal variants lead to one instance; a custom domain stands for itself only. */
function isSameRegistry(host: string, { domain, type }: InstanceDomain): boolean {
  if (withoutDefaultPort(host.toLowerCase()) === domain.toLowerCase()) return true;
  if (type !== 'SYSTEM') return false;
  const asked = classifyRegistryHost(host);
  const owned = classifyRegistryHost(domain);
  return (
    asked.kind === 'enterprise' &&
    owned.kind === 'enterprise' &&
    asked.instanceName === owned.instanceName &&
    asked.regionId === owned.regionId
  );
}

async function toFact<T>(call: Promise<T>): Promise<Fact<T>> {
  try {
    return { kind: 'known', value: await call };
  } catch (error) {
    // Only the look-up itself is judged here: a hop before it that fails is a failed chain, remembered there.
    if (!(error instanceof CredentialError) || error.hop?.name !== 'instance lookup') throw error;
    if (isNoPermission(error)) return { kind: 'refused' };
    if (error.class === 'transient') throw error;
    return { kind: 'failed', error };
  }
}

function valueOf<T>(fact: Fact<T>): T | undefined {
  if (fact.kind === 'failed') throw fact.error;
  return fact.kind === 'known' ? fact.value : undefined;
}
