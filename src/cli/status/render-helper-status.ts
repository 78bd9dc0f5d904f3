import type { EntryStatus, HelperStatus, NamespacesStatus } from '../../credential-helper/status/model.ts';
import { SECRET_NAME } from '../../credential-helper/names.ts';
import { columns } from '../helper/columns.ts';
import { wrapText } from '../helper/wrap-text.ts';
import { configurationLines, registryName, timeCell } from './render-parts.ts';

const header = ['ENTRY', 'REGISTRY', 'REGION', 'STATE', 'EXPIRES', 'NEXT RENEWAL'];

/** Prints the status of a helper for people, in 110 columns. */
export function renderHelperStatus(status: HelperStatus, options: { from: string; nowMs: number }): string {
  const blocks = [
    headLines(status, options.from),
    entryLines(status, options.nowMs),
    namespaceLines(status),
    configurationLines({
      title: `Configuration: ${status.configuration.state}`,
      ...status.configuration,
    }),
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function headLines({ role, leader, version, identity }: HelperStatus, from: string): string[] {
  const who = identity === undefined ? '' : `, base identity: ${identity}`;
  const lines = wrapText(`Credential helper ${version}, ${role}, told by ${from}${who}`, { first: '' });
  if (role === 'leader') return lines;
  const leads = leader === undefined ? 'nobody leads at the moment' : `${leader} leads`;
  return [...lines, ...wrapText(`A follower fetches and writes nothing; ${leads}.`, { first: '' })];
}

function entryLines({ entries, configuration }: HelperStatus, nowMs: number): string[] {
  if (entries.length === 0) {
    return configuration.state === 'complete'
      ? ['No entries: add one to acr-registry-info.']
      : ['No entries, because the configuration is incomplete: see below.'];
  }
  const rows = entries.map((entry) => [
    String(entry.position),
    registryName(entry.instanceId),
    entry.regionId,
    entry.state,
    timeCell(entry.expiresAt, nowMs),
    timeCell(entry.nextRenewalAt, nowMs),
  ]);
  const [head = '', ...lines] = columns(header, rows);
  return [head, ...lines.flatMap((line, index) => [line, ...detailLines(entries[index])])];
}

function detailLines(entry: EntryStatus | undefined): string[] {
  if (entry === undefined) return [];
  const { hosts, chain, lastError } = entry;
  return [
    ...wrapText(hosts.length === 0 ? 'not known yet' : hosts.join(' '), { first: '       hosts  ' }),
    ...(chain === '' ? [] : wrapText(chain, { first: '       chain  ' })),
    ...(lastError === undefined
      ? []
      : wrapText(`${lastError.reason} since ${lastError.since}: ${lastError.message}`, { first: '       error  ' })),
  ];
}

function namespaceLines({ namespaces, role }: HelperStatus): string[] {
  if (namespaces === undefined) return role === 'leader' ? ['Namespaces: nothing was looked at yet.'] : [];
  const { watched, served, serviceAccounts } = namespaces;
  const lines = [
    `Namespaces:      ${watched} watched, ${served} with their Secret as it should be`,
    `ServiceAccounts: ${serviceAccounts.selected} selected, ${serviceAccounts.attached} attached`,
  ];
  if (watched === 0) lines.push('None of the namespaces in watch-namespace exists; they are served when they appear.');
  return [...lines, ...conflictLines(namespaces)];
}

function conflictLines({ conflicts }: NamespacesStatus): string[] {
  if (conflicts.length === 0) return [];
  return [
    ...wrapText(conflicts.join(', '), { first: 'Conflicts:       ' }),
    ...wrapText(
      `These have a Secret ${SECRET_NAME} of somebody else. Rename or delete it, or start the helper with --adopt-existing.`,
      { first: '                 ' },
    ),
  ];
}
