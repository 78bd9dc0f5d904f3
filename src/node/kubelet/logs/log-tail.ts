import type { Clock } from '../../../clock.ts';
import type { Logger, Metrics } from '../../../telemetry/types.ts';
import { PodAccessError } from '../pod-access-error.ts';
import type { ContainerTarget, LogLine, LogQuery } from '../pod-access.ts';
import { advanceCursor, askFrom } from './log-cursor.ts';
import type { LogCursor } from './log-cursor.ts';
import type { LogSource } from './log-source.ts';
import { nextPollMs } from './poll-interval.ts';
import type { PollResult } from './poll-interval.ts';

/** What the service gives in one answer. */
export const MAX_LINES = 2000;

/** A log that cannot be read for this long is given up, so that its reader learns of it. */
const GIVE_UP_MS = 5 * 60_000;

export interface LogTailOptions {
  target: ContainerTarget;
  clock: Clock;
  logger: Logger;
  metrics: Metrics;
  read: (target: ContainerTarget, query: LogQuery, signal: AbortSignal) => Promise<LogLine[]>;
  /** @returns the state of the container; undefined when the Pod is gone. */
  source: () => LogSource | undefined;
  /** Stretches an interval to what all tails together may use. */
  withinShareMs: (intervalMs: number) => number;
}

/** Somebody who follows, and waits for lines or is busy writing the last ones. */
interface Follower {
  cursor: LogCursor;
  instance: number;
  /** Present while the follower waits; undefined lines are the end. */
  waiting: PromiseWithResolvers<LogLine[] | undefined> | undefined;
}

/**
 * Polls one container's log for everybody who follows it. Each has a cursor of its own, one read from the oldest of them serves
 * all. Whoever is still busy writing misses the round, and is caught up by a later one.
 */
export class LogTail {
  readonly #options: LogTailOptions;
  readonly #followers = new Set<Follower>();
  #stop = new AbortController();
  #running = false;
  #intervalMs = 0;
  #failingSinceMs: number | undefined;

  constructor(options: LogTailOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#followers.size;
  }

  /**
   * Gives what comes after `cursor`, until the container has ended and nothing more came.
   * @throws PodAccessError when the log could not be read for 5 minutes; the signal's reason when that fires.
   */
  async *follow(cursor: LogCursor, instance: number, signal: AbortSignal): AsyncGenerator<LogLine[], void, void> {
    const follower: Follower = { cursor, instance, waiting: undefined };
    this.#followers.add(follower);
    // Whoever comes to a log that is idle does not wait as long as those who are there.
    this.#intervalMs = 0;
    const onAbort = (): void => follower.waiting?.reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      for (;;) {
        signal.throwIfAborted();
        follower.waiting = Promise.withResolvers();
        if (!this.#running) void this.#poll();
        const lines = await follower.waiting.promise;
        if (lines === undefined) return;
        yield lines;
      }
    } finally {
      signal.removeEventListener('abort', onAbort);
      this.#followers.delete(follower);
      if (this.#followers.size === 0) this.#stop.abort();
    }
  }

  /** Runs while somebody waits. Whoever comes back from writing starts it again. */
  async #poll(): Promise<void> {
    this.#running = true;
    if (this.#stop.signal.aborted) this.#stop = new AbortController();
    const { signal } = this.#stop;
    try {
      while (this.#waiting().length > 0 && !signal.aborted) {
        this.#intervalMs = nextPollMs(this.#intervalMs, await this.#sleepAndRound(signal));
      }
    } catch (error) {
      for (const follower of this.#waiting()) settle(follower, (waiting) => waiting.reject(error));
    } finally {
      this.#running = false;
      // Somebody may have come between the last look and this line.
      if (this.#waiting().length > 0) void this.#poll();
    }
  }

  async #sleepAndRound(signal: AbortSignal): Promise<PollResult> {
    const { clock, withinShareMs } = this.#options;
    const intervalMs = withinShareMs(Math.max(this.#intervalMs, 1000));
    await clock.sleep(intervalMs, signal).catch(() => {});
    if (signal.aborted) return 'nothing';
    try {
      const result = await this.#round(signal);
      this.#failingSinceMs = undefined;
      return result;
    } catch (error) {
      if (signal.aborted) return 'nothing';
      this.#assertWorthWaiting(error);
      return 'failed';
    }
  }

  /** @throws the failure when it is final, or has lasted too long. */
  #assertWorthWaiting(error: unknown): void {
    const { clock, logger, target } = this.#options;
    const passing = error instanceof PodAccessError && error.httpStatus !== 404;
    const nowMs = clock.nowMs();
    this.#failingSinceMs ??= nowMs;
    if (!passing || nowMs - this.#failingSinceMs >= GIVE_UP_MS) throw error;
    logger.debug('a followed log could not be read', { uid: target.uid, container: target.container, error });
  }

  async #round(signal: AbortSignal): Promise<PollResult> {
    // Before the read: only what ended before it can have nothing left to say after it.
    const source = this.#options.source();
    const round = new Map<Follower, LogLine[]>();
    for (const follower of this.#waiting()) round.set(follower, []);
    if (source === undefined || source.kind === 'refused') {
      // Waiting to start again after an end: there is nothing to read, and more may come. A Pod that is gone says no more.
      if (source === undefined)
        for (const follower of round.keys()) settle(follower, (waiting) => waiting.resolve(undefined));
      return 'nothing';
    }
    const behind = [...round.keys()].filter(({ instance }) => instance !== source.instance);
    if (behind.length > 0) await this.#read(behind, round, { previous: true, signal });
    for (const follower of behind) follower.instance = source.instance;
    await this.#read([...round.keys()], round, { previous: false, signal });
    let result: PollResult = 'nothing';
    for (const [follower, lines] of round) {
      if (lines.length > 0) {
        result = 'lines';
        settle(follower, (waiting) => waiting.resolve(lines));
      } else if (source.ended) settle(follower, (waiting) => waiting.resolve(undefined));
    }
    return result;
  }

  async #read(
    followers: readonly Follower[],
    into: ReadonlyMap<Follower, LogLine[]>,
    { previous, signal }: { previous: boolean; signal: AbortSignal },
  ): Promise<void> {
    const { read, target, metrics } = this.#options;
    const oldest = followers.map(({ cursor }) => cursor).reduce((one, other) => (other.from < one.from ? other : one));
    const sinceTime = askFrom(oldest);
    const query = { previous, following: true, ...(sinceTime === undefined ? {} : { sinceTime }) };
    const lines = await read(target, query, signal).catch((error: unknown) => {
      // The log of an instance before may be gone sooner than anybody asked for it.
      if (previous && error instanceof PodAccessError && error.httpStatus < 429) return [];
      throw error;
    });
    for (const follower of followers) {
      const { fresh, cursor, gap } = advanceCursor(follower.cursor, lines, MAX_LINES);
      if (gap) metrics.count('eci_kubelet_log_gaps_total');
      follower.cursor = cursor;
      into.get(follower)?.push(...fresh);
    }
  }

  #waiting(): Follower[] {
    return [...this.#followers].filter(({ waiting }) => waiting !== undefined);
  }
}

function settle(follower: Follower, how: (waiting: PromiseWithResolvers<LogLine[] | undefined>) => void): void {
  const { waiting } = follower;
  follower.waiting = undefined;
  if (waiting !== undefined) how(waiting);
}
