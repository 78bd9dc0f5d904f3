import type { PodUsage, ResourceUsage } from '../pod-access.ts';

const NANOS_PER_MS = 1_000_000;

/**
 * Computes the use of processors between two counters, where the service does not tell it. Pure.
 * @returns undefined for a first sample, a counter that was reset, and samples of one time: never a negative number.
 */
export function nanoCoresBetween(before: ResourceUsage | undefined, now: ResourceUsage): number | undefined {
  if (now.usageNanoCores !== undefined) return Math.max(0, now.usageNanoCores);
  const [used, usedBefore] = [now.usageCoreNanoSeconds, before?.usageCoreNanoSeconds];
  if (before === undefined || used === undefined || usedBefore === undefined) return undefined;
  const elapsedMs = now.timeMs - before.timeMs;
  if (elapsedMs <= 0 || used < usedBefore) return undefined;
  return Math.round(((used - usedBefore) * 1000 * NANOS_PER_MS) / (elapsedMs * NANOS_PER_MS));
}

/** Completes a Pod and its containers. Pure. */
export function withNanoCores(before: PodUsage | undefined, now: PodUsage): PodUsage {
  return {
    ...now,
    ...nanoCores(before, now),
    containers: now.containers.map((container) => ({
      ...container,
      ...nanoCores(
        before?.containers.find(({ name }) => name === container.name),
        container,
      ),
    })),
  };
}

function nanoCores(before: ResourceUsage | undefined, now: ResourceUsage): { usageNanoCores?: number } {
  const usageNanoCores = nanoCoresBetween(before, now);
  return usageNanoCores === undefined ? {} : { usageNanoCores };
}
