/** A decoded parameter. Lists of them keep the order of the wire, and duplicates. */
export type NameValue = readonly [name: string, value: string];

/** Escapes as RFC 3986 demands: everything but `A-Z a-z 0-9 - _ . ~`, which leaves less alone than `encodeURIComponent`. */
export function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/**
 * Builds the sorted query string that both RPC signatures are computed over. Clients escape more loosely on the wire,
 * so a server decodes what it received and encodes it again with this.
 */
export function canonicalQuery(parameters: readonly NameValue[]): string {
  return [...parameters]
    .sort(([a], [b]) => (a < b ? -1 : Number(a > b)))
    .map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`)
    .join('&');
}

/**
 * Splits and decodes a query string or form body; `+` is a space.
 * @throws URIError when an escape is not UTF-8.
 */
export function decodeParameters(text: string): NameValue[] {
  if (text === '') return [];
  return text.split('&').map((pair) => {
    const separator = pair.indexOf('=');
    const [name, value] = separator === -1 ? [pair, ''] : [pair.slice(0, separator), pair.slice(separator + 1)];
    return [decodeComponent(name), decodeComponent(value)];
  });
}

function decodeComponent(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '));
}
