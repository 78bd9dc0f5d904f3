/**
 * Labels and annotations as the downward API writes them into a file: one line `key="escaped value"` each, sorted by key, without
 * a line break at the end. The escapes are those of Go's `%q`, which programs that read such files expect.
 * Source: Kubernetes documentation, downward API; Go, package strconv, Quote.
 */
export function formatMap(map: Readonly<Record<string, string>>): string {
  return Object.keys(map)
    .sort((a, b) => (a < b ? -1 : 1))
    .map((key) => `${key}=${quote(map[key] ?? '')}`)
    .join('\n');
}

const named: ReadonlyMap<string, string> = new Map([
  ['\u0007', '\\a'],
  ['\b', '\\b'],
  ['\f', '\\f'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
  ['\v', '\\v'],
  ['\\', '\\\\'],
  ['"', '\\"'],
]);

/** What Go prints as it is: letters, marks, numbers, punctuation, symbols, and of the spaces only the ordinary one. */
const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;

function quote(text: string): string {
  // By code point, as Go does.
  const escaped = Array.from(text, (char) => {
    const short = named.get(char);
    if (short !== undefined) return short;
    if (PRINTABLE.test(char)) return char;
    const code = char.codePointAt(0) ?? 0;
    const hex = code.toString(16);
    if (code < 0x80) return `\\x${hex.padStart(2, '0')}`;
    return code < 0x1_0000 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
  });
  return `"${escaped.join('')}"`;
}
