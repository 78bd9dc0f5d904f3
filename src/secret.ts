import { inspect } from 'node:util';

const REDACTED = '[redacted]';

/**
 * A string that must never be printed: an access key secret, a security token, a registry password.
 *
 * Every implicit conversion (template strings, JSON, `console.log`, error causes) yields `[redacted]`; the value leaves
 * only through {@link Secret.reveal}, which is easy to find in a review.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** Hands out the value. Call it only where the value goes on the wire. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [inspect.custom](): string {
    return REDACTED;
  }
}
