import type { Clock } from './clock.ts';
import type { Logger } from './telemetry/types.ts';

/** One part of the program that works until its signal fires. */
export interface Loop {
  name: string;
  run(signal: AbortSignal): Promise<void>;
}

export interface RunLoopsOptions {
  signal: AbortSignal;
  /** What remains to be written once every loop has ended. */
  finish: () => Promise<void>;
  /** For the loops to end and for `finish`, together. */
  budgetMs: number;
  clock: Clock;
  logger: Logger;
}

/**
 * Runs every loop until `signal` fires, then waits for all of them, at most `budgetMs`. A loop that ends or throws before
 * that is a bug: the others are stopped as well, so that the process is restarted instead of limping on.
 *
 * @throws what the broken loop threw.
 */
export async function runLoops(loops: readonly Loop[], options: RunLoopsOptions): Promise<void> {
  const { signal, finish, budgetMs, clock, logger } = options;
  const broken = new AbortController();
  const stop = AbortSignal.any([signal, broken.signal]);
  let failure: unknown;
  const running = loops.map(async (loop) => {
    try {
      await loop.run(stop);
      if (!stop.aborted) throw new Error(`${loop.name} ended by itself`);
    } catch (error) {
      if (stop.aborted) return;
      failure = error;
      logger.error('a part of the program broke, everything stops', { part: loop.name, error });
      broken.abort();
    }
  });
  const finished = Promise.all(running).then(finish);
  await new Promise<void>((resolve) => {
    if (stop.aborted) resolve();
    else stop.addEventListener('abort', () => resolve(), { once: true });
  });
  const budget = new AbortController();
  const overtime = clock.sleep(budgetMs, budget.signal).then(
    () => logger.warn('calls in flight did not end in time', { budgetMs }),
    () => {},
  );
  await Promise.race([finished, overtime]);
  budget.abort();
  if (failure !== undefined) throw failure;
}
