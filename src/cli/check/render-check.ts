import { formatDistance } from '../helper/format-distance.ts';
import { wrapText } from '../helper/wrap-text.ts';
import type { CheckReport } from './check-report.ts';
import type { Diagnosis, Verdict } from './diagnose.ts';
import type { VirtualNodeReport } from './virtual-node.ts';

const verdicts: Readonly<Record<Verdict, string>> = {
  yes: 'can be pulled',
  no: 'cannot be pulled',
  anonymous: 'has no credentials, and can be pulled if it is public',
  unknown: 'cannot be told: too much could not be seen',
};

/** Prints a report for people. */
export function renderCheck(report: CheckReport, nowMs: number): string {
  const { namespace, serviceAccount, pod, virtualNode, images, helper, helperSilent } = report;
  const subject =
    pod === undefined
      ? `A new Pod of ServiceAccount ${namespace}/${serviceAccount}:`
      : `Pod ${namespace}/${pod}, ServiceAccount ${serviceAccount}:`;
  const blocks = [
    [subject],
    ...(virtualNode === undefined ? [] : [virtualNodeLines(virtualNode)]),
    ...images.map((image) => imageLines(image, nowMs)),
    ...(helper === undefined
      ? []
      : [wrapText(`What is known of the credential helper was told by ${helper}.`, { first: '' })]),
    ...(helperSilent === undefined ? [] : [wrapText(`No credential helper answered: ${helperSilent}`, { first: '' })]),
  ];
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function imageLines(diagnosis: Diagnosis, nowMs: number): string[] {
  const { image, containers = [], verdict, by, causes, remarks } = diagnosis;
  const where =
    containers.length === 0
      ? ''
      : ` (${containers.length === 1 ? 'container' : 'containers'} ${containers.join(', ')})`;
  const notSeen = diagnosis.notSeen.map((text) => `Not seen: ${text}`);
  return [
    `${image}${where}`,
    `  ${verdicts[verdict]}${verdict === 'yes' ? untilWhen(by?.until, nowMs) : ''}`,
    ...(by === undefined ? [] : byWhat(by)),
    ...causes.flatMap(({ id, message, remedy }, index) => [
      '',
      ...wrapText(`${id}: ${message}`, { first: `  ${index + 1}. ` }),
      ...wrapText(remedy, { first: '     → ' }),
    ]),
    ...(remarks.length + notSeen.length === 0 ? [] : ['']),
    ...[...remarks, ...notSeen].flatMap((text) => wrapText(text, { first: '  - ' })),
  ];
}

function untilWhen(until: string | undefined, nowMs: number): string {
  return until === undefined ? '' : ` until ${until} (${formatDistance(Date.parse(until), nowMs)})`;
}

function byWhat({ secret, server, entry }: NonNullable<Diagnosis['by']>): string[] {
  const lines = [`    Secret  ${secret}`, `    host    ${server}`];
  if (entry === undefined) return lines;
  const { position, instanceId = 'Personal Edition', regionId, chain = '' } = entry;
  lines.push(`    entry   ${position} (${instanceId}${regionId === undefined ? '' : ` in ${regionId}`})`);
  return chain === '' ? lines : [...lines, ...wrapText(chain, { first: '    chain   ' })];
}

function virtualNodeLines(report: VirtualNodeReport): string[] {
  const { node, condition, hosts, remarks, problems } = report;
  const place = node === undefined ? 'It is meant for a virtual node' : `It is on the virtual node ${node}`;
  return [
    ...wrapText(`${place}: there its annotations decide about pulls, and the credential helper has no part in it.`, {
      first: '',
    }),
    ...(condition === undefined
      ? wrapText('It has no condition ImageCredentials, so nobody has said yet what came of them.', { first: '' })
      : wrapText(`${condition.reason}: ${condition.message}`, { first: `ImageCredentials=${condition.status} ` })),
    ...hosts.flatMap(({ host, images, action, chains, remark }) => [
      '',
      host,
      ...images.map((image) => `  image  ${image}`),
      ...wrapText(action, { first: '  gets   ' }),
      ...chains.flatMap((chain) => wrapText(chain.join(' → '), { first: '  chain  ' })),
      ...(remark === undefined ? [] : wrapText(remark, { first: '  - ' })),
    ]),
    ...(problems.length + remarks.length === 0 ? [] : ['']),
    ...problems.flatMap((problem) => wrapText(problem, { first: '  ! ' })),
    ...remarks.flatMap((text) => wrapText(text, { first: '  - ' })),
  ];
}
