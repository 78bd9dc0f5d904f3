import type { Clock } from '../clock.ts';
import { ImageReferenceError } from '../images/image-reference.ts';
import { noLog, noMetrics, type Logger, type Metrics } from '../telemetry/types.ts';
import { createChainRunner, type ChainRunner } from './chain.ts';
import { composeCredentials } from './compose.ts';
import { credentialMetrics } from './credential-metrics.ts';
import { CredentialError, credentialErrorCodes } from './errors.ts';
import { createHostResolver, isRefusedAsStranger, type HostResolver, type HostResult } from './host-resolver.ts';
import { createOwnershipProver } from './ownership.ts';
import { planCredentials, type CredentialPlan } from './plan.ts';
import { createSessionName } from './session-name.ts';
import type {
  CredentialRequest,
  CredentialResolver,
  CrPort,
  DeliveryMode,
  Identity,
  RegistryProbePort,
  StsPort,
  WantedLife,
} from './types.ts';

/** What credentials are resolved with. */
export interface CredentialResolverOptions {
  identity: Identity;
  sts: StsPort;
  cr: CrPort;
  probe: RegistryProbePort;
  clock: Clock;
  /** Between 0 and 1; spreads renewals. */
  random: () => number;
  delivery: DeliveryMode;
  /** Region of this component: where instances without a region prefix are. */
  ownRegion: string;
  /** Tells the sessions of this installation apart in ActionTrail, for example the node name. Default: the identity. */
  sessionSeed?: string;
  /** Life of every session of a chain; more than 3600 needs roles that allow it. Default 3600. */
  sessionDurationSeconds?: number;
  /** Believes the challenge of custom domains as a proof of ownership. Absent means no; see `ownership.ts`. */
  trustCustomHostChallenges?: boolean;
  metrics?: Metrics;
  logger?: Logger;
}

/** A Pod pulls some time after it was created; a password with less life left is renewed before it is given out. */
const MINIMUM_LIFE_MS = 120_000;
/** Roles that do not trust us are not asked again for this long: 1,000 Pods cost one refused call. */
const STRANGER_MEMORY_MS = 300_000;
/** Other failures that will not pass by themselves: short, so that a repaired role is noticed soon. */
const FAILURE_MEMORY_MS = 30_000;

/**
 * Makes the resolver of registry credentials: plans without calls, runs the chains that are needed, and composes the
 * fields of the ECI request together with what the user is told.
 */
export function createCredentialResolver(options: CredentialResolverOptions): CredentialResolver {
  const { identity, delivery, ownRegion } = options;
  const metrics = options.metrics ?? noMetrics;
  const logger = options.logger ?? noLog;
  const hosts = delivery === 'forward' ? undefined : hostResolverOf(options, { delivery, metrics, logger });

  async function tryHosts(plan: CredentialPlan, life: WantedLife): Promise<Map<string, HostResult>> {
    const results = await Promise.all(
      plan.hosts.map(async (host): Promise<[string, HostResult][]> => {
        if (host.decision.kind !== 'entries') return [];
        const { candidates } = host.decision;
        if (hosts === undefined) return [[host.host, { kind: 'forward', candidates, why: [] }]];
        return [[host.host, await hosts.resolve(host, candidates, life)]];
      }),
    );
    return new Map(results.flat());
  }

  return {
    resolve: async (request) => {
      const plan = planOrThrow(request, { delivery, ownRegion, identity: identity.description });
      const { minimumLifeMs = MINIMUM_LIFE_MS, freshOrFail = false } = request;
      const results = await tryHosts(plan, { minimumLifeMs, freshOrFail });
      const resolved = composeCredentials(plan, results);
      for (const { kind } of resolved.hosts) metrics.count(credentialMetrics.hosts, { outcome: kind });
      if (logger.isDebugEnabled()) logger.debug('registry credentials resolved', { hosts: resolved.hosts });
      return resolved;
    },
  };
}

function hostResolverOf(
  options: CredentialResolverOptions,
  context: { delivery: 'resolve' | 'auto'; metrics: Metrics; logger: Logger },
): HostResolver {
  const { identity, sts, cr, probe, clock, random, trustCustomHostChallenges = false } = options;
  const { delivery, metrics, logger } = context;
  const chains: ChainRunner = createChainRunner({
    identity,
    sts,
    cr,
    clock,
    random,
    metrics,
    logger,
    sessionName: createSessionName(options.sessionSeed ?? identity.description),
    ...(options.sessionDurationSeconds === undefined ? {} : { sessionDurationSeconds: options.sessionDurationSeconds }),
    rememberFailureMs: (error) => failureMemoryMs(error, delivery),
  });
  const ownership = createOwnershipProver({ chains, cr, probe, clock, trustCustomHostChallenges });
  return createHostResolver({ chains, ownership, delivery, identity: identity.description });
}

function failureMemoryMs(error: CredentialError, delivery: DeliveryMode): number {
  if (error.class === 'transient') return 0;
  return delivery === 'auto' && isRefusedAsStranger(error) ? STRANGER_MEMORY_MS : FAILURE_MEMORY_MS;
}

function planOrThrow(request: CredentialRequest, options: Parameters<typeof planCredentials>[1]): CredentialPlan {
  try {
    return planCredentials(request, options);
  } catch (error) {
    if (!(error instanceof ImageReferenceError)) throw error;
    throw new CredentialError({
      code: credentialErrorCodes.invalidImage,
      message: `The registry cannot be told: ${error.message}.`,
      advice: 'Correct the image in the spec.',
      class: 'permanent',
      cause: error,
    });
  }
}
