import { readFile, stat } from 'node:fs/promises';
import type { Clock } from '../../clock.ts';
import type { AccessKey, Identity } from '../../credentials/types.ts';
import { EciKubeletError } from '../../errors.ts';
import type { Logger } from '../../telemetry/types.ts';
import { parseKeyFile } from './key-file.ts';
import { refreshAtMs } from './session-schedule.ts';

/** How often the file is looked at; a rotated key is in use this much later at most, or at once when the old one is refused. */
const LOOK_INTERVAL_MS = 5_000;

export interface FileIdentityOptions {
  /** Usually a key of a mounted Secret, which is replaced by renaming a link. */
  path: string;
  /** Section of a file that has sections; `default` when absent. */
  profile?: string;
  clock: Clock;
  log: Logger;
}

interface Held {
  key: AccessKey;
  /** Changes when the file is replaced or written. */
  version: string;
  refreshAtMs: number | undefined;
}

/**
 * Creates an identity from a file that somebody else keeps up to date. A file that is missing or broken for a moment, as in
 * the middle of a rotation, does no harm while the key read before is valid.
 */
export function createFileIdentity({ path, profile, clock, log }: FileIdentityOptions): Identity {
  let held: Held | undefined;
  let pending: Promise<AccessKey> | undefined;
  let lookAgainAtMs = 0;

  async function read(): Promise<AccessKey> {
    const { mtimeMs, size, ino } = await stat(path);
    const version = `${mtimeMs}/${size}/${ino}`;
    if (held !== undefined && held.version === version && !isDue(held)) return held.key;
    const key = parseKeyFile(await readFile(path, 'utf8'), { path, ...(profile === undefined ? {} : { profile }) });
    const nowMs = clock.nowMs();
    // The margin is that of the key's first reading: read again, it would shrink with what is left.
    const due = held?.key.expiresAtMs === key.expiresAtMs ? held?.refreshAtMs : refreshAtMs(key, nowMs);
    held = { key, version, refreshAtMs: due };
    return key;
  }

  function isDue({ refreshAtMs }: Held): boolean {
    return refreshAtMs !== undefined && clock.nowMs() >= refreshAtMs;
  }

  function isExpired(key: AccessKey): boolean {
    return key.expiresAtMs !== undefined && clock.nowMs() >= key.expiresAtMs;
  }

  async function look(): Promise<AccessKey> {
    try {
      const key = await read();
      lookAgainAtMs = clock.nowMs() + LOOK_INTERVAL_MS;
      if (!isExpired(key)) return key;
      throw new EciKubeletError(
        'ExpiredCredentials',
        `The credentials in ${path} have expired and nobody has replaced them`,
      );
    } catch (cause) {
      if (held !== undefined && !isExpired(held.key)) {
        lookAgainAtMs = clock.nowMs() + LOOK_INTERVAL_MS;
        log.warn('The key file cannot be read; the key read before is still valid', { path, error: cause });
        return held.key;
      }
      if (cause instanceof EciKubeletError) throw cause;
      throw new EciKubeletError('KeyFileUnreadable', `The key file ${path} cannot be read`, { cause });
    }
  }

  return {
    description: `key file ${path}`,
    async accessKey() {
      if (held !== undefined && !isExpired(held.key) && clock.nowMs() < lookAgainAtMs) return held.key;
      pending ??= look().finally(() => {
        pending = undefined;
      });
      return await pending;
    },
    invalidate(refused) {
      if (held?.key.accessKeyId !== refused.accessKeyId) return;
      lookAgainAtMs = 0;
      // Forces the content to be read, whatever the file's attributes say.
      held = { ...held, version: '' };
    },
  };
}
