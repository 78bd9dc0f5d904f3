/** Answers of DescribeMultiContainerGroupMetric. Source: ECI API reference, DescribeMultiContainerGroupMetric. */
import type { ContainerGroupUsage, InterfaceFigures, UsageFigures } from './eci-answers.ts';
import { present, type WireObject } from './wire-object.ts';

/** A row of DescribeMultiContainerGroupMetric. @returns undefined for a row without an id or without a record. */
export function parseContainerGroupUsage(raw: WireObject): ContainerGroupUsage | undefined {
  const containerGroupId = raw.text('ContainerGroupId');
  const record = newest(raw.objects('Records'));
  if (containerGroupId === undefined || containerGroupId === '' || record === undefined) return undefined;
  return {
    containerGroupId,
    ...present({ timestamp: record.text('Timestamp') }),
    ...parseFigures(record),
    containers: record.objects('Containers').flatMap((container) => {
      const name = container.text('Name');
      return name === undefined ? [] : [{ name, ...parseFigures(container) }];
    }),
    interfaces: record.object('Network')?.objects('Interfaces').flatMap(parseInterface) ?? [],
  };
}

/** Only the newest record is promised, but not that there is only one. */
function newest(records: readonly WireObject[]): WireObject | undefined {
  const timeOf = (record: WireObject): number => Date.parse(record.text('Timestamp') ?? '') || 0;
  return records.toSorted((a, b) => timeOf(a) - timeOf(b)).at(-1);
}

function parseFigures(raw: WireObject): UsageFigures {
  const cpu = raw.object('CPU');
  const memory = raw.object('Memory');
  return present({
    cpuNanoSeconds: cpu?.number('UsageCoreNanoSeconds'),
    cpuNanoCores: cpu?.number('UsageNanoCores'),
    memoryUsageBytes: memory?.number('UsageBytes'),
    memoryWorkingSetBytes: memory?.number('WorkingSet'),
    memoryRssBytes: memory?.number('Rss'),
    memoryAvailableBytes: memory?.number('AvailableBytes'),
  });
}

function parseInterface(raw: WireObject): InterfaceFigures[] {
  const name = raw.text('Name');
  if (name === undefined) return [];
  return [
    {
      name,
      ...present({
        rxBytes: raw.number('RxBytes'),
        rxErrors: raw.number('RxErrors'),
        txBytes: raw.number('TxBytes'),
        txErrors: raw.number('TxErrors'),
      }),
    },
  ];
}
