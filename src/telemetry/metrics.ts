import type { Counter, Gauge, Histogram } from 'prom-client';
import { metricDefinitions, type MetricDefinition } from './metric-definitions.ts';
import type { Logger, Metrics } from './types.ts';

/** The metrics of one process, and their text for a scrape. */
export interface MetricsRegistry extends Metrics {
  /** Content type of {@link text}. */
  readonly contentType: string;
  /** @returns every metric in the Prometheus text format, those of the process and of Node.js included. */
  text(): Promise<string>;
}

type Instruments = {
  counters: Map<string, Counter>;
  gauges: Map<string, Gauge>;
  histograms: Map<string, Histogram>;
};

export interface MetricsOptions {
  log: Logger;
  definitions?: Readonly<Record<string, MetricDefinition>>;
  /** Adds memory, event loop and garbage collection. Off in tests: its timers observe the whole process. */
  processMetrics?: boolean;
}

/**
 * Creates the registry with every metric of the table in it. Writing to a name or label that is not in the table is a
 * mistake in the program: it is logged once per name and dropped, because a metric must never break the work it counts.
 */
export async function createMetrics(options: MetricsOptions): Promise<MetricsRegistry> {
  const { log, definitions = metricDefinitions, processMetrics = true } = options;
  // Default import: inside a bundle a CommonJS package has no other.
  const { default: client } = await import('prom-client');
  const registry = new client.Registry();
  if (processMetrics) client.collectDefaultMetrics({ register: registry });
  const instruments: Instruments = { counters: new Map(), gauges: new Map(), histograms: new Map() };
  for (const [name, { type, help, labels, buckets }] of Object.entries<MetricDefinition>(definitions)) {
    const configuration = { name, help, labelNames: [...labels], registers: [registry] };
    if (type === 'counter') instruments.counters.set(name, new client.Counter(configuration));
    else if (type === 'gauge') instruments.gauges.set(name, new client.Gauge(configuration));
    else {
      const histogram = new client.Histogram({
        ...configuration,
        ...(buckets === undefined ? {} : { buckets: [...buckets] }),
      });
      instruments.histograms.set(name, histogram);
    }
  }
  const complained = new Set<string>();
  const guarded = (name: string, write: () => void): void => {
    try {
      write();
    } catch (error) {
      if (complained.has(name)) return;
      complained.add(name);
      log.error('Metric could not be written', { metric: name, error });
    }
  };
  return {
    count: (name, labels = {}, by = 1) => guarded(name, () => find(instruments.counters, name).inc(labels, by)),
    gauge: (name, value, labels = {}) => guarded(name, () => find(instruments.gauges, name).set(labels, value)),
    observe: (name, value, labels = {}) =>
      guarded(name, () => find(instruments.histograms, name).observe(labels, value)),
    contentType: registry.contentType,
    text: () => registry.metrics(),
  };
}

function find<T>(instruments: ReadonlyMap<string, T>, name: string): T {
  const instrument = instruments.get(name);
  if (instrument === undefined) throw new TypeError(`${name} is not in the table of metrics with this type`);
  return instrument;
}
