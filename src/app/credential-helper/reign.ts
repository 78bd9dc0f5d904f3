import type { ConfigSource } from '../../credential-helper/config/source.ts';
import type { EntryKeeper } from '../../credential-helper/entries/keeper.ts';
import type { EventReporter } from '../../credential-helper/event-reporter.ts';
import { isLeadershipLost } from '../../kube/leader-election.ts';
import type { LeaderElector } from '../../kube/leader-election.ts';
import { WakeUp } from '../../kube/wake-up.ts';
import { runLoops } from '../../run-loops.ts';
import type { Loop } from '../../run-loops.ts';
import type { Base } from '../base.ts';
import type { Entries } from './entries.ts';
import type { Namespaces } from './namespaces.ts';

/** What only the leader does. */
export interface Reign {
  loop: Loop;
  /** Ready: as a follower, to take over; as the leader, once every watched namespace was worked on. */
  readiness(): { ok: true } | { ok: false; reason: string };
}

/** Pause after a failed try to begin. */
const RETRY_MS = 3_000;
/** The configuration tells when it changes; this is for what it cannot tell. */
const LOOK_MS = 1_000;
/** Longer than calls last, so that a look at what is unfinished is none too many. */
const LONGEST_CALL_MS = 60_000;

/** Connects what the leader does: passwords are recovered, then renewed, and Secrets written. */
export function createReign(
  base: Base,
  parts: {
    elector: LeaderElector;
    isLeading: () => boolean;
    source: ConfigSource;
    reporter: EventReporter;
    entries: Entries;
    namespaces: Namespaces;
  },
): Reign {
  const { config, clock, logger } = base;
  const { elector, isLeading, source, reporter, entries, namespaces } = parts;
  const { controller } = namespaces;
  const changed = new WakeUp();
  let known: EntryKeeper | undefined;
  let trouble: string | undefined;
  /** Work that has not ended, also where nobody waits for it any more. */
  const unfinished = new Set<Promise<unknown>>();

  const tellFindings = (): void => {
    // Followers keep quiet, so that things are told once.
    if (!isLeading()) return;
    for (const { reason, message } of source.findings()) reporter.aboutConfig({ reason, message });
  };
  source.onChange(() => {
    tellFindings();
    changed.wake();
    controller.changed();
  });

  async function begin(signal: AbortSignal): Promise<EntryKeeper> {
    await namespaces.untilSynced(signal);
    for (;;) {
      try {
        const keeper = await entries.open();
        if (keeper !== known) keeper.onChange(() => controller.changed());
        known = keeper;
        trouble = undefined;
        return keeper;
      } catch (error) {
        trouble = error instanceof Error ? error.message : 'unknown failure';
        logger.warn('the identity of this program cannot be found out yet', { error });
        await clock.sleep(RETRY_MS, signal);
      }
    }
  }

  async function untilConfigured(signal: AbortSignal): Promise<void> {
    while (source.current().kind !== 'complete') {
      await changed.sleep(clock, LOOK_MS, signal);
      signal.throwIfAborted();
    }
  }

  function follow(work: Promise<void>): Promise<void> {
    const followed = work.finally(() => unfinished.delete(followed));
    unfinished.add(followed);
    return followed;
  }

  /**
   * Waits for calls of the reign before that were given up on: at their end, the keeper and the controller forget what they know,
   * which must not be what the next reign has found out.
   */
  async function untilFinished(signal: AbortSignal): Promise<void> {
    while (unfinished.size > 0 && !signal.aborted) {
      const ended = new WakeUp();
      void Promise.allSettled(unfinished).then(() => ended.wake());
      await ended.sleep(clock, LONGEST_CALL_MS, signal);
    }
  }

  async function lead(signal: AbortSignal): Promise<void> {
    tellFindings();
    const keeper = await begin(signal);
    await untilConfigured(signal);
    // So that nothing is fetched that is still good.
    await controller.recover(signal);
    const loops: Loop[] = [
      { name: 'base identity', run: (stop) => follow(entries.watchIdentity(stop)) },
      { name: 'renewal', run: (stop) => follow(keeper.run(stop)) },
      { name: 'namespaces', run: (stop) => follow(controller.run(stop)) },
    ];
    const budgetMs = config.shutdownBudgetMs / 2;
    await runLoops(loops, { signal, budgetMs, clock, logger, finish: () => Promise.resolve() });
  }

  /** A replica that loses the lease stops writing, and stands for it again: the API server may just have been away. */
  async function run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await untilFinished(signal);
      if (signal.aborted) return;
      try {
        if (config.leaderElect) await elector.run({ signal, lead: (lost) => follow(untilStopped(lost)) });
        else await untilStopped(signal);
      } catch (error) {
        if (!isLeadershipLost(error)) throw error;
        logger.warn('work goes on when the lease can be had again', { error });
      }
    }
  }

  /** Being told to stop while beginning is no failure. */
  async function untilStopped(signal: AbortSignal): Promise<void> {
    try {
      await lead(signal);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  return {
    loop: { name: 'leader election', run },
    readiness: () => {
      if (!namespaces.hasSynced()) return { ok: false, reason: 'namespaces and ServiceAccounts are not known yet' };
      const state = source.current();
      if (state.kind === 'incomplete') return { ok: false, reason: state.why };
      if (!isLeading()) return { ok: true };
      if (trouble !== undefined) return { ok: false, reason: trouble };
      if (controller.hasPassed()) return { ok: true };
      return { ok: false, reason: 'not every watched namespace was worked on yet' };
    },
  };
}
