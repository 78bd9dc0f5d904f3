import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { monotonicMs } from '../clock.ts';
import { LeaderElector } from '../kube/leader-election.ts';
import { readOwnNamespace } from '../kube/own-namespace.ts';
import { runLoops } from '../run-loops.ts';
import type { Loop } from '../run-loops.ts';
import type { Base } from './base.ts';
import type { Cluster } from './connect-cluster.ts';

/** Outside a cluster nothing says which namespace is ours. */
const FALLBACK_NAMESPACE = 'kube-system';
/** Of the time for stopping, what is kept for releasing the lease. */
const RELEASE_MS = 1500;

/** What only one replica may do at a time. */
export interface Work {
  /** Comes before the loops. */
  begin: () => Promise<void>;
  loops: readonly Loop[];
  /** Comes after them. */
  finish: () => Promise<void>;
}

/** Where the Lease is by which one of the replicas is chosen. */
export async function leaseNamespace({ config }: Pick<Base, 'config'>): Promise<string> {
  return config.leaderElectNamespace ?? (await readOwnNamespace()) ?? FALLBACK_NAMESPACE;
}

/** Makes the candidate for the leadership, as it is configured. It does nothing before it runs. */
export async function createElector(base: Base, { client }: Pick<Cluster, 'client'>): Promise<LeaderElector> {
  const { config, clock, random, logger, metrics } = base;
  return new LeaderElector({
    client,
    clock,
    monotonicMs,
    random,
    logger,
    metrics,
    namespace: await leaseNamespace(base),
    name: config.leaderElectLease,
    identity: `${hostname()}_${randomUUID()}`,
    timing: {
      leaseDurationMs: config.leaderElectLeaseDurationMs,
      renewDeadlineMs: config.leaderElectRenewDeadlineMs,
      retryPeriodMs: config.leaderElectRetryPeriodMs,
    },
  });
}

/**
 * Makes one loop of the work: it waits for the leadership, works, and at the end releases the lease. A replica that loses the
 * lease stops, and ends the process: whoever starts anew knows nothing that is out of date.
 */
export function leading({ config, clock, logger }: Base, elector: LeaderElector, work: Work): Loop {
  const budgetMs = config.shutdownBudgetMs - Math.min(RELEASE_MS, config.shutdownBudgetMs / 4);
  const lead = async (signal: AbortSignal): Promise<void> => {
    await work.begin();
    await runLoops(work.loops, { signal, finish: work.finish, budgetMs, clock, logger });
  };
  return { name: 'leader election', run: (signal) => elector.run({ signal, lead }) };
}
