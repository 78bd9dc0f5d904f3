import type { Clock } from '../clock.ts';
import type { HealthCheck } from './health-probe.ts';

/** An API server that restarts takes less; a watch that is broken for longer shows no Pod any more. */
const TOLERATED_MS = 60_000;

/** Checks that changes of Pods reach us. Before the first listing it passes: the node is not Ready until then, which says it. */
export function podWatchCheck(options: {
  clock: Clock;
  watch: { hasSynced(): boolean; isCurrent(): boolean; lastError(): Error | undefined };
}): HealthCheck {
  const { clock, watch } = options;
  let brokenSinceMs: number | undefined;
  return {
    name: 'pod watch',
    check: () => {
      if (!watch.hasSynced() || watch.isCurrent()) {
        brokenSinceMs = undefined;
        return;
      }
      brokenSinceMs ??= clock.nowMs();
      if (clock.nowMs() - brokenSinceMs < TOLERATED_MS) return;
      throw watch.lastError() ?? new Error('the Pods of the node cannot be watched');
    },
  };
}
