import type { FixtureEci } from '../../fixtures/fixture.ts';

/** vCPU quota of a region when the fixture sets none: large, because quotas are rarely what a test is about. */
const DEFAULT_MAX_CPU = 100_000;
/** Source: ECI API reference, ListUsage, sample. */
const DEFAULT_MAX_IMAGE_CACHES = 500;

/** Quotas of every account and region. Changed while the simulator runs by `POST /_sim/quotas`. */
export interface Quotas {
  maxCpu: number;
  maxImageCacheCount: number;
}

/** @returns what the fixture says, completed by the defaults. */
export function createQuotas({ maxCpu, maxImageCacheCount }: FixtureEci): Quotas {
  return {
    maxCpu: maxCpu ?? DEFAULT_MAX_CPU,
    maxImageCacheCount: maxImageCacheCount ?? DEFAULT_MAX_IMAGE_CACHES,
  };
}
