import { accept, refuse, type Grammar, type Reading } from '../grammar.ts';

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseJson(text: string): Reading<unknown> {
  try {
    return accept<unknown>(JSON.parse(text));
  } catch {
    return refuse(
      'Not JSON. Quote the whole value with single quotes in YAML, and names and texts inside with double quotes.',
    );
  }
}

function readMembers<Member extends string>(
  value: unknown,
  members: readonly Member[],
): Reading<Partial<Record<Member, string>>> {
  if (!isObject(value)) return refuse(`Not a JSON object. Allowed members: ${members.join(', ')}.`);
  if (Object.keys(value).some((name) => !members.some((member) => member === name))) {
    return refuse(`It has an unknown member. Allowed members: ${members.join(', ')}.`);
  }
  const record: Partial<Record<Member, string>> = {};
  for (const member of members) {
    if (!Object.hasOwn(value, member)) continue;
    const text = value[member];
    if (typeof text !== 'string') return refuse(`The member ${member} is not a text. Put it in double quotes.`);
    record[member] = text.trim();
  }
  return accept(record);
}

/** Reads a JSON object with the given members, each of them optional and a text. Unknown members are refused. */
export function jsonRecord<const Member extends string>(
  members: readonly Member[],
): Grammar<Partial<Record<Member, string>>> {
  return {
    describe: () => `a JSON object with ${members.map((member) => `\`${member}\``).join(', ')}`,
    parse: (text) => {
      const json = parseJson(text);
      return json.ok ? readMembers(json.value, members) : json;
    },
  };
}

/** Reads a JSON array of objects that each have all of the given members, as non-empty texts. */
export function jsonRecords<const Member extends string>(
  members: readonly Member[],
): Grammar<Record<Member, string>[]> {
  const isComplete = (record: Partial<Record<Member, string>>): record is Record<Member, string> =>
    members.every((member) => (record[member] ?? '') !== '');
  return {
    describe: () => `a JSON array of objects with ${members.map((member) => `\`${member}\``).join(' and ')}`,
    parse: (text) => {
      const json = parseJson(text);
      if (!json.ok) return json;
      if (!Array.isArray(json.value)) return refuse('Not a JSON array. Put square brackets around the objects.');
      const records: Record<Member, string>[] = [];
      for (const [index, element] of json.value.entries()) {
        const reading = readMembers<Member>(element, members);
        if (!reading.ok) return refuse(`Item ${index + 1}: ${reading.message}`);
        if (!isComplete(reading.value)) return refuse(`Item ${index + 1}: Fill in every one of ${members.join(', ')}.`);
        records.push(reading.value);
      }
      return accept(records);
    },
  };
}
