import { once } from 'node:events';

/** Waits for a signal, which may have fired already. */
export async function untilAborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}
