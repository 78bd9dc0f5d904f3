import type { Clock } from '../../clock.ts';
import type { AccessKey, Identity } from '../../credentials/types.ts';
import { EciKubeletError } from '../../errors.ts';
import type { Logger } from '../../telemetry/types.ts';
import { refreshAtMs } from './session-schedule.ts';

/** Pause after a failed renewal while the old session still lives: one try per call would be a flood. */
const RETRY_PAUSE_MS = 15_000;

export interface SessionCacheOptions {
  description: string;
  clock: Clock;
  log: Logger;
  /** Obtains a new session. Called by one caller at a time. */
  fetch: () => Promise<AccessKey>;
}

interface Held {
  key: AccessKey;
  /** Absent for keys that do not expire. */
  refreshAtMs: number | undefined;
}

/**
 * Creates an identity over a source of sessions: one fetch at a time, renewal in the background ahead of expiry while the
 * old session is handed out, and an error, never a dead key, once it has expired.
 */
export function createSessionCache({ description, clock, log, fetch }: SessionCacheOptions): Identity {
  let held: Held | undefined;
  let pending: Promise<AccessKey> | undefined;
  let quietUntilMs = 0;

  async function renew(): Promise<AccessKey> {
    const key = await fetch();
    const nowMs = clock.nowMs();
    if (key.expiresAtMs !== undefined && key.expiresAtMs <= nowMs) {
      throw new EciKubeletError(
        'ExpiredCredentials',
        `The new credentials of ${description} have already expired; check the clock`,
      );
    }
    held = { key, refreshAtMs: refreshAtMs(key, nowMs) };
    return key;
  }

  function renewOnce(): Promise<AccessKey> {
    pending ??= renew().finally(() => {
      pending = undefined;
    });
    return pending;
  }

  async function renewInBackground(): Promise<void> {
    try {
      await renewOnce();
    } catch (error) {
      quietUntilMs = clock.nowMs() + RETRY_PAUSE_MS;
      log.warn('Credentials could not be renewed; the old ones are still valid', { identity: description, error });
    }
  }

  return {
    description,
    async accessKey() {
      const nowMs = clock.nowMs();
      const expiresAtMs = held?.key.expiresAtMs;
      if (held === undefined || (expiresAtMs !== undefined && nowMs >= expiresAtMs)) return await renewOnce();
      const isDue = held.refreshAtMs !== undefined && nowMs >= held.refreshAtMs;
      if (isDue && pending === undefined && nowMs >= quietUntilMs) void renewInBackground();
      return held.key;
    },
    invalidate(refused) {
      // Compared, because by the time a refusal arrives a newer session may be in place.
      if (held?.key.accessKeyId === refused.accessKeyId) held = undefined;
    },
  };
}
