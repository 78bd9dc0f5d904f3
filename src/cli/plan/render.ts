import { stringify } from 'yaml';
import type { ObjectPlan } from './object-plan.ts';
import type { PlanOutput } from './plan-options.ts';
import { renderMermaid } from './render-mermaid.ts';
import { renderTable } from './render-table.ts';

/** Everything that a plan run found. */
export interface PlanReport {
  /** Options that stood in for real ones, with their values. */
  assumed: Readonly<Record<string, unknown>>;
  objects: readonly ObjectPlan[];
}

/** Prints a report in the format asked for. */
export function render(report: PlanReport, output: PlanOutput): string {
  switch (output) {
    case 'json':
      return `${JSON.stringify(report, undefined, 2)}\n`;
    case 'yaml':
      return stringify(report, { lineWidth: 0, aliasDuplicateObjects: false });
    case 'mermaid':
      return renderMermaid(report.objects);
    case 'table':
    default:
      return renderTable(report.objects);
  }
}
