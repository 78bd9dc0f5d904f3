import type { Clock } from '../clock.ts';
import type { Metrics } from '../telemetry/types.ts';
import type { CallPriority } from './call-priority.ts';
import { limitsPerMinute, UNPUBLISHED_LIMIT_PER_MINUTE } from './rate-limits.ts';
import { TokenBucket } from './token-bucket.ts';
import { WaitQueue } from './wait-queue.ts';

/** How long an action runs at half its rate after the service throttled it. */
const SLOW_DOWN_MS = 60_000;

/** The calls that may still be made, one budget per action, shared by every loop of the program. */
export interface RateBudget {
  /**
   * Waits for the right to make one call.
   * @throws the signal's reason when `signal` fires first; nothing is taken then.
   */
  take(action: string, options: { priority: CallPriority; signal?: AbortSignal }): Promise<void>;
  /** Slows an action down after the service throttled it. */
  throttled(action: string): void;
  /** @returns calls that could be made at this instant. */
  left(action: string): number;
}

export interface RateBudgetOptions {
  clock: Clock;
  metrics: Metrics;
  /** Calls per minute by action; replaces the documented limit. */
  overrides?: Readonly<Record<string, number>>;
}

interface ActionBudget {
  bucket: TokenBucket;
  queue: WaitQueue;
  /** True while a loop hands out tokens to the queue. */
  serving: boolean;
}

/** Creates the budget; each action starts with a full burst. */
export function createRateBudget({ clock, metrics, overrides = {} }: RateBudgetOptions): RateBudget {
  const budgets = new Map<string, ActionBudget>();

  function budgetOf(action: string): ActionBudget {
    const known = budgets.get(action);
    if (known !== undefined) return known;
    const limit = overrides[action] ?? limitsPerMinute[action] ?? UNPUBLISHED_LIMIT_PER_MINUTE;
    const budget = { bucket: new TokenBucket(limit, clock.nowMs()), queue: new WaitQueue(), serving: false };
    budgets.set(action, budget);
    return budget;
  }

  async function serve(action: string, budget: ActionBudget): Promise<void> {
    budget.serving = true;
    try {
      while (budget.queue.size > 0) {
        const waitMs = budget.bucket.msUntilNext(clock.nowMs());
        if (waitMs > 0) {
          await clock.sleep(waitMs);
          continue;
        }
        budget.bucket.tryTake(clock.nowMs());
        budget.queue.wakeNext();
        report(action, budget);
      }
    } finally {
      budget.serving = false;
    }
  }

  function report(action: string, budget: ActionBudget): void {
    metrics.gauge('eci_kubelet_cloud_budget_calls', budget.bucket.left(clock.nowMs()), { action });
  }

  return {
    async take(action, { priority, signal }) {
      signal?.throwIfAborted();
      const budget = budgetOf(action);
      // Nobody overtakes the queue: a free token belongs to whoever waits.
      if (budget.queue.size === 0 && budget.bucket.tryTake(clock.nowMs())) {
        report(action, budget);
        return;
      }
      const startedAtMs = clock.nowMs();
      const turn = budget.queue.wait(priority, signal);
      if (!budget.serving) void serve(action, budget);
      await turn;
      metrics.observe('eci_kubelet_cloud_budget_wait_seconds', (clock.nowMs() - startedAtMs) / 1000, { action });
    },
    throttled(action) {
      const nowMs = clock.nowMs();
      budgetOf(action).bucket.halveUntil(nowMs + SLOW_DOWN_MS, nowMs);
    },
    left: (action) => Math.floor(budgetOf(action).bucket.left(clock.nowMs())),
  };
}
