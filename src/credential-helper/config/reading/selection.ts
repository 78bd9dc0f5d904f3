import type { Finding, Selection } from '../model.ts';
import { listSome } from './list-some.ts';
import { quote } from './quote.ts';
import { finding, textOf, unusable, type Reading } from './reading.ts';
import type { YamlValue } from './yaml-value.ts';

/** What a list of names may hold. */
export interface SelectionRules {
  /** The element that means all of them, in any case. */
  wildcard: '*' | 'all';
  isName: (text: string) => boolean;
  /** For the sentence about an element that is none: `a name of a ServiceAccount`. */
  noun: string;
  /** What to say when everything is selected. */
  aboutAll?: string;
}

/** Both lists have the same default, which is a name as well. */
const DEFAULT = 'default';
const NAMESPACE = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** Source: Kubernetes, object names and ids: RFC 1123 label. */
export function isNamespaceName(text: string): boolean {
  return NAMESPACE.test(text);
}

/** Source: Kubernetes, object names and ids: RFC 1123 subdomain; the API server does not limit its labels to 63 characters. */
export function isServiceAccountName(text: string): boolean {
  return text.length <= 253 && /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/.test(text);
}

/**
 * Reads a comma list of names. Never selects more than was written: elements that are no names are left out and told, and a list in
 * which none is left cannot be used.
 */
export function readSelection(value: YamlValue | undefined, key: string, rules: SelectionRules): Reading<Selection> {
  const text = textOf(value);
  if (text === undefined) return unusable(key, 'is not a text; write the names with commas between them');
  const elements = [...new Set(splitList(text).map((element) => withKeyword(element, rules.wildcard)))];
  if (elements.length === 0) return { value: { kind: 'named', names: [DEFAULT] }, findings: [] };

  const all = elements.includes(rules.wildcard);
  const names = elements.filter((element) => rules.isName(element));
  const others = elements.filter((element) => element !== rules.wildcard && !rules.isName(element));
  if (!all && names.length === 0)
    return unusable(key, `holds no ${rules.noun}: ${listSome(others.map(quote))}${hints(others)}`);
  const findings =
    others.length === 0
      ? []
      : [
          finding(
            'ConfigWarning',
            key,
            `left out, being no ${rules.noun}: ${listSome(others.map(quote))}${hints(others)}`,
          ),
        ];
  if (!all) return { value: { kind: 'named', names }, findings };
  return { value: { kind: 'all' }, findings: [...findings, ...aboutWildcard(key, elements.length > 1, rules)] };
}

/** Splits at commas, without white space around elements and without empty ones. */
export function splitList(text: string): string[] {
  return text
    .split(',')
    .map((element) => element.trim())
    .filter((element) => element !== '');
}

function aboutWildcard(key: string, besideOthers: boolean, { wildcard, aboutAll }: SelectionRules): Finding[] {
  const texts = [
    ...(besideOthers ? [`${wildcard} selects all, so the other elements of the list have no effect`] : []),
    ...(aboutAll === undefined ? [] : [aboutAll]),
  ];
  return texts.map((text) => finding('ConfigWarning', key, text));
}

/** Keywords are taken in any case: in upper case they could be no names. Source: vendor pages write Default, ALL and All. */
function withKeyword(element: string, wildcard: string): string {
  const lower = element.toLowerCase();
  return lower === DEFAULT || lower === wildcard ? lower : element;
}

function hints(elements: readonly string[]): string {
  if (elements.some((element) => /[，、]/.test(element)))
    return '. It contains a full-width comma; separate names with an ordinary one';
  return elements.includes('*') ? '. The word for all namespaces is all' : '';
}
