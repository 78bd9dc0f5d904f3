import { scrub } from '../alibaba/scrub.ts';
import { systemClock } from '../clock.ts';
import type { Clock } from '../clock.ts';
import type { Config } from '../config/options.ts';
import { productVersion } from '../config/product-version.ts';
import { createLogger } from '../telemetry/logger.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import type { MetricsRegistry } from '../telemetry/metrics.ts';
import type { Logger } from '../telemetry/types.ts';

/** What every part is given. */
export interface Base {
  config: Config;
  logger: Logger;
  metrics: MetricsRegistry;
  clock: Clock;
  /** Uniform in [0, 1). */
  random: () => number;
  /** Names this program to every server. */
  userAgent: string;
}

/** Opens the log and the metrics: the first thing that happens, so that everything after it can be told. */
export async function createBase(config: Config): Promise<Base> {
  const logger = await createLogger({ level: config.logLevel, format: config.logFormat, scrub });
  const metrics = await createMetrics({ log: logger });
  return {
    config,
    logger,
    metrics,
    clock: systemClock,
    random: Math.random,
    userAgent: `eci-kubelet/${productVersion}`,
  };
}
