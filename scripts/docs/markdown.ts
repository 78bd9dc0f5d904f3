/** Builds one row of a Markdown table. Pipes and line breaks in a cell would break the table, so they are escaped. */
export function tableRow(cells: readonly string[]): string {
  return `| ${cells
    .map(
      (cell) =>
        cell
          .replaceAll('|', '\\|')
          .replaceAll(/\s*\n\s*/g, ' ')
          .trim() || '–',
    )
    .join(' | ')} |`;
}

/** Builds a Markdown table. An empty cell becomes a dash. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  return [tableRow(header), tableRow(header.map(() => '---')), ...rows.map(tableRow)].join('\n');
}

/** Puts a text into a code span, with a longer fence where it has backticks itself. */
export function code(text: string): string {
  return text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``;
}

/** The first line of every generated page. @param table where the page's content comes from, from the root of the repository. */
export function generatedFrom(table: string): string {
  return `<!-- Generated from ${table} by scripts/generate-docs.ts. Do not edit. -->`;
}
