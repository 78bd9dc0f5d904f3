/** One parameter or group of parameters of an RPC action. `value` never exists: it carries the type that reading yields. */
export type Grammar<T = unknown> = {
  readonly required?: true;
  readonly value?: T;
} & (
  | { readonly kind: 'text'; readonly min: number; readonly max: number; readonly pattern?: RegExp }
  | { readonly kind: 'choice'; readonly choices: readonly string[] }
  | { readonly kind: 'number'; readonly min: number; readonly max: number; readonly whole: boolean }
  | { readonly kind: 'flag' }
  | { readonly kind: 'json-list'; readonly max: number }
  | { readonly kind: 'list'; readonly max: number; readonly item: Grammar }
  | { readonly kind: 'group'; readonly members: Members }
);

/** The members of a group by their wire names. */
export type Members = Readonly<Record<string, Grammar>>;

type RequiredNames<M extends Members> = {
  [Name in keyof M]: M[Name] extends { readonly required: true } ? Name : never;
}[keyof M];

/** The type that reading a grammar yields, wire names kept. */
export type Read<G> = G extends { readonly value?: infer T } ? Exclude<T, undefined> : never;

/** The type that reading a group of members yields. */
export type ReadMembers<M extends Members> = { [Name in RequiredNames<M>]: Read<M[Name]> } & {
  [Name in Exclude<keyof M, RequiredNames<M>>]?: Read<M[Name]>;
};

/** Text of `min` to `max` characters (default 0 to 65536) that matches `pattern` as a whole. */
export function text(rule: { min?: number; max?: number; pattern?: RegExp } = {}): Grammar<string> & { kind: 'text' } {
  const { min = 0, max = 65_536, pattern } = rule;
  return { kind: 'text', min, max, ...(pattern === undefined ? {} : { pattern }) };
}

/** One of a closed set of words, spelled exactly. */
export function choice<const C extends readonly string[]>(...choices: C): Grammar<C[number]> & { kind: 'choice' } {
  return { kind: 'choice', choices };
}

/** A whole decimal number within inclusive bounds. */
export function integer(min = 0, max: number = Number.MAX_SAFE_INTEGER): Grammar<number> & { kind: 'number' } {
  return { kind: 'number', min, max, whole: true };
}

/** A decimal number within inclusive bounds. */
export function decimal(min = 0, max: number = Number.MAX_SAFE_INTEGER): Grammar<number> & { kind: 'number' } {
  return { kind: 'number', min, max, whole: false };
}

/** `true` or `false`. */
export function flag(): Grammar<boolean> & { kind: 'flag' } {
  return { kind: 'flag' };
}

/** A list of strings that travels as one JSON array. */
export function jsonList(max: number): Grammar<string[]> & { kind: 'json-list' } {
  return { kind: 'json-list', max };
}

/** A repeated parameter, `Name.1` to `Name.<max>`. */
export function list<G extends Grammar>(item: G, max: number): Grammar<Read<G>[]> & { kind: 'list' } {
  return { kind: 'list', max, item };
}

/** Members joined to their parent by a dot. */
export function group<M extends Members>(members: M): Grammar<ReadMembers<M>> & { kind: 'group' } {
  return { kind: 'group', members };
}

/** Marks a member that must be present. */
export function required<G extends Grammar>(grammar: G): G & { readonly required: true } {
  return { ...grammar, required: true };
}

/** Lists every wire name of a grammar with `N` for indexes (`Container.N.Image`). */
export function parameterNames(members: Members): string[] {
  return Object.entries(members).flatMap(([name, grammar]) => namesOf(grammar, name));
}

function namesOf(grammar: Grammar, path: string): string[] {
  if (grammar.kind === 'list') {
    return namesOf(grammar.item, `${path}.N`);
  }
  if (grammar.kind === 'group') {
    return parameterNames(grammar.members).map((name) => `${path}.${name}`);
  }
  return [path];
}
