import type { AccessKeyRecord } from '../signature/access-key-record.ts';
import type { Principal } from '../types.ts';

/** Ended sessions are kept this long, so that their use is answered as expired and not as unknown. */
const KEPT_AFTER_END_MS = 24 * 3_600_000;

/** Ended sessions are looked for each time the number of sessions is a multiple of this. */
const SWEEP_EVERY = 500;

/** Credentials of a new session, as STS hands them out. */
export interface SessionCredentials {
  accessKeyId: string;
  accessKeySecret: string;
  securityToken: string;
  expiresAtMs: number;
}

export interface SessionStore {
  find(accessKeyId: string): AccessKeyRecord | undefined;
  /** @param principal without key and expiry, which are made here. */
  create(principal: Omit<Principal, 'accessKeyId' | 'expiresAtMs'>, durationSeconds: number): SessionCredentials;
  /** Sessions that have not ended, without secrets. */
  live(): { accessKeyId: string; roleArn: string; sessionName: string; chainDepth: number; expiresAt: string }[];
}

/** Creates an empty store. @param options.randomText gives `length` letters and digits that nobody can guess. */
export function createSessionStore(options: { nowMs(): number; randomText(length: number): string }): SessionStore {
  const sessions = new Map<string, AccessKeyRecord & { expiresAtMs: number }>();
  return {
    find: (accessKeyId) => sessions.get(accessKeyId),
    create: (principal, durationSeconds) => {
      const nowMs = options.nowMs();
      // Now and then is enough: looking through all of them for each new one would be quadratic.
      if (sessions.size % SWEEP_EVERY === 0) {
        for (const [id, session] of sessions) {
          if (session.expiresAtMs + KEPT_AFTER_END_MS <= nowMs) sessions.delete(id);
        }
      }
      const accessKeyId = `STS.${options.randomText(24)}`;
      // Whole seconds, because the answer's Expiration has no fraction.
      const expiresAtMs = Math.floor(nowMs / 1000) * 1000 + durationSeconds * 1000;
      const record = {
        // Like every secret that the simulator makes or ships, unmistakable when it turns up where it must not be.
        secret: `CANARY${options.randomText(38)}`,
        securityToken: `CAISCANARY${options.randomText(294)}==`,
        active: true,
        expiresAtMs,
        principal: { ...principal, accessKeyId, expiresAtMs },
      };
      sessions.set(accessKeyId, record);
      return {
        accessKeyId,
        accessKeySecret: record.secret,
        securityToken: record.securityToken,
        expiresAtMs,
      };
    },
    live: () =>
      [...sessions.values()]
        .filter(({ expiresAtMs }) => expiresAtMs > options.nowMs())
        .map(({ principal, expiresAtMs }) => ({
          accessKeyId: principal.accessKeyId,
          roleArn: principal.arn,
          sessionName: principal.sessionName ?? '',
          chainDepth: principal.chainDepth ?? 0,
          expiresAt: new Date(expiresAtMs).toISOString(),
        })),
  };
}
