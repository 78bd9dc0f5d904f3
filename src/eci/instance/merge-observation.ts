import type { EciInstance, Observation, ObservedContainer } from './eci-instance.ts';
import { instancePhase } from './instance-phase.ts';

/** What is known of a group before anything was observed. */
export interface InstanceIdentity {
  uid: string;
  namespace: string;
  name: string;
  instanceId: string;
  /** The node that made the group, as its tag says; absent where that is not known. */
  nodeName?: string;
}

/** Starts an instance of which nothing is known but that the cloud accepted or listed it. */
export function newInstance(
  identity: InstanceIdentity,
  known: Partial<Pick<EciInstance, 'createConditions' | 'facts' | 'observedAtMs'>> = {},
): EciInstance {
  return {
    ...identity,
    phase: 'pending',
    observedAtMs: known.observedAtMs ?? 0,
    groupStatus: undefined,
    podIps: [],
    startTime: undefined,
    endTime: undefined,
    containers: [],
    initContainers: undefined,
    conditions: [],
    facts: known.facts ?? {},
    createConditions: known.createConditions ?? [],
  };
}

/**
 * Lays an observation over what is known. What the answer does not tell stays; an answer whose request was started before
 * the last one changes nothing, and a group that has ended does not come back to life.
 */
export function mergeObservation(instance: EciInstance, seen: Observation): EciInstance {
  if (seen.observedAtMs < instance.observedAtMs) return instance;
  const containers = mergeContainers(instance.containers, seen.containers);
  const groupStatus = seen.groupStatus ?? instance.groupStatus;
  const phase = instancePhase(groupStatus, containers);
  if (instance.phase === 'terminal' && phase !== 'terminal') return instance;
  return {
    ...instance,
    phase,
    observedAtMs: seen.observedAtMs,
    groupStatus,
    podIps: seen.podIps ?? instance.podIps,
    startTime: seen.startTime ?? instance.startTime,
    endTime: seen.endTime ?? instance.endTime,
    containers,
    initContainers:
      seen.initContainers === undefined
        ? instance.initContainers
        : mergeContainers(instance.initContainers ?? [], seen.initContainers),
    conditions: seen.conditions ?? instance.conditions,
    facts: { ...instance.facts, ...seen.facts },
  };
}

/** The two actions tell different members of a container (image id here, init containers there): keep the union. */
function mergeContainers(
  known: readonly ObservedContainer[],
  seen: readonly ObservedContainer[] | undefined,
): readonly ObservedContainer[] {
  if (seen === undefined) return known;
  const before = new Map(known.map((container) => [container.name, container]));
  const merged = seen.map((container) => ({ ...before.get(container.name), ...container }));
  const names = new Set(seen.map((container) => container.name));
  return [...merged, ...known.filter((container) => !names.has(container.name))];
}
