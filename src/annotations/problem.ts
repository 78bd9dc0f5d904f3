import type { Problem } from './types.ts';

const mostValueCharacters = 128;

/** Control characters and the two Unicode line separators: an event or log line must stay one line. */
// oxlint-disable-next-line no-control-regex
const unprintable = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;

/** Builds a problem whose value fits an event: one line, at most 128 UTF-16 units, cut at a whole character. */
export function createProblem(key: string, value: string, message: string): Problem {
  // Cut roughly first: an annotation may hold 256 KiB.
  const line = value.slice(0, 4 * mostValueCharacters).replace(unprintable, ' ');
  if (line.length <= mostValueCharacters && value.length <= 4 * mostValueCharacters)
    return { key, value: line, message };
  const cut = line.slice(0, mostValueCharacters - 1).replace(/[\ud800-\udbff]$/, '');
  return { key, value: `${cut}…`, message };
}
