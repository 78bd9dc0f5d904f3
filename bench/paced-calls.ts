import { setTimeout as delay } from 'node:timers/promises';

/** How calls came back. */
export interface PacedCalls {
  /** Milliseconds from when each call was due, so that a server that stalls is charged for those that waited behind. */
  latenciesMs: readonly number[];
  failures: number;
}

/** Makes calls at a rate, whether or not earlier ones have come back. */
export async function makePacedCalls(
  { perSecond, seconds }: { perSecond: number; seconds: number },
  call: (index: number) => Promise<void>,
): Promise<PacedCalls> {
  const latenciesMs: number[] = [];
  let failures = 0;
  const startMs = performance.now();
  const calls: Promise<void>[] = [];
  for (let index = 0; index < perSecond * seconds; index += 1) {
    const dueMs = startMs + (index * 1000) / perSecond;
    const waitMs = dueMs - performance.now();
    if (waitMs > 0) await delay(waitMs);
    calls.push(
      call(index).then(
        () => void latenciesMs.push(performance.now() - dueMs),
        () => void (failures += 1),
      ),
    );
  }
  await Promise.all(calls);
  return { latenciesMs, failures };
}
