/** Where something stands in a text, counted from 1. */
export interface Place {
  line: number;
  column: number;
}

/** Writes a place into a sentence. */
export function describePlace({ line, column }: Place): string {
  return `line ${line}, column ${column}`;
}
