import type { Clock } from '../../clock.ts';
import type { Logger } from '../../telemetry/types.ts';
import type { BaseIdentityFinder } from './base-identity.ts';

const INTERVAL_MS = 300_000;
/** Spreads the looks of several replicas. */
const JITTER_SHARE = 0.1;

/**
 * Has it looked every few minutes whether the add-on Secret has come or gone, until `signal` fires: a Secret cannot be watched without
 * a right that the program should not have. Never rejects because of the API server.
 */
export async function watchBaseIdentity(
  finder: Pick<BaseIdentityFinder, 'find'>,
  options: { clock: Clock; /** Between 0 and 1. */ random: () => number; logger: Logger },
  signal: AbortSignal,
): Promise<void> {
  const { clock, random, logger } = options;
  while (!signal.aborted) {
    await clock.sleep(INTERVAL_MS * (1 - random() * JITTER_SHARE), signal).catch(() => {});
    if (signal.aborted) return;
    await finder.find().catch((error: unknown) => {
      logger.debug('the base identity could not be looked up again', { error });
    });
  }
}
