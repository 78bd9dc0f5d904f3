import type { Clock } from '../../clock.ts';
import type { ChainRunner } from '../../credentials/chain.ts';
import type { CrPort } from '../../credentials/types.ts';
import { EciKubeletError } from '../../errors.ts';
import type { EntryPlan } from './model.ts';
import { wantedLifeMs } from './schedule.ts';
import type { HeldPassword } from './shared-credential.ts';

/** What a role session lives where the role in the chain names nothing, and a password where there is no session. */
const USUAL_LIFE_SECONDS = 3600;

/** What is asked of the cloud through. */
export interface FetchPorts {
  /** Runs chains from the identity of a plan on. */
  chainsFor: (plan: EntryPlan) => Pick<ChainRunner, 'password' | 'call'>;
  cr: Pick<CrPort, 'instanceDomains'>;
  clock: Clock;
}

/** What to fetch. */
export interface FetchRequest {
  plan: EntryPlan;
  /** `expiring-threshold`, milliseconds. */
  configuredMs: number;
  /** Absent: only names are wanted. `held` is what is to be replaced. */
  password?: { held: HeldPassword | undefined };
  /** Whether the names of the instance are wanted. */
  hosts: boolean;
}

/** What came of it. A password may come without the names. */
export interface Fetched {
  password?: HeldPassword;
  hosts?: readonly string[];
  /** Why something that was wanted is missing. */
  failed?: { at: 'password' | 'host names'; error: unknown };
}

/** Runs the chain of an entry. Never rejects. */
export async function fetchCredential(request: FetchRequest, ports: FetchPorts): Promise<Fetched> {
  const fetched: Fetched = {};
  let at: 'password' | 'host names' = 'password';
  try {
    if (request.password !== undefined) fetched.password = await fetchPassword(request, ports);
    at = 'host names';
    if (request.hosts) fetched.hosts = await fetchHosts(request.plan, ports);
  } catch (error) {
    fetched.failed = { at, error };
  }
  return fetched;
}

async function fetchPassword(request: FetchRequest, { chainsFor, clock }: FetchPorts): Promise<HeldPassword> {
  const { plan, configuredMs, password: wanted } = request;
  const { regionId, instanceId } = plan;
  const expectedLifeMs = (plan.chain.at(-1)?.durationSeconds ?? USUAL_LIFE_SECONDS) * 1000;
  const leftMs = (wanted?.held?.expiresAtMs ?? 0) - clock.nowMs();
  const minimumLifeMs = wantedLifeMs({ configuredMs, expectedLifeMs, leftMs });
  const { userName, password, expiresAtMs } = await chainsFor(plan).password(
    plan.chain,
    { regionId, ...(instanceId === undefined ? {} : { instanceId }) },
    // The pauses after failures are kept here, per entry.
    { minimumLifeMs, freshOrFail: true, tryNow: true },
  );
  return { userName, password, expiresAtMs, obtainedAtMs: clock.nowMs() };
}

async function fetchHosts(plan: EntryPlan, { chainsFor, cr }: FetchPorts): Promise<readonly string[]> {
  const { chain, regionId, instanceId = '' } = plan;
  const domains = await chainsFor(plan).call(chain, { name: 'instance lookup', instanceId, regionId }, (caller) =>
    cr.instanceDomains({ caller, regionId, instanceId }),
  );
  const hosts = [...new Set(domains.map(({ domain }) => domain))].sort();
  // An instance has names, linked networks or not: an empty answer is none, and must not take hosts away.
  if (hosts.length === 0) {
    throw new EciKubeletError(
      'NoHostNames',
      `ListInstanceEndpoint lists no name of ${instanceId}; write its names into domains`,
    );
  }
  return hosts;
}
