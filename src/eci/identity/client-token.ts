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
  return shortened(`${uid}-c${attempt}`);
}

/** UIDs have 36 characters, as a rule; the API server does not promise it. */
function shortened(token: string): string {
  // oxlint-disable-next-line no-control-regex -- ASCII is exactly what is meant
  if (token.length <= MAX_TOKEN_LENGTH && /^[\x21-\x7e]+$/.test(token)) return token;
  return createHash('sha256').update(token).digest('hex').slice(0, MAX_TOKEN_LENGTH);
}

/**
 * Derives the ClientToken of one try of an update.
 * @param number how many updates the group will have had: the same image may be asked for again later.
 */
export function updateToken(uid: string, number: number, attempt: number): string {
  return shortened(`${uid}-u${number}-${attempt}`);
}
