import { setTimeout as delay } from 'node:timers/promises';

/**
 * Polls until `check` returns something other than undefined or false; an exception counts as "not yet" and is part of the
 * message when time runs out. For states of other processes, which announce nothing.
 */
export async function eventually<T>(
  what: string,
  check: () => Promise<T | undefined | false>,
  options: { timeoutMs?: number; everyMs?: number } = {},
): Promise<T> {
  const { timeoutMs = 30_000, everyMs = 100 } = options;
  const untilMs = Date.now() + timeoutMs;
  let last: unknown;
  for (;;) {
    try {
      const value = await check();
      if (value !== undefined && value !== false) return value;
      last = value;
    } catch (error) {
      last = error;
    }
    if (Date.now() > untilMs) {
      throw new Error(`not within ${timeoutMs} ms: ${what}`, { cause: last });
    }
    await delay(everyMs);
  }
}
