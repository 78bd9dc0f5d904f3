import type { Clock } from '../../../clock.ts';

/** Ends what has been silent for too long. @param lastActivityMs when the last byte went either way, epoch milliseconds. */
export async function watchIdle(options: {
  clock: Clock;
  idleTimeoutMs: number;
  lastActivityMs: () => number;
  closed: AbortSignal;
  onIdle: () => void;
}): Promise<void> {
  const { clock, idleTimeoutMs, lastActivityMs, closed, onIdle } = options;
  while (!closed.aborted) {
    const leftMs = lastActivityMs() + idleTimeoutMs - clock.nowMs();
    if (leftMs <= 0) {
      onIdle();
      return;
    }
    await clock.sleep(leftMs, closed).catch(() => {});
  }
}
