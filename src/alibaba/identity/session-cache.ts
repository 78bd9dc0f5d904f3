import type { Clock } from '../../clock.ts';
import type { AccessKey, Identity, WantedLife } from '../../credentials/types.ts';
import { EciKubeletError } from '../../errors.ts';
import type { Logger } from '../../telemetry/types.ts';
import { refreshAtMs } from './session-schedule.ts';

/** Pause after a failed renewal while the old session still lives: one try per call would be a flood. */
const RETRY_PAUSE_MS = 15_000;
/** Pause after a renewal before another one is made for the sake of a longer life: the source may go on giving the same session. */
const LONGER_LIFE_PAUSE_MS = 60_000;

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
  let failure: unknown;
  let longerLifeFromMs = 0;

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
    longerLifeFromMs = nowMs + LONGER_LIFE_PAUSE_MS;
    failure = undefined;
    return key;
  }

  function renewOnce(): Promise<AccessKey> {
    pending ??= renew().finally(() => {
      pending = undefined;
    });
    return pending;
  }

  /** For the time in which the old session still lives. @throws as the source does, after which it is left in peace for a while. */
  async function renewAhead(): Promise<AccessKey> {
    try {
      return await renewOnce();
    } catch (error) {
      quietUntilMs = clock.nowMs() + RETRY_PAUSE_MS;
      failure = error;
      log.warn('Credentials could not be renewed; the old ones are still valid', { identity: description, error });
      throw error;
    }
  }

  async function longerLived(old: AccessKey, { freshOrFail = false, tryNow = false }: WantedLife): Promise<AccessKey> {
    const nowMs = clock.nowMs();
    const pauses = nowMs < (failure === undefined ? longerLifeFromMs : quietUntilMs);
    if (pauses && !tryNow && pending === undefined) {
      if (freshOrFail && failure !== undefined) throw failure;
      return old;
    }
    try {
      return await renewAhead();
    } catch (error) {
      if (freshOrFail || isExpired(old)) throw error;
      return old;
    }
  }

  function isExpired({ expiresAtMs }: AccessKey): boolean {
    return expiresAtMs !== undefined && clock.nowMs() >= expiresAtMs;
  }

  return {
    description,
    async accessKey(wanted = {}) {
      const nowMs = clock.nowMs();
      if (held === undefined || isExpired(held.key)) return await renewOnce();
      const { expiresAtMs = Infinity } = held.key;
      if (expiresAtMs - nowMs < (wanted.minimumLifeMs ?? 0)) return await longerLived(held.key, wanted);
      const isDue = held.refreshAtMs !== undefined && nowMs >= held.refreshAtMs;
      if (isDue && pending === undefined && nowMs >= quietUntilMs) renewAhead().catch(() => {});
      return held.key;
    },
    invalidate(refused) {
      // Compared, because by the time a refusal arrives a newer session may be in place.
      if (held?.key.accessKeyId === refused.accessKeyId) held = undefined;
    },
  };
}
