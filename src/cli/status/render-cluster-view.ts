import { SECRET_NAME } from '../../credential-helper/names.ts';
import { columns } from '../helper/columns.ts';
import { wrapText } from '../helper/wrap-text.ts';
import type { ClusterView, SecretState, SecretView } from './cluster-view.ts';
import { configurationLines, registryName, timeCell } from './render-parts.ts';

/** Rows that people still read; all are in the JSON. */
const MAX_NAMESPACES = 20;
const MAX_EVENTS = 10;

/** What to do about a namespace, for states in which something is to be done. */
const advice: Partial<Readonly<Record<SecretState, string>>> = {
  missing: 'The helper writes the Secret within seconds once it runs.',
  foreign: 'Somebody else made the Secret: rename or delete it, or start the helper with --adopt-existing.',
  expired: 'Passwords have run out, so nothing renews them: start the helper.',
  unusable: 'The kubelet cannot read the Secret: delete it, the helper writes it anew.',
  'left-over': 'The namespace is not watched any more: the helper takes the Secret away once it runs.',
};

/** Prints what the API server holds of the helper, for people. */
export function renderClusterView(view: ClusterView, options: { why: string; nowMs: number }): string {
  const blocks = [
    wrapText(`No credential helper answered: ${options.why}`, { first: '' }),
    ['What follows is what the API server holds.'],
    configurationLines({
      title: `Configuration: ConfigMap ${view.configuration.configMap}, ${stateWord(view)}`,
      ...view.configuration,
    }),
    entryLines(view),
    secretLines(view, options.nowMs),
    ...(view.serviceAccounts === undefined
      ? []
      : [[`ServiceAccounts: ${view.serviceAccounts.selected} selected, ${view.serviceAccounts.attached} attached`]]),
    eventLines(view),
    view.notSeen.flatMap((text) => wrapText(text, { first: 'Not seen: ' })),
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function stateWord({ configuration }: ClusterView): string {
  return configuration.state === 'hidden' ? 'which may not be seen' : configuration.state;
}

function entryLines({ entries, configuration }: ClusterView): string[] {
  if (entries.length === 0) {
    return configuration.state === 'complete' ? ['No entries: add one to acr-registry-info.'] : [];
  }
  const rows = entries.map(({ position, instanceId, regionId = "the cluster's" }) => [
    String(position),
    registryName(instanceId),
    regionId,
  ]);
  const [head = '', ...lines] = columns(['ENTRY', 'REGISTRY', 'REGION'], rows);
  return [
    head,
    ...lines.flatMap((line, index) => {
      const { hosts, chain, refused } = entries[index] ?? {};
      return [
        line,
        ...wrapText(hosts?.join(' ') ?? 'as the cloud names them, which only the helper asks', {
          first: '       hosts  ',
        }),
        ...(chain === undefined ? [] : wrapText(chain, { first: '       chain  ' })),
        ...(refused === undefined
          ? []
          : wrapText(`${refused.reason}: ${refused.message}`, { first: '       error  ' })),
      ];
    }),
  ];
}

function secretLines({ secrets, configuration }: ClusterView, nowMs: number): string[] {
  if (secrets.length === 0) {
    return configuration.state === 'complete'
      ? [`No watched namespace exists, and none has a Secret ${SECRET_NAME}.`]
      : [];
  }
  // What is wrong comes first, because the rest may be cut off.
  const ordered = secrets.toSorted((a, b) => Number(a.state === 'serving') - Number(b.state === 'serving'));
  const shown = ordered.slice(0, MAX_NAMESPACES);
  const rest = secrets.length - shown.length;
  const table = columns(
    ['NAMESPACE', 'SECRET', 'EARLIEST EXPIRY', 'HOSTS'],
    shown.map(({ namespace, state, hosts, expiresAt }) => [
      namespace,
      state,
      timeCell(expiresAt, nowMs),
      String(hosts.length),
    ]),
  );
  return [
    ...table,
    ...(rest === 0 ? [] : [`… and ${rest} more; -o json has them all`]),
    ...hostLines(secrets),
    ...Object.entries(advice).flatMap(([state, text]) =>
      secrets.some((secret) => secret.state === state) ? wrapText(text, { first: `${state}: ` }) : [],
    ),
  ];
}

/** Secrets of one helper are all the same, so their hosts are told once. */
function hostLines(secrets: readonly SecretView[]): string[] {
  const hosts = [...new Set(secrets.flatMap((secret) => (secret.state === 'serving' ? secret.hosts : [])))].sort();
  return hosts.length === 0 ? [] : wrapText(hosts.join(' '), { first: 'Hosts: ' });
}

function eventLines({ events, notSeen }: ClusterView): string[] {
  if (events.length === 0) {
    return notSeen.some((text) => text.startsWith('events:')) ? [] : ['No Warning events about the configuration.'];
  }
  return [
    'Warning events about the configuration, latest first:',
    ...events
      .slice(0, MAX_EVENTS)
      .flatMap(({ reason, message, count, lastSeen }) =>
        wrapText(`${reason}${count > 1 ? ` (${count} times)` : ''}: ${message}`, { first: `  ${lastSeen}  ` }),
      ),
  ];
}
