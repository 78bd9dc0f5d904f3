import { invalidParameter as invalid } from '../invalid-parameter.ts';
import { missingParameter as missing } from '../missing-parameter.ts';
import type { Grammar, Members, ReadMembers } from './grammar.ts';

type Tree = Map<string, Tree | string>;

/**
 * Un-flattens the parameters of one action and checks them against its grammar.
 * @param params without those of the RPC protocol itself.
 * @throws SimError 400 `MissingParameter` or `InvalidParameter`; the message names the parameter as it was or should be sent.
 */
export function readParameters<M extends Members>(members: M, params: ReadonlyMap<string, string>): ReadMembers<M> {
  const tree: Tree = new Map();
  for (const [name, value] of params) {
    insert(tree, name, value);
  }
  return readGroup(members, tree, '') as ReadMembers<M>;
}

function insert(tree: Tree, name: string, value: string): void {
  const parts = name.split('.');
  const last = parts.pop() ?? '';
  let node = tree;
  for (const part of parts) {
    const child = node.get(part) ?? new Map();
    if (typeof child === 'string') {
      throw invalid(name, 'is given next to a plain value of its parent');
    }
    node.set(part, child);
    node = child;
  }
  if (node.has(last)) {
    throw invalid(name, 'is given twice, as a value and as a parent');
  }
  node.set(last, value);
}

function readGroup(members: Members, tree: Tree, path: string): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [name, child] of tree) {
    const grammar = Object.hasOwn(members, name) ? members[name] : undefined;
    if (grammar === undefined) {
      throw invalid(join(path, firstLeaf(name, child)), 'is not supported');
    }
    result[name] = read(grammar, child, join(path, name));
  }
  for (const [name, grammar] of Object.entries(members)) {
    // An empty string counts as missing, as the gateway treats it.
    if (grammar.required === true && (result[name] === undefined || result[name] === '')) {
      throw missing(grammar.kind === 'list' ? join(path, `${name}.1`) : join(path, name));
    }
  }
  return result;
}

function read(grammar: Grammar, node: Tree | string, path: string): unknown {
  if (grammar.kind === 'list') {
    return readList(grammar, node, path);
  }
  if (grammar.kind === 'group') {
    if (typeof node === 'string') {
      throw invalid(path, 'has members and takes no plain value');
    }
    return readGroup(grammar.members, node, path);
  }
  if (typeof node !== 'string') {
    const [name, child] = [...node][0] ?? ['', ''];
    throw invalid(join(path, firstLeaf(name, child)), 'is not supported');
  }
  return readValue(grammar, node, path);
}

function readList(grammar: Extract<Grammar, { kind: 'list' }>, node: Tree | string, path: string): unknown[] {
  if (typeof node === 'string') {
    throw invalid(path, `is a repeated parameter: ${path}.1, ${path}.2`);
  }
  const items: unknown[] = [];
  for (let index = 1; index <= node.size; index += 1) {
    const child = node.get(String(index));
    if (child === undefined) {
      const stray = [...node.keys()].find((key) => !/^[1-9]\d*$/.test(key) || Number(key) > node.size);
      throw invalid(`${path}.${stray ?? index}`, 'breaks the numbering, which counts from 1 without gaps');
    }
    items.push(read(grammar.item, child, `${path}.${index}`));
  }
  if (items.length > grammar.max) {
    throw invalid(path, `has ${items.length} entries; at most ${grammar.max} are allowed`);
  }
  return items;
}

type Value = Exclude<Grammar, { kind: 'list' | 'group' }>;

function readValue(grammar: Value, value: string, path: string): unknown {
  if (grammar.kind === 'number') {
    return readNumber(grammar, value, path);
  }
  if (grammar.kind === 'json-list') {
    return readJsonList(grammar, value, path);
  }
  if (grammar.kind === 'flag') {
    if (value !== 'true' && value !== 'false') {
      throw invalid(path, 'must be true or false');
    }
    return value === 'true';
  }
  if (grammar.kind === 'choice') {
    if (!grammar.choices.includes(value)) {
      throw invalid(path, `must be one of ${grammar.choices.join(', ')}`);
    }
    return value;
  }
  if (value.length < grammar.min || value.length > grammar.max) {
    throw invalid(path, `must have ${grammar.min} to ${grammar.max} characters`);
  }
  if (grammar.pattern !== undefined && !grammar.pattern.test(value)) {
    throw invalid(path, 'does not have the required form');
  }
  return value;
}

function readNumber(grammar: Extract<Grammar, { kind: 'number' }>, value: string, path: string): number {
  const form = grammar.whole ? /^-?\d+$/ : /^-?\d+(\.\d+)?$/;
  const number = Number(value);
  if (!form.test(value) || number < grammar.min || number > grammar.max) {
    throw invalid(path, `must be a ${grammar.whole ? 'whole ' : ''}number from ${grammar.min} to ${grammar.max}`);
  }
  return number;
}

function readJsonList(grammar: Extract<Grammar, { kind: 'json-list' }>, value: string, path: string): string[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(value);
  } catch {
    parsed = undefined;
  }
  if (!Array.isArray(parsed) || !parsed.every((item): item is string => typeof item === 'string')) {
    throw invalid(path, 'must be a JSON array of strings');
  }
  if (parsed.length > grammar.max) {
    throw invalid(path, `has ${parsed.length} entries; at most ${grammar.max} are allowed`);
  }
  return parsed;
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

function firstLeaf(name: string, node: Tree | string): string {
  if (typeof node === 'string') {
    return name;
  }
  const [childName, child] = [...node][0] ?? ['', ''];
  return `${name}.${firstLeaf(childName, child)}`;
}
