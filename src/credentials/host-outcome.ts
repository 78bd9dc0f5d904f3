import type { HostResult } from './host-resolver.ts';
import type { Candidate, CredentialPlan, HostPlan } from './plan.ts';
import type { HostOutcome } from './types.ts';

/** A host of the plan together with what came of trying its entries. */
export interface TriedHost {
  plan: HostPlan;
  result: HostResult;
}

/** Named instances that were asked and ended up serving no host, neither from here nor through ECI. */
export function idleInstances(plan: CredentialPlan, tried: readonly TriedHost[]): Set<string> {
  const named = plan.hosts.flatMap((host) =>
    host.decision.kind === 'entries' ? host.decision.candidates.flatMap(({ entry }) => entry.instanceId ?? []) : [],
  );
  const serving = tried.flatMap(({ result }) => {
    if (result.kind === 'resolved') return result.instanceId ?? [];
    return result.kind === 'forward' ? result.candidates.flatMap(({ entry }) => entry.instanceId ?? []) : [];
  });
  return new Set(named.filter((instanceId) => !serving.includes(instanceId)));
}

/**
 * Says what was decided for one host.
 * @param result absent when the plan decided already.
 * @param idle instances that serve no host of the object, see {@link idleInstances}.
 */
export function outcomeOf(host: HostPlan, result: HostResult | undefined, idle: ReadonlySet<string>): HostOutcome {
  const name = host.host;
  const { decision } = host;
  if (decision.kind === 'pull-secret') return { host: name, kind: 'pull-secret', source: decision.credential.source };
  if (decision.kind === 'not-owned') return { host: name, kind: 'not-owned', instanceIds: decision.instanceIds };
  if (decision.kind !== 'entries') return { host: name, kind: decision.kind };
  if (result?.kind === 'resolved') {
    const { candidate, password, regionId, instanceId } = result;
    const { entry, chain } = candidate;
    const { expiresAtMs } = password;
    const instance = instanceId === undefined ? {} : { instanceId };
    return { host: name, kind: 'resolved', entry, chain, regionId, expiresAtMs, ...instance };
  }
  if (result?.kind === 'forward') return forwardedOutcome(name, result.candidates);
  if (result?.kind !== 'not-owned') throw new Error(`host ${name} has no outcome`);
  if (host.registry.kind !== 'other') return { host: name, kind: 'not-owned', instanceIds: result.instanceIds };
  // A host that is not ACR's, beside others that every named instance serves: an ordinary sidecar.
  const suspects = result.instanceIds.filter((instanceId) => idle.has(instanceId));
  return suspects.length === 0
    ? { host: name, kind: 'anonymous' }
    : { host: name, kind: 'not-owned', instanceIds: suspects };
}

function forwardedOutcome(host: string, candidates: readonly Candidate[]): HostOutcome {
  const [first, ...others] = candidates;
  if (first === undefined) throw new Error(`host ${host} is forwarded without an entry`);
  return {
    host,
    kind: 'forwarded',
    entry: first.entry,
    chain: first.chain,
    ...(others.length === 0 ? {} : { otherEntries: others.map(({ entry }) => entry) }),
  };
}
