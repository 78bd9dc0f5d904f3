/** Quotes words for a shell, so that each stays one word and nothing in it means anything. */
export function shellWords(words: readonly string[]): string {
  return words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
}
