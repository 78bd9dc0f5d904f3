import { looksLikeSecret } from './quote.ts';
import { splitList } from './selection.ts';
import type { YamlValue } from './yaml-value.ts';

/** The host names of an entry. */
export interface Domains {
  hosts: readonly string[];
  /** Places in the list, counted from 1, of elements that are no host names. */
  invalid: readonly number[];
}

/** Labels of letters, digits and inner dashes, with dots between them and perhaps a port. */
const HOST = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*(?::\d{1,5})?$/;
const LONGEST_HOST = 253;

/** Reads host names out of a comma list, or out of a list of such. @returns undefined when it is neither. */
export function readDomains(value: YamlValue | undefined): Domains | undefined {
  const texts = value === undefined ? [] : value.kind === 'list' ? value.items : [value];
  const elements: string[] = [];
  for (const text of texts) {
    if (text.kind !== 'text') return undefined;
    elements.push(...splitList(text.text));
  }
  const hosts = elements.map(normalizeHost);
  return {
    hosts: [...new Set(hosts.filter((host) => host !== undefined))],
    invalid: hosts.flatMap((host, index) => (host === undefined ? [index + 1] : [])),
  };
}

/**
 * Makes the host of an image reference out of what people paste: `https://Registry.example.com:5000/team/app` is
 * `registry.example.com:5000`.
 * @returns undefined when it holds no host name.
 */
export function normalizeHost(text: string): string | undefined {
  // A secret in the wrong place would pass for a short name, and hosts are shown in many places.
  if (/\s/.test(text) || (looksLikeSecret(text) && !/[.:]/.test(text))) return undefined;
  const [host = ''] = text
    .toLowerCase()
    .replace(/^https?:\/\//, '')
    .split('/');
  const [name = '', port] = host.split(':');
  if (!HOST.test(host) || name.length > LONGEST_HOST) return undefined;
  return port === undefined || (Number(port) >= 1 && Number(port) <= 65_535) ? host : undefined;
}
