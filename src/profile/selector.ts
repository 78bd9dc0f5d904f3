import type { Pod } from '../kube/types.ts';

type Labels = Readonly<Record<string, string>>;

/** What a selector of `eci-profile` adds to the Pods that it matches. */
export interface Effect {
  annotations: Labels;
  labels: Labels;
}

/** One selector of the ConfigMap `eci-profile`. All labels must match. Source: ECI help centre, configure eci-profile. */
export interface ProfileSelector {
  name: string;
  namespaceLabels: Labels;
  objectLabels: Labels;
  effect: Effect;
}

const MEMBERS = ['name', 'namespaceSelector', 'objectSelector', 'effect'];

/**
 * Reads the value of the key `selectors`.
 * @returns every problem, each naming where it is; then nothing of the value is to be used.
 */
export function parseSelectors(text: string): { selectors: ProfileSelector[] } | { problems: string[] } {
  if (text.trim() === '') return { selectors: [] };
  const parsed = parseJson(text);
  if (!Array.isArray(parsed))
    return { problems: ['selectors: is not a JSON list; see the vendor’s documentation of eci-profile'] };
  const problems: string[] = [];
  const selectors = parsed.map((item: unknown, index) => readSelector(item, `selectors[${index}]`, problems));
  return problems.length > 0 ? { problems } : { selectors: selectors.filter((selector) => selector !== undefined) };
}

/** Asks whether labels of the namespace decide about any of them. */
export function needNamespace(selectors: readonly ProfileSelector[]): boolean {
  return selectors.some(({ namespaceLabels }) => Object.keys(namespaceLabels).length > 0);
}

/**
 * Joins the effects of every selector that matches; for one key the first in the list wins. Pure.
 * @param namespaceLabels of the Pod's namespace; absent when they are not known: then what asks for some does not match.
 */
export function effectOf(selectors: readonly ProfileSelector[], pod: Pod, namespaceLabels: Labels | undefined): Effect {
  const matching = selectors.filter(
    (selector) =>
      matches(selector.objectLabels, pod.metadata?.labels) && matches(selector.namespaceLabels, namespaceLabels),
  );
  const joined = (member: keyof Effect): Labels =>
    Object.fromEntries(matching.toReversed().flatMap(({ effect }) => Object.entries(effect[member])));
  return { annotations: joined('annotations'), labels: joined('labels') };
}

function matches(wanted: Labels, labels: Labels | undefined): boolean {
  return Object.entries(wanted).every(([key, value]) => labels?.[key] === value);
}

function readSelector(item: unknown, at: string, problems: string[]): ProfileSelector | undefined {
  if (!isRecord(item)) {
    problems.push(`${at}: is not an object`);
    return undefined;
  }
  unknownMembers(item, MEMBERS, at, problems);
  const { name, effect = {} } = item;
  if (typeof name !== 'string' || name === '') problems.push(`${at}.name: is missing or no text`);
  if (!isRecord(effect)) {
    problems.push(`${at}.effect: is not an object`);
    return undefined;
  }
  unknownMembers(effect, ['annotations', 'labels'], `${at}.effect`, problems);
  return {
    name: typeof name === 'string' ? name : '',
    namespaceLabels: readMatchLabels(item['namespaceSelector'], `${at}.namespaceSelector`, problems),
    objectLabels: readMatchLabels(item['objectSelector'], `${at}.objectSelector`, problems),
    effect: {
      annotations: readTexts(effect['annotations'], `${at}.effect.annotations`, problems),
      labels: readTexts(effect['labels'], `${at}.effect.labels`, problems),
    },
  };
}

function readMatchLabels(selector: unknown, at: string, problems: string[]): Labels {
  if (selector === undefined) return {};
  if (!isRecord(selector)) {
    problems.push(`${at}: is not an object`);
    return {};
  }
  unknownMembers(selector, ['matchLabels'], at, problems);
  return readTexts(selector['matchLabels'], `${at}.matchLabels`, problems);
}

function readTexts(value: unknown, at: string, problems: string[]): Labels {
  if (value === undefined) return {};
  if (!isRecord(value)) {
    problems.push(`${at}: is not an object`);
    return {};
  }
  const texts: Record<string, string> = {};
  for (const [key, text] of Object.entries(value)) {
    if (typeof text === 'string') texts[key] = text;
    else problems.push(`${at}.${key}: ${JSON.stringify(text)} is not a text; write it in quotes`);
  }
  return texts;
}

/** A misspelt member would make a selector match more than was meant. */
function unknownMembers(
  value: Record<string, unknown>,
  known: readonly string[],
  at: string,
  problems: string[],
): void {
  for (const key of Object.keys(value)) {
    if (!known.includes(key)) problems.push(`${at}.${key}: is not known; known are ${known.join(', ')}`);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
