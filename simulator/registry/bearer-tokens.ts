import { createHmac, createSecretKey, randomBytes, timingSafeEqual } from 'node:crypto';

/** What a token lets its bearer do: actions by repository, as the store names repositories. */
export type Grants = Readonly<Record<string, readonly string[]>>;

/** Opaque tokens of the token server, checked without a table of them. */
export interface BearerTokens {
  /** @param expiresAtMs epoch milliseconds of simulated time. */
  mint(grants: Grants, expiresAtMs: number): string;
  /** @returns undefined for a token that is forged, broken or expired. */
  read(token: string, nowMs: number): Grants | undefined;
}

/** @param key at least 32 random bytes; tokens of another key are worth nothing. */
export function createBearerTokens(key: Buffer = randomBytes(32)): BearerTokens {
  const secretKey = createSecretKey(key);
  const seal = (payload: string): Buffer => createHmac('sha256', secretKey).update(payload).digest();
  return {
    mint: (grants, expiresAtMs) => {
      const payload = Buffer.from(JSON.stringify({ grants, expiresAtMs })).toString('base64url');
      return `${payload}.${seal(payload).toString('base64url')}`;
    },
    read: (token, nowMs) => {
      const [payload = '', mac = ''] = token.split('.');
      const given = Buffer.from(mac, 'base64url');
      const expected = seal(payload);
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
        return undefined;
      }
      const content = JSON.parse(Buffer.from(payload, 'base64url').toString()) as {
        grants: Grants;
        expiresAtMs: number;
      };
      return content.expiresAtMs > nowMs ? content.grants : undefined;
    },
  };
}
