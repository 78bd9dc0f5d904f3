import assert from 'node:assert/strict';
import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { metricDefinitions, type MetricDefinition } from '../../../src/telemetry/metric-definitions.ts';
import { createMetrics } from '../../../src/telemetry/metrics.ts';
import { noLog } from '../../../src/telemetry/types.ts';

const definitions = {
  calls_total: { type: 'counter', help: 'Calls.', labels: ['action'] },
  depth: { type: 'gauge', help: 'Depth.', labels: [] },
  wait_seconds: { type: 'histogram', help: 'Wait.', labels: [], buckets: [1, 2] },
} as const satisfies Record<string, MetricDefinition>;

describe('metrics', () => {
  it('are written in the text format of Prometheus', async () => {
    const metrics = await createMetrics({ definitions, processMetrics: false, log: noLog });
    metrics.count('calls_total', { action: 'AssumeRole' }, 2);
    metrics.gauge('depth', 3);
    metrics.observe('wait_seconds', 1.5);
    const text = await metrics.text();
    for (const line of [
      '# TYPE calls_total counter',
      'calls_total{action="AssumeRole"} 2',
      'depth 3',
      'wait_seconds_bucket{le="1"} 0',
      'wait_seconds_bucket{le="2"} 1',
    ]) {
      assert.ok(text.includes(line), line);
    }
  });

  it('never break the work they count: a wrong name or label is logged once and dropped', async () => {
    const errors: unknown[] = [];
    const log = { ...noLog, error: (_message: string, fields?: object) => errors.push({ ...fields }) };
    const metrics = await createMetrics({ definitions, processMetrics: false, log });
    metrics.count('unknown_total');
    metrics.count('unknown_total');
    metrics.count('calls_total', { wrong: 'x' });
    metrics.gauge('calls_total', 1);
    assert.equal(errors.length, 2);
  });

  it('of two registries in one process do not meet', async () => {
    await createMetrics({ definitions, processMetrics: true, log: noLog });
    await createMetrics({ definitions, processMetrics: true, log: noLog });
  });
});

describe('table of metrics', () => {
  it('follows the naming rules of Prometheus', () => {
    for (const [name, definition] of Object.entries<MetricDefinition>(metricDefinitions)) {
      assert.match(name, /^[a-z][a-z0-9_]*$/);
      assert.equal(name.endsWith('_total'), definition.type === 'counter', name);
      assert.match(definition.help, /^[A-Z].*\.$/, name);
      if (definition.type === 'histogram') assert.match(name, /_seconds$/);
    }
  });

  it('has every metric that the source code writes', async () => {
    const source = join(import.meta.dirname, '../../../src');
    const missing: string[] = [];
    for await (const file of glob('**/*.ts', { cwd: source })) {
      const text = await readFile(join(source, file), 'utf8');
      const literals = [...text.matchAll(/\.(?:count|gauge|observe)\(\s*'([a-z0-9_]+)'/g)];
      // Names that are kept in a table of their own beside the code that writes them.
      const named = /metric/.test(file) ? [...text.matchAll(/^ {2}\w+: '([a-z0-9_]+)',$/gm)] : [];
      for (const [, name = ''] of [...literals, ...named]) {
        if (!Object.hasOwn(metricDefinitions, name)) missing.push(`${file}: ${name}`);
      }
    }
    assert.deepEqual(missing, []);
  });
});
