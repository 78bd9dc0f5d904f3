import type { Clock } from '../clock.ts';
import type { Logger } from '../telemetry/types.ts';
import type { Profile, ProfileValues } from './profile.ts';

/** The kubelet takes up to a minute to bring a changed ConfigMap into a Pod, so this adds little. */
const LOOK_MS = 10_000;

/** Reads a mounted ConfigMap again and again until `signal` fires; a file that cannot be read leaves everything as it is. */
export async function watchDirectory(
  options: { read: () => Promise<ProfileValues>; profile: Profile<unknown>; clock: Clock; logger: Logger },
  signal: AbortSignal,
): Promise<void> {
  const { read, profile, clock, logger } = options;
  while (!signal.aborted) {
    await clock.sleep(LOOK_MS, signal).catch(() => {});
    if (signal.aborted) return;
    try {
      profile.change(await read());
    } catch (error) {
      logger.warn('eci-profile cannot be read; what held before stays', { error });
    }
  }
}
