/** What a grammar makes of a text: a value, perhaps with remarks about parts that were left out, or one message. */
export type Reading<T> =
  | { readonly ok: true; readonly value: T; readonly warnings: readonly string[] }
  | { readonly ok: false; readonly message: string };

/**
 * The form that an annotation value must have. The same object reads values and describes itself on the reference page, so
 * the two cannot disagree.
 */
export interface Grammar<T> {
  /** Says in Markdown what is accepted, as the second half of “the value is …”. */
  describe(): string;
  /**
   * Reads a value. Never throws, whatever the text.
   * @param text trimmed and not empty.
   * @returns the value, or a message for the user that neither repeats the text nor contains line breaks.
   */
  parse(text: string): Reading<T>;
}

/** Builds the reading of an acceptable text. */
export function accept<T>(value: T, warnings: readonly string[] = []): Reading<T> {
  return { ok: true, value, warnings };
}

/** Builds the reading of an unusable text. @param message what is wrong and what to write instead. */
export function refuse<T>(message: string): Reading<T> {
  return { ok: false, message };
}
