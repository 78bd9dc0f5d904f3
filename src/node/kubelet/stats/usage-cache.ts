import type { Clock } from '../../../clock.ts';
import type { Pod } from '../../../kube/types.ts';
import type { Logger } from '../../../telemetry/types.ts';
import type { PodAccess, PodUsage } from '../pod-access.ts';
import { withNanoCores } from './nano-cores.ts';
import { podSnapshot } from './usage-snapshot.ts';
import type { UsageSnapshot } from './usage-snapshot.ts';

/** Figures of a Pod are read again after this long, or as soon as the budget allows. */
const COLLECT_MS = 15_000;
/** Nobody has scraped for this long: nobody is interested, and nothing is read. */
const INTEREST_MS = 2 * 60_000;
/** How long a first scrape waits for the first figures; scrapers give up after 10 s or more. */
const FIRST_WAIT_MS = 8000;

export interface UsageCacheOptions {
  access: Pick<PodAccess, 'usage'>;
  nodeName: string;
  /** Pods whose figures are wanted now: those with containers that may run. */
  pods: () => readonly Pod[];
  clock: Clock;
  logger: Logger;
}

/** Collects what the Pods use, in the background and only while somebody scrapes. Both routes read it. */
export class UsageCache {
  readonly #options: UsageCacheOptions;
  readonly #startedAtMs: number;
  readonly #usages = new Map<string, PodUsage>();
  #nodeCpuNanoSeconds = 0;
  #collectedAtMs = 0;
  #failure: unknown;
  #interestUntilMs = 0;
  #interest = Promise.withResolvers<void>();
  #collected = Promise.withResolvers<void>();

  constructor(options: UsageCacheOptions) {
    this.#options = options;
    this.#startedAtMs = options.clock.nowMs();
  }

  /** @returns the figures at hand, after waiting a while for the first ones. */
  async read(): Promise<UsageSnapshot> {
    const { clock, pods, nodeName } = this.#options;
    const nowMs = clock.nowMs();
    const stale = nowMs - this.#collectedAtMs >= INTEREST_MS;
    this.#interestUntilMs = nowMs + INTEREST_MS;
    this.#interest.resolve();
    if (stale) await this.#firstFigures();
    const known = pods().flatMap((pod) => {
      const usage = this.#usages.get(pod.metadata?.uid ?? '');
      return usage === undefined ? [] : [podSnapshot(pod, usage)];
    });
    return {
      nodeName,
      nodeStartedAtMs: this.#startedAtMs,
      timeMs: this.#collectedAtMs,
      nodeCpuNanoSeconds: this.#nodeCpuNanoSeconds,
      pods: known,
      ...(this.#failure === undefined ? {} : { failure: this.#failure }),
    };
  }

  /** Collects while there is interest, until `signal` fires. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    const stopped = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    while (!signal.aborted) {
      if (clock.nowMs() >= this.#interestUntilMs) {
        this.#interest = Promise.withResolvers();
        await Promise.race([this.#interest.promise, stopped]);
        continue;
      }
      const startedAtMs = clock.nowMs();
      await this.#collect();
      const restMs = COLLECT_MS - (clock.nowMs() - startedAtMs);
      if (restMs > 0) await clock.sleep(restMs, signal).catch(() => {});
    }
  }

  async #collect(): Promise<void> {
    const { access, pods, logger, clock } = this.#options;
    const uids = pods().flatMap(({ metadata }) => metadata?.uid ?? []);
    try {
      const read = await access.usage(uids);
      for (const [uid, usage] of read) this.#enter(uid, usage);
      this.#failure = undefined;
      this.#collectedAtMs = clock.nowMs();
    } catch (error) {
      if (this.#failure === undefined) logger.warn('what the Pods use could not be read', { error });
      this.#failure = error;
    }
    const wanted = new Set(uids);
    for (const uid of this.#usages.keys()) if (!wanted.has(uid)) this.#usages.delete(uid);
    this.#collected.resolve();
    this.#collected = Promise.withResolvers();
  }

  #enter(uid: string, usage: PodUsage): void {
    const before = this.#usages.get(uid);
    if (before !== undefined && usage.timeMs < before.timeMs) return;
    const used = usage.usageCoreNanoSeconds ?? 0;
    const usedBefore = before?.usageCoreNanoSeconds ?? 0;
    // A counter that starts over has counted all that it shows since.
    this.#nodeCpuNanoSeconds += used >= usedBefore ? used - usedBefore : used;
    // The service may repeat its newest record: use is computed against the one before it then.
    this.#usages.set(uid, before?.timeMs === usage.timeMs ? { ...before } : withNanoCores(before, usage));
  }

  async #firstFigures(): Promise<void> {
    const enough = new AbortController();
    await Promise.race([
      this.#collected.promise,
      this.#options.clock.sleep(FIRST_WAIT_MS, enough.signal).catch(() => {}),
    ]);
    enough.abort();
  }
}
