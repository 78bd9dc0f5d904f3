import type { SelectionStatus } from '../../credential-helper/status/model.ts';
import { formatDistance } from '../helper/format-distance.ts';
import { wrapText } from '../helper/wrap-text.ts';

/** Writes a time and how far away it is: `2026-11-25T09:41:00Z (in 41m)`. @param time RFC 3339; a dash when absent. */
export function timeCell(time: string | undefined, nowMs: number): string {
  return time === undefined ? '-' : `${time} (${formatDistance(Date.parse(time), nowMs)})`;
}

/** Writes what is selected, as the ConfigMap would. */
export function selectionText(selection: SelectionStatus, wildcard: 'all' | '*'): string {
  return selection === 'all' ? wildcard : selection.join(', ');
}

/** Writes how an edition and instance are called. */
export function registryName(instanceId: string | undefined): string {
  return instanceId ?? 'Personal Edition';
}

/** One finding about the configuration. */
interface FindingText {
  reason: string;
  key: string;
  message: string;
}

/** Writes the part about the configuration. */
export function configurationLines(configuration: {
  title: string;
  why?: string | undefined;
  namespaces?: SelectionStatus | undefined;
  serviceAccounts?: SelectionStatus | undefined;
  findings: readonly FindingText[];
}): string[] {
  const { title, why, namespaces, serviceAccounts, findings } = configuration;
  return [
    title,
    ...(why === undefined ? [] : wrapText(why, { first: '  ' })),
    ...(namespaces === undefined ? [] : wrapText(selectionText(namespaces, 'all'), { first: '  watch-namespace  ' })),
    ...(serviceAccounts === undefined
      ? []
      : wrapText(selectionText(serviceAccounts, '*'), { first: '  service-account  ' })),
    ...findings.flatMap(({ reason, message }) => wrapText(`${reason}: ${message}`, { first: '  - ' })),
  ];
}
