import { metricDefinitions, type MetricDefinition } from '../../src/telemetry/metric-definitions.ts';
import { code, generatedFrom, table } from './markdown.ts';

/** Renders the reference page of metrics. */
export function metricsPage(): string {
  const rows = Object.entries<MetricDefinition>(metricDefinitions).map(([name, { type, labels, help }]) => [
    code(name),
    type,
    labels.map(code).join(', '),
    help,
  ]);
  return `${generatedFrom('src/telemetry/metric-definitions.ts')}

# Metrics

Served at \`/metrics\` in the Prometheus text format, together with the usual metrics of a Node.js process. Durations are in
seconds. Names, types and labels are stable: dashboards can rely on them.

${table(['Metric', 'Type', 'Labels', 'Meaning'], rows)}
`;
}
