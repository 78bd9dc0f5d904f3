/** Fits terminals of 120 columns and what people paste into tickets. */
export const LINE_WIDTH = 110;

/**
 * Breaks a text at its spaces. A word that is longer than a line, such as a host name, is left whole: people copy it.
 * @param options.first what stands before the first line; the others are indented by as much.
 */
export function wrapText(text: string, options: { first: string; width?: number }): string[] {
  const { first, width = LINE_WIDTH } = options;
  const indent = ' '.repeat(first.length);
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (word === '') continue;
    if (line !== '' && first.length + line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line].map((part, index) => `${index === 0 ? first : indent}${part}`.trimEnd());
}
