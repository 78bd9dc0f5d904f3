import type { EciClient } from '../../alibaba/eci-client.ts';
import type { Clock } from '../../clock.ts';
import type { Logger } from '../../telemetry/types.ts';

const REFRESH_MS = 3_600_000;
/** A quota that could not be read is asked for sooner: until then the configured capacity stands. */
const RETRY_MS = 300_000;
const JITTER = 0.1;

export interface QuotaWatchOptions {
  eci: Pick<EciClient, 'listUsage'>;
  clock: Clock;
  log: Logger;
  /** Uniform in [0, 1). */
  random: () => number;
}

/** Knows the vCPU quota of the account in the region. One for all nodes: they share the account. */
export class QuotaWatch {
  readonly #options: QuotaWatchOptions;
  #maxCpu: number | undefined;

  constructor(options: QuotaWatchOptions) {
    this.#options = options;
  }

  /** @returns vCPUs, as last read; undefined before that, and where the service tells none. */
  maxCpu(): number | undefined {
    return this.#maxCpu;
  }

  /** Reads the quota once an hour until `signal` fires. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, random } = this.#options;
    while (!signal.aborted) {
      const delayMs = (await this.refresh()) ? REFRESH_MS : RETRY_MS;
      await clock.sleep(delayMs * (1 - JITTER + 2 * JITTER * random()), signal).catch(() => {});
    }
  }

  /** Reads the quota once. Never throws: the last value stands. @returns whether it was told. */
  async refresh(): Promise<boolean> {
    const { eci, log } = this.#options;
    try {
      const { maxCpu } = await eci.listUsage();
      if (maxCpu === undefined) {
        log.warn('ECI tells no vCPU quota, the configured capacity stands');
        return false;
      }
      if (maxCpu !== this.#maxCpu) log.info('vCPU quota', { maxCpu });
      this.#maxCpu = maxCpu;
      return true;
    } catch (error) {
      log.warn('the vCPU quota could not be read', { error });
      return false;
    }
  }
}
