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

/** A text that may be secret. What is made of a secret one is secret as well: see {@link mapText}. */
export type Text = string | Secret;

/** Hands out the value of a text, secret or not. Call it only where the value goes on the wire, or into {@link mapText}. */
export function revealText(text: Text): string {
  return text instanceof Secret ? text.reveal() : text;
}

/** Makes one text of another. The result is wrapped when the original was. */
export function mapText(text: Text, change: (value: string) => string): Text {
  return text instanceof Secret ? new Secret(change(text.reveal())) : change(text);
}
