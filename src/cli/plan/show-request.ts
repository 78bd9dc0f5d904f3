import { Secret } from '../../secret.ts';

/** Credentials inside of other texts: a password in a URL, a token in a header on a command line. */
const secretPart = /(:\/\/[^/\s:@]*:)[^/\s@]+(?=@)|\b((?:Bearer|Basic)\s+)[A-Za-z0-9+/=._~-]+/gi;

/** Variables whose values people do not want in a terminal or a build log. */
const secretName = /pass|secret|token|credential|private|api_?key|access_?key/i;

/**
 * Turns a request into what may be shown: wire names, no passwords, no file contents, no values of variables with telling names, no
 * passwords in URLs.
 */
export function showRequest(request: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(request).flatMap(([key, value]: [string, unknown]) =>
      value === undefined ? [] : [[wireName(key), showValue(key, value)]],
    ),
  );
}

function showValue(key: string, value: unknown): unknown {
  if (value instanceof Secret) return '[elided]';
  if (key === 'content') return '[elided]';
  if (Array.isArray(value)) return value.map((item: unknown) => showValue('', item));
  if (typeof value === 'string') return value.replace(secretPart, '$1$2[elided]');
  if (typeof value !== 'object' || value === null) return value;
  const shown = showRequest(value);
  const name = shown['Key'];
  if (typeof name === 'string' && 'Value' in shown && secretName.test(name)) return { ...shown, Value: '[elided]' };
  return shown;
}

/** A member is the wire name with its first letter lowered; NFSVolume is the one exception. Source: ECI API reference. */
function wireName(key: string): string {
  return key === 'nfsVolume' ? 'NFSVolume' : key.charAt(0).toUpperCase() + key.slice(1);
}
