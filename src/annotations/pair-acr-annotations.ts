/**
 * Pairs the three ACR annotations into the entries that ECI, or this program, runs a role chain for.
 *
 * The vendor documents one value in each; separator and pairing of several values are not documented. The rule here: commas
 * separate (as in every other list-valued annotation), items at the same position belong together, and a single role serves
 * every entry. Lists of other lengths are refused, because guessing would pull with the role of a wrong account. An entry
 * with a user role next to one without cannot be expressed.
 * Source: ECI help centre, pull images from ACR without a secret; ECI API reference, AcrRegistryInfo.
 */
import type { AcrEntry } from '../credentials/types.ts';
import { accept, type Grammar, type Reading } from './grammar.ts';
import { acrInstanceIds, acrRoleArns, type AcrInstanceItem } from './grammars/acr-lists.ts';
import { createProblem } from './problem.ts';
import { acrKeys } from './sections/acr.ts';
import type { Problem } from './types.ts';

/** Entries in the order of the lists, or what is wrong. Entries are empty as soon as there is one problem. */
export interface AcrPairing {
  entries: AcrEntry[];
  problems: Problem[];
  /** Harmless: an old key that was overruled. */
  warnings: Problem[];
}

/** More entries are refused by ECI. Source: ECI API reference, AcrRegistryInfo. */
const mostEntries = 20;

/** One of the three lists: where it stands, and what was read. */
interface List<T> {
  key: string;
  value: string;
  reading: Reading<T[]>;
}

/**
 * Reads and pairs `acr-instance-ids`, `acr-service-arns` and `acr-user-arns`. Other annotations are not looked at. Pure;
 * never throws.
 * @returns equal entries once, in the order of first mention.
 */
export function pairAcrAnnotations(annotations: Readonly<Record<string, string>>): AcrPairing {
  const { list: ids, warnings } = readInstanceIds(annotations);
  const serviceArns = readList(annotations, acrKeys.serviceArns, acrRoleArns);
  const userArns = readList(annotations, acrKeys.userArns, acrRoleArns);
  const problems = [ids, serviceArns, userArns].flatMap(({ key, value, reading }) =>
    reading.ok ? [] : [createProblem(key, value, reading.message)],
  );
  if (isAbsent(serviceArns) && !isAbsent(userArns)) {
    const message = `A user role is assumed through a service role. Add ${acrKeys.serviceArns}.`;
    problems.push(createProblem(userArns.key, userArns.value, message));
  }
  if (problems.length > 0 || !ids.reading.ok || !serviceArns.reading.ok || !userArns.reading.ok) {
    return { entries: [], problems, warnings };
  }
  const lists = { ids: ids.reading.value, serviceArns: serviceArns.reading.value, userArns: userArns.reading.value };
  const entries = uniqueEntries(lists);
  problems.push(...lengthProblems(lists, { serviceArns, userArns }));
  if (entries.length > mostEntries) {
    const longest = [ids, userArns, serviceArns].find((list) => !isAbsent(list)) ?? ids;
    const message = `That makes ${entries.length} entries. At most ${mostEntries} are allowed for one object.`;
    problems.push(createProblem(longest.key, longest.value, message));
  }
  return { entries: problems.length === 0 ? entries : [], problems, warnings };
}

function readList<T>(annotations: Readonly<Record<string, string>>, key: string, grammar: Grammar<T[]>): List<T> {
  const value = annotations[key] ?? '';
  const text = value.trim();
  return { key, value, reading: text === '' ? accept([]) : grammar.parse(text) };
}

function isAbsent(list: List<unknown>): boolean {
  return list.value.trim() === '';
}

/** The old singular key counts only where the plural one is absent, and holds one id. */
function readInstanceIds(annotations: Readonly<Record<string, string>>): {
  list: List<AcrInstanceItem>;
  warnings: Problem[];
} {
  const plural = readList(annotations, acrKeys.instanceIds, acrInstanceIds);
  const singular = readList(annotations, acrKeys.instanceId, acrInstanceIds);
  if (isAbsent(singular)) return { list: plural, warnings: [] };
  if (!isAbsent(plural)) {
    const message = `Overruled by ${acrKeys.instanceIds}. Remove this older key.`;
    const differs = plural.value.trim() !== singular.value.trim();
    return { list: plural, warnings: differs ? [createProblem(singular.key, singular.value, message)] : [] };
  }
  if (singular.reading.ok && singular.reading.value.length > 1) {
    const reading = {
      ok: false,
      message: `This older key takes one id. Use ${acrKeys.instanceIds} for several.`,
    } as const;
    return { list: { ...singular, reading }, warnings: [] };
  }
  return { list: singular, warnings: [] };
}

interface Lists {
  ids: readonly AcrInstanceItem[];
  serviceArns: readonly string[];
  userArns: readonly string[];
}

/** Without ids the user roles decide how many entries there are, without those the service roles do. */
function entryCount({ ids, serviceArns, userArns }: Lists): number {
  return [ids, userArns, serviceArns].find((list) => list.length > 0)?.length ?? 0;
}

function lengthProblems(lists: Lists, written: { serviceArns: List<string>; userArns: List<string> }): Problem[] {
  const count = entryCount(lists);
  const counted = lists.ids.length > 0 ? acrKeys.instanceIds : acrKeys.userArns;
  return (['serviceArns', 'userArns'] as const).flatMap((name) => {
    const length = lists[name].length;
    if (length <= 1 || length === count) return [];
    const { key, value } = written[name];
    const message = `It has ${length} roles where ${counted} has ${count}. Name one role for all, or one for each, in the same order.`;
    return [createProblem(key, value, message)];
  });
}

function uniqueEntries(lists: Lists): AcrEntry[] {
  const at = (arns: readonly string[], index: number): string | undefined =>
    arns.length === 1 ? arns[0] : arns[index];
  const unique = new Map<string, AcrEntry>();
  for (let index = 0; index < entryCount(lists); index += 1) {
    const serviceRoleArn = at(lists.serviceArns, index);
    const userRoleArn = at(lists.userArns, index);
    const entry: AcrEntry = {
      ...lists.ids[index],
      ...(serviceRoleArn === undefined ? {} : { serviceRoleArn }),
      ...(userRoleArn === undefined ? {} : { userRoleArn }),
    };
    const identity = JSON.stringify([entry.instanceId, entry.regionId, serviceRoleArn, userRoleArn]);
    if (!unique.has(identity)) unique.set(identity, entry);
  }
  return [...unique.values()];
}
