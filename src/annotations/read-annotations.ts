import { isDeepStrictEqual } from 'node:util';

import type { Annotation, AnnotationAlias, Asked, Effect } from './annotation.ts';
import type { CombinationRule } from './combination-rule.ts';
import type { Reading } from './grammar.ts';
import { createProblem } from './problem.ts';
import type { PodIntent, Problem } from './types.ts';

/** The rows and rules of one kind of object, and the object's annotations. */
export interface ReadOptions<Request, Context> {
  annotations: Readonly<Record<string, string>>;
  table: readonly Annotation<Request>[];
  rules: readonly CombinationRule<Request, Context>[];
  context: Context;
}

/** Everything that the annotations ask for, and everything that is wrong with them. */
export interface ReadResult<Request> {
  request: Partial<Request>;
  local: Partial<PodIntent['local']>;
  problems: Problem[];
  warnings: Problem[];
}

/** One annotation that is set, under its own key or an older one. */
interface Found<Request> {
  row: Annotation<Request>;
  key: string;
  value: string;
  reading: Reading<Effect<Request>>;
  warnings: Problem[];
}

/**
 * Reads annotations by a table: each value by its grammar, then conditions and rules over all of them together. A value is
 * checked even where the annotation has no effect. Pure; never throws.
 */
export function readAnnotations<Request, Context>(options: ReadOptions<Request, Context>): ReadResult<Request> {
  const found = options.table.flatMap((row) => find(row, options.annotations) ?? []);
  const asked = combine(found);
  const result: ReadResult<Request> = { request: {}, local: {}, problems: [], warnings: [] };
  for (const { row, key, value, reading, warnings } of found) {
    result.warnings.push(...warnings);
    if (!reading.ok) {
      result.problems.push(createProblem(key, value, reading.message));
      continue;
    }
    if (row.effectiveIf !== undefined && !row.effectiveIf.met(asked)) {
      result.warnings.push(createProblem(key, value, row.effectiveIf.otherwise));
      continue;
    }
    const { refusal, request, local } = reading.value;
    if (refusal !== undefined) result.problems.push(createProblem(key, value, refusal));
    result.warnings.push(...reading.warnings.map((message) => createProblem(key, value, message)));
    Object.assign(result.request, request);
    Object.assign(result.local, local);
  }
  for (const rule of options.rules) {
    if (!rule.violated(asked, options.context)) continue;
    const culprit = found.find(({ row }) => row.key === rule.key);
    result.problems.push(createProblem(culprit?.key ?? rule.key, culprit?.value ?? '', rule.message));
  }
  return result;
}

/** Text of an annotation; an empty value counts as absent, because templates leave such values behind. */
function textOf(annotations: Readonly<Record<string, string>>, key: string): string | undefined {
  const text = annotations[key]?.trim();
  return text === '' ? undefined : text;
}

function find<Request>(
  row: Annotation<Request>,
  annotations: Readonly<Record<string, string>>,
): Found<Request> | undefined {
  const candidates = [{ key: row.key }, ...(row.aliases ?? [])].flatMap((name: AnnotationAlias) => {
    const text = textOf(annotations, name.key);
    if (text === undefined) return [];
    const current = new Map(Object.entries(name.values ?? {})).get(text) ?? text;
    const reading = row.grammar.parse(current);
    return [{ key: name.key, value: annotations[name.key] ?? text, reading }];
  });
  const [first, ...overruled] = candidates;
  if (first === undefined) return undefined;
  const warnings = overruled
    .filter(({ reading }) => !isDeepStrictEqual(reading, first.reading))
    .map(({ key, value }) => createProblem(key, value, `Overruled by ${first.key}. Remove this older key.`));
  return { row, ...first, warnings };
}

/** Puts together what was asked for, before conditions leave anything out. */
function combine<Request>(found: readonly Found<Request>[]): Asked<Request> {
  const effects = new Map<string, Effect<Request>>();
  const request: Partial<Request> = {};
  const local: Partial<PodIntent['local']> = {};
  for (const { row, reading } of found) {
    if (!reading.ok) continue;
    effects.set(row.key, reading.value);
    Object.assign(request, reading.value.request);
    Object.assign(local, reading.value.local);
  }
  const keys = new Set(found.map(({ row }) => row.key));
  return { has: (key) => keys.has(key), effectOf: (key) => effects.get(key), request, local };
}
