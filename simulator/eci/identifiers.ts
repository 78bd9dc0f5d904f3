import { randomBytes, randomUUID } from 'node:crypto';

/** Makes identifiers as the service does. */
export interface Identifiers {
  /** @returns `prefix` and 20 lower-case letters and digits. */
  next(prefix: string): string;
  uuid(): string;
}

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** Identifiers that cannot be guessed. */
export const randomIdentifiers: Identifiers = {
  next: (prefix) => `${prefix}${Array.from(randomBytes(20), (byte) => ALPHABET[byte % ALPHABET.length]).join('')}`,
  uuid: () => randomUUID(),
};
