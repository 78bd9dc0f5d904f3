import type { TerminalSize } from './client-streams.ts';

/** An object of two numbers is far shorter; whatever is longer is none. */
const MAX_PENDING_LENGTH = 1024;

/** Reads sizes of a terminal, `{"Width":80,"Height":24}` back to back, out of pieces that begin and end anywhere. */
export class TerminalSizes {
  #pending = '';

  /** @returns the sizes that are complete; what makes no sense is left out. */
  push(text: string): TerminalSize[] {
    const parts = (this.#pending + text).split('}');
    const rest = parts.pop() ?? '';
    this.#pending = rest.length > MAX_PENDING_LENGTH ? '' : rest;
    return parts.flatMap((part) => parseSize(`${part}}`));
  }
}

function parseSize(text: string): TerminalSize[] {
  try {
    const { Width: columns, Height: rows } = JSON.parse(text) as Record<string, unknown>;
    return isLength(columns) && isLength(rows) ? [{ columns, rows }] : [];
  } catch {
    return [];
  }
}

/** As a terminal counts: 16 bits. */
function isLength(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 65_535;
}
