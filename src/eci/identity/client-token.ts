import { createHash } from 'node:crypto';

/** Longest ClientToken that the service accepts. Source: ECI API reference, ClientToken. */
const MAX_TOKEN_LENGTH = 64;

/**
 * Derives the ClientToken of one create attempt. Being a function of Pod UID and attempt alone, it survives a crash between
 * "sent" and "written down": the repeated call then yields the first container group again instead of a second one.
 *
 * @param attempt 1 for the first.
 * @returns at most 64 ASCII characters; `<uid>-c<attempt>` for UIDs of the usual length.
 */
export function clientToken(uid: string, attempt: number): string {
  const token = `${uid}-c${attempt}`;
  // oxlint-disable-next-line no-control-regex -- ASCII is exactly what is meant
  if (token.length <= MAX_TOKEN_LENGTH && /^[\x21-\x7e]+$/.test(token)) return token;
  return createHash('sha256').update(token).digest('hex').slice(0, MAX_TOKEN_LENGTH);
}
