/**
 * Tries the entries that may serve one host, in the order of the annotations. For a default domain of Enterprise Edition
 * the first chain wins whose account has the instance; on the host of Personal Edition, which all accounts of a region
 * share, the first whose password works. A failed entry does not matter when a later one is proven right.
 */
import { isNoPermission, isTrustRefusal, isUnknownRegistryInstance } from '../alibaba/error-classes.ts';
import type { ChainRunner } from './chain.ts';
import { describeRole } from './describe-chain.ts';
import { CredentialError, credentialErrorCodes, toCredentialError } from './errors.ts';
import type { Hop } from './hop.ts';
import type { Ownership, OwnershipProver } from './ownership.ts';
import type { Candidate, HostPlan } from './plan.ts';
import { chainOfEntry } from './role-chain.ts';
import type { RegistryPassword, WantedLife } from './types.ts';

/** What came of trying the entries of one host. */
export type HostResult =
  | { kind: 'resolved'; candidate: Candidate; password: RegistryPassword; regionId: string; instanceId?: string }
  /** @param why the clauses for the user, one per candidate that has a reason of its own. */
  | { kind: 'forward'; candidates: Candidate[]; why: string[] }
  /** Every chain works, and none of them leads to an instance that is proven to own the host. */
  | { kind: 'not-owned'; instanceIds: string[]; why: string[] }
  | { kind: 'failed'; error: CredentialError };

/** Finds the password of one registry host. */
export interface HostResolver {
  /** Tries the candidates in order until one is proven to own the host and yields a password. Never throws. */
  resolve(host: HostPlan, candidates: readonly Candidate[], life: WantedLife): Promise<HostResult>;
}

/** What a host is resolved with. */
export interface HostResolverOptions {
  chains: Pick<ChainRunner, 'session' | 'password'>;
  ownership: OwnershipProver;
  /** In `auto`, entries whose service role does not trust us go to ECI. */
  delivery: 'resolve' | 'auto';
  /** Description of the own identity. */
  identity: string;
}

type Attempt = Extract<HostResult, { kind: 'resolved' }> | { kind: 'not-owned'; why: string };

/** Creates the resolver of hosts. It keeps nothing itself: sessions and passwords are remembered by the chains. */
export function createHostResolver(options: HostResolverOptions): HostResolver {
  const { chains, ownership, delivery, identity } = options;

  async function attempt(host: HostPlan, candidate: Candidate, life: WantedLife): Promise<Attempt> {
    const { registry } = host;
    const chain = chainOfEntry(candidate.entry);
    const withPassword = async (target: { regionId: string; instanceId?: string }): Promise<Attempt> => {
      const password = await chains.password(chain, target, life);
      return { kind: 'resolved', candidate, password, ...target };
    };

    if (registry.kind === 'personal') return await withPassword({ regionId: registry.regionId });
    if (registry.kind === 'personal-dedicated') {
      // In `auto` a role that does not trust us still has the way through ECI.
      if (delivery === 'auto') await chains.session(chain);
      throw unsupported();
    }
    const owner = await ownerOf(host, candidate);
    if (owner.kind === 'not-owned') return owner;
    const { instanceId, regionId } = owner;
    try {
      return await withPassword({ instanceId, regionId });
    } catch (error) {
      // The challenge names the instance, not its account: this chain leads to another one.
      const isGuess = owner.proof === 'challenge' && candidate.entry.instanceId === undefined;
      if (isGuess && isUnknownRegistryInstance(error)) {
        return { kind: 'not-owned', why: `${instanceId} in ${regionId} belongs to another account` };
      }
      throw error;
    }
  }

  async function ownerOf(host: HostPlan, candidate: Candidate): Promise<Ownership> {
    const { entry, regionId } = candidate;
    const chain = chainOfEntry(entry);
    if (entry.instanceId !== undefined) {
      return await ownership.ofInstance({ chain, host: host.host, instanceId: entry.instanceId, regionId });
    }
    const { registry } = host;
    return registry.kind === 'enterprise'
      ? await ownership.ofDefaultHost({ chain, host: host.host, registry })
      : { kind: 'not-owned', why: 'a custom domain needs an instance id' };
  }

  return {
    resolve: async (host, candidates, life) => {
      const refused: Candidate[] = [];
      const refusals: string[] = [];
      const strangers: string[] = [];
      const failures: CredentialError[] = [];
      for (const candidate of candidates) {
        try {
          const result = await attempt(host, candidate, life);
          if (result.kind === 'resolved') return result;
          strangers.push(result.why);
        } catch (error) {
          const failure = toCredentialError(error, unknownHop(identity));
          if (delivery === 'auto' && isRefusedAsStranger(failure)) {
            refused.push(candidate);
            refusals.push(describeRefusal(failure, identity));
          } else {
            failures.push(failure);
            // On the shared host of Personal Edition any account has a password: passing over one that is merely
            // out of reach would choose the wrong account.
            if (host.registry.kind === 'personal' && failure.class === 'transient') break;
          }
        }
      }
      const failure = failures.find((error) => error.class === 'transient') ?? failures[0];
      if (failure !== undefined) return { kind: 'failed', error: failure };
      if (refused.length > 0) return { kind: 'forward', candidates: refused, why: refusals };
      const instanceIds = candidates.flatMap(({ entry }) => (entry.instanceId === undefined ? [] : [entry.instanceId]));
      return { kind: 'not-owned', instanceIds, why: strangers };
    },
  };
}

/**
 * Asks whether a chain failed because the service role does not trust us, or may not trust us: the cloud does not always
 * say whose policy it was.
 */
export function isRefusedAsStranger(error: CredentialError): boolean {
  const isFirstRole = error.hop?.number === 1 && error.hop.name === 'service role';
  return isFirstRole && isNoPermission(error) && isTrustRefusal(error) !== 'no';
}

function describeRefusal(error: CredentialError, identity: string): string {
  const role = describeRole(error.hop?.roleArn ?? '');
  const request = error.requestId === undefined ? '' : `, request id ${error.requestId}`;
  return isTrustRefusal(error) === 'yes'
    ? `${role} does not trust ${identity} (${error.code}${request})`
    : `${identity} was refused ${role} (${error.code}${request}) without saying whether the role does not trust it or it lacks sts:AssumeRole`;
}

function unsupported(): CredentialError {
  return new CredentialError({
    code: credentialErrorCodes.unsupportedRegistry,
    message: 'A Personal Edition registry with a domain of its own (crpi-…) gives out no temporary passwords.',
    advice: 'Run with --credential-delivery=forward, or list a Secret in imagePullSecrets.',
    class: 'permanent',
  });
}

function unknownHop(identity: string): Hop {
  return { number: 0, name: 'identity', caller: identity };
}
