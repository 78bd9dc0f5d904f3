/** What a terminal would act on. Line breaks are ours. */
const CONTROL = /(?!\n)\p{Cc}/gu;

/**
 * Makes a text safe for a terminal: names of images and messages of others may hold escape sequences, which could hide or forge lines.
 * The control characters become what people recognise, `\x1b`.
 */
export function printable(text: string): string {
  return text.replace(CONTROL, (char) => `\\x${(char.codePointAt(0) ?? 0).toString(16).padStart(2, '0')}`);
}
