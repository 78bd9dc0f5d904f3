import type { Clock } from '../../clock.ts';

/** How long somebody at a terminal waits for the budget before being told that there is none. */
const BUDGET_WAIT_MS = 20_000;

/**
 * Makes a call for a person who waits: one that the budget has not let through after 20 seconds is given up unsent.
 * @param call gets the signal that gives it up. @param signal fires when the person is gone.
 */
export async function whilePatient<T>(
  clock: Clock,
  call: (waitSignal: AbortSignal) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const patience = new AbortController();
  const answered = new AbortController();
  clock.sleep(BUDGET_WAIT_MS, answered.signal).then(
    () => patience.abort(),
    () => {},
  );
  try {
    return await call(signal === undefined ? patience.signal : AbortSignal.any([signal, patience.signal]));
  } finally {
    answered.abort();
  }
}
