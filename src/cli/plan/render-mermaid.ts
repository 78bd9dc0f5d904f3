import type { ObjectPlan } from './object-plan.ts';

/**
 * Draws plans as one Mermaid flowchart: who starts, every role, the registry, the host, the object. Steps that several objects
 * share are drawn once, so that the picture shows which roles a cluster depends on.
 */
export function renderMermaid(plans: readonly ObjectPlan[]): string {
  const names = new Map<string, string>();
  const nodes: string[] = [];
  const edges = new Set<string>();
  const node = (shape: Shape, label: string): string => {
    const key = `${shape} ${label}`;
    const known = names.get(key);
    if (known !== undefined) return known;
    const name = `n${names.size + 1}`;
    names.set(key, name);
    const [open, close] = shapes[shape];
    nodes.push(`  ${name}${open}"${escape(label)}"${close}`);
    return name;
  };
  for (const plan of plans) {
    const namespace = plan.namespace === undefined ? '' : `${plan.namespace}/`;
    const object = node('object', `${namespace}${plan.object}`);
    for (const { host, action, chains } of plan.hosts) {
      const target = node('host', host);
      for (const chain of chains) {
        const steps = [...chain.map((step, index) => node(index === 0 ? 'identity' : 'step', step)), target];
        steps.slice(1).forEach((step, index) => edges.add(`  ${steps[index]} --> ${step}`));
      }
      edges.add(`  ${target} ${chains.length === 0 ? '-.->' : '-->'}|"${escape(action)}"| ${object}`);
    }
  }
  return `${['flowchart LR', ...nodes, ...edges].join('\n')}\n`;
}

const shapes = {
  identity: ['([', '])'],
  step: ['[', ']'],
  host: ['[(', ')]'],
  object: ['[[', ']]'],
} as const;

type Shape = keyof typeof shapes;

/** Quotes and brackets would end a label. */
function escape(label: string): string {
  return label.replaceAll('&', '#amp;').replaceAll('"', '#quot;').replaceAll('<', '#lt;').replaceAll('>', '#gt;');
}
