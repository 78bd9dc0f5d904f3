/**
 * Takes secrets out of text. The SDKs put the whole URL of a failed request into the message, and some answers quote the
 * request, so every message of theirs passes through here before it reaches a log, an event or a status.
 *
 * Two nets, because neither is complete: the exact values that a call carried, where the caller knows them, and the shapes
 * that secrets have. Observed: network errors of `httpx` 2.3.3 end in method and full URL.
 */
import type { Secret } from '../secret.ts';

const REDACTED = '[redacted]';

/** Shorter values are not replaced by value: an empty or one-letter password would shred the message and hide nothing. */
const SHORTEST_SECRET = 4;

/** Bounds the work on hostile or huge texts (an SDK message may hold a URL of megabytes). What is cut off cannot leak. */
const LONGEST_TEXT = 4_000;

/** Names of parameters, headers and JSON members whose value is secret, wherever they stand in a dotted name. */
const SECRET_NAME =
  '(?:secret|password|passwd|security-?_?token|oidc-?_?token|authorization-?_?token|access_?token|refresh_?token|id_?token|identitytoken|signature|authorization|credential|\\.dockerconfigjson|dockerconfigjson|auth)';

const rules: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  // What the service computed from our request holds our headers, the security token among them.
  [/\b(?:server )?(?:string ?to ?sign|canonical ?request)\b[\s\S]*$/i, REDACTED],
  // User names and passwords inside URLs.
  [/(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@"'<>]+@/gi, `$1${REDACTED}@`],
  // Query strings, of URLs and of bare paths.
  [/\?[^\s?"'<>=]+=[^\s"'<>]*/g, `?${REDACTED}`],
  // Authorization schemes, wherever they stand.
  [/\b(Bearer|Basic|ACS3-HMAC-SHA256|acs)(\s+)[A-Za-z0-9+/=_.~:,;-]*[0-9A-Z=_:,;-][^\s"']*/g, `$1$2${REDACTED}`],
  // JSON members, also inside a JSON string, where quotes are escaped.
  [
    new RegExp(
      `((?:\\\\*["'])[\\w.-]*${SECRET_NAME}\\\\*["']\\s*:\\s*)(\\\\*["'])(?:[^"'\\\\]|\\\\+[^"'\\\\])*(?:\\\\*["'])?`,
      'gi',
    ),
    `$1$2${REDACTED}$2`,
  ],
  // Assignments and headers: name=value, name: value.
  [
    new RegExp(`(?<![\\w.-])([\\w.-]*${SECRET_NAME}\\s*(?:=|:\\s))\\s*(?!\\[redacted\\])[^\\s&,;"'}\\]]+`, 'gi'),
    `$1${REDACTED}`,
  ],
  // JSON Web Tokens.
  [/\beyJ[\w-]{8,}(?:\.[\w-]*)*/g, REDACTED],
  // Access key IDs of sessions. Not secret by themselves, of no use to a reader either.
  [/\bSTS\.[A-Za-z0-9]+/g, `STS.${REDACTED}`],
  // Anything as long as a security token; digests and request IDs are shorter.
  [/[A-Za-z0-9+/=_%-]{120,}/g, REDACTED],
];

/**
 * Takes secrets out of text.
 * @param secrets values that this call carried; replaced literally and in their URL-encoded and base64 forms.
 */
export function scrub(text: string, secrets: Iterable<Secret> = []): string {
  let clean = text;
  for (const form of secretForms(secrets)) clean = clean.replaceAll(form, REDACTED);
  // Only now: a cut through a secret would hide it from the comparison above.
  clean = clean.slice(0, LONGEST_TEXT);
  for (const [pattern, replacement] of rules) clean = clean.replace(pattern, replacement);
  return clean;
}

/** Longest first, so that a secret which contains another one is replaced as a whole. */
function secretForms(secrets: Iterable<Secret>): string[] {
  const forms = new Set<string>();
  for (const secret of secrets) {
    const value = secret.reveal().toWellFormed();
    if (value.length < SHORTEST_SECRET) continue;
    forms.add(value);
    for (const encoded of [encodeURIComponent(value), strictEncode(value), formEncode(value)]) {
      forms.add(encoded);
      // Half of the servers write hexadecimal digits in small letters.
      forms.add(encoded.replace(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase()));
    }
    forms.add(JSON.stringify(value).slice(1, -1));
    forms.add(Buffer.from(value).toString('base64'));
  }
  return [...forms].sort((a, b) => b.length - a.length);
}

/** The encoding of forms, with a plus sign for a blank. */
function formEncode(value: string): string {
  return new URLSearchParams([['', value]]).toString().slice(1);
}

/** The encoding of the signature, which also escapes what `encodeURIComponent` leaves alone. */
function strictEncode(value: string): string {
  return encodeURIComponent(value).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}
