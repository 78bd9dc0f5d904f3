import { stringify } from 'yaml';
import type { ObjectPlan } from './object-plan.ts';

const header = ['HOST', 'IMAGES', 'WHAT IS HANDED OVER', 'CHAIN'];

/** Prints plans for people: the hosts as a table, remarks, and the request as it would be sent. */
export function renderTable(plans: readonly ObjectPlan[]): string {
  return plans.map(renderObject).join('\n');
}

function renderObject(plan: ObjectPlan): string {
  const namespace = plan.namespace === undefined ? '' : ` in ${plan.namespace}`;
  const rows = plan.hosts.flatMap(({ host, images, action, chains }) => {
    const texts = chains.length === 0 ? ['-'] : chains.map((chain) => chain.join(' → '));
    return texts.map((chain, index) =>
      index === 0 ? [host, String(images.length), action, chain] : ['', '', '', chain],
    );
  });
  const remarks = [
    ...plan.hosts.flatMap(({ host, remark }) => (remark === undefined ? [] : [`${host}: ${remark}`])),
    ...plan.remarks,
  ];
  const parts = [
    `${plan.object}${namespace} (${plan.file}, document ${plan.document})`,
    '',
    ...columns([header, ...rows]),
    ...remarks.map((remark) => `\n${remark}`),
    '',
    `${plan.action}:`,
    indent(stringify(plan.request, { lineWidth: 0, aliasDuplicateObjects: false })),
  ];
  return parts.join('\n');
}

/** Pads cells to the widest of their column; the last column is free. */
function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = header.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows.map((row) =>
    row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0))).join('  '),
  );
}

function indent(text: string): string {
  return text.replaceAll(/^(?=.)/gm, '  ');
}
