import type { ContainerGroupUsage, InterfaceFigures, UsageFigures } from '../../alibaba/eci-answers.ts';
import type { InterfaceUsage, PodUsage, ResourceUsage } from '../../node/kubelet/pod-access.ts';

/** Reads a record of figures. Pure. @param nowMs stands in for a record that does not say when it was taken. */
export function toPodUsage(usage: ContainerGroupUsage, nowMs: number): PodUsage {
  const timeMs = Date.parse(usage.timestamp ?? '') || nowMs;
  return {
    ...toResourceUsage(usage, timeMs),
    containers: usage.containers.map((container) => ({ name: container.name, ...toResourceUsage(container, timeMs) })),
    interfaces: usage.interfaces.map(toInterfaceUsage),
  };
}

function toResourceUsage(figures: UsageFigures, timeMs: number): ResourceUsage {
  return {
    timeMs,
    ...defined({
      usageNanoCores: figures.cpuNanoCores,
      usageCoreNanoSeconds: figures.cpuNanoSeconds,
      memoryUsageBytes: figures.memoryUsageBytes,
      memoryWorkingSetBytes: figures.memoryWorkingSetBytes,
      memoryRssBytes: figures.memoryRssBytes,
      memoryAvailableBytes: figures.memoryAvailableBytes,
    }),
  };
}

function toInterfaceUsage({
  name,
  rxBytes = 0,
  rxErrors = 0,
  txBytes = 0,
  txErrors = 0,
}: InterfaceFigures): InterfaceUsage {
  return { name, rxBytes, rxErrors, txBytes, txErrors };
}

function defined<T extends object>(members: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as {
    [Key in keyof T]?: Exclude<T[Key], undefined>;
  };
}
