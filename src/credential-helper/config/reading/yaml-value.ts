/**
 * YAML 1.2 as people write it into a ConfigMap, JSON included, as a tree in which every scalar is a text and knows its place.
 * Numbers and booleans stay texts: an access key of digits only would otherwise lose some of them.
 */
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node } from 'yaml';

import { describePlace, type Place } from './place.ts';
import { describeYamlError } from './yaml-problem.ts';

/** One `name: value` of a mapping. */
export interface YamlField {
  name: string;
  at: Place;
  value: YamlValue;
}

export type YamlValue =
  | { kind: 'text'; text: string; at: Place }
  | { kind: 'list'; items: readonly YamlValue[]; at: Place }
  | { kind: 'map'; fields: readonly YamlField[]; at: Place };

/** The tree, absent for a text without content; or why there is none: place and kind of the fault, nothing of the text. */
export type ReadYaml = { kind: 'read'; value?: YamlValue } | { kind: 'unreadable'; problem: string };

/** What aliases can blow up: more than this is no configuration. */
const MOST_NODES = 50_000;
const MOST_LEVELS = 16;
/** The library looks through the whole document for each. */
const MOST_ALIASES = 200;

/** Parsing a hostile text takes seconds per MiB; this is room for some 800 entries. */
const MOST_CHARACTERS = 262_144;

/** Reads a text. Never throws, and never repeats any of the text, which may hold secrets. */
export function readYaml(text: string): ReadYaml {
  if (text.length > MOST_CHARACTERS)
    return { kind: 'unreadable', problem: `line 1, column 1: the text is longer than ${MOST_CHARACTERS} characters` };
  const lines = new LineCounter();
  try {
    // With `silent` a second document would be dropped without a word.
    // The library compares every name with every other one; here they are put into a set.
    const options = {
      schema: 'failsafe',
      prettyErrors: false,
      logLevel: 'error',
      uniqueKeys: false,
      lineCounter: lines,
    } as const;
    const document = parseDocument(text, options);
    const [error] = document.errors;
    if (error !== undefined)
      return { kind: 'unreadable', problem: describeYamlError(error, text, placeOf(lines, error.pos[0])) };
    if (document.contents === null) return { kind: 'read' };
    return { kind: 'read', value: new TreeBuilder(document, lines).build(document.contents, 0) };
  } catch (error) {
    // Of the library's own faults, such as a stack that is too deep, nothing is known: their messages may quote.
    const problem = error instanceof TreeError ? error.message : `line 1, column 1: ${TOO_LARGE}`;
    return { kind: 'unreadable', problem };
  }
}

/** Asks whether a value says nothing: missing, white space, or the word for nothing. */
export function isBlank(value: YamlValue | undefined): boolean {
  return value === undefined || (value.kind === 'text' && /^(?:|~|null|Null|NULL)$/.test(value.text.trim()));
}

const TOO_LARGE = 'the text is too deep or too large';

class TreeError extends Error {}

class TreeBuilder {
  readonly #document: Document;
  readonly #lines: LineCounter;
  #nodes = 0;
  #aliases = 0;

  constructor(document: Document, lines: LineCounter) {
    this.#document = document;
    this.#lines = lines;
  }

  build(node: unknown, level: number): YamlValue {
    const at = this.#place(node);
    this.#nodes += 1;
    if (this.#nodes > MOST_NODES || level > MOST_LEVELS) throw this.#fault(at, TOO_LARGE);
    if (isAlias(node)) {
      this.#aliases += 1;
      if (this.#aliases > MOST_ALIASES) throw this.#fault(at, TOO_LARGE);
      const meant = node.resolve(this.#document);
      if (meant === undefined) throw this.#fault(at, 'an alias names no anchor before it');
      return this.build(meant, level + 1);
    }
    if (isSeq(node)) return { kind: 'list', items: node.items.map((item) => this.build(item, level + 1)), at };
    if (isMap(node)) {
      const names = new Set<string>();
      const fields = node.items.map(({ key, value }) => {
        const name = scalarText(key);
        if (names.has(name)) throw this.#fault(this.#place(key), 'a name occurs twice in one mapping');
        names.add(name);
        return { name, at: this.#place(key), value: this.build(value, level + 1) };
      });
      return { kind: 'map', fields: withMerged(fields), at };
    }
    return { kind: 'text', text: scalarText(node), at };
  }

  #place(node: unknown): Place {
    return placeOf(this.#lines, (node as Partial<Node> | null)?.range?.[0] ?? 0);
  }

  #fault(at: Place, what: string): TreeError {
    return new TreeError(`${describePlace(at)}: ${what}`);
  }
}

/** With the failsafe schema every scalar is a text, and a missing one is empty. */
function scalarText(node: unknown): string {
  return isScalar(node) && typeof node.value === 'string' ? node.value : '';
}

/** Fields that `<<` brings in count where the mapping itself has none of that name. */
function withMerged(fields: readonly YamlField[]): YamlField[] {
  const own = fields.filter(({ name }) => name !== '<<');
  const merged = fields
    .filter(({ name }) => name === '<<')
    .flatMap(({ value }) => (value.kind === 'list' ? value.items : [value]))
    .flatMap((value) => (value.kind === 'map' ? value.fields : []));
  const names = new Set(own.map(({ name }) => name));
  for (const field of merged) {
    if (names.has(field.name)) continue;
    names.add(field.name);
    own.push(field);
  }
  return own;
}

function placeOf(lines: LineCounter, offset: number): Place {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
}
