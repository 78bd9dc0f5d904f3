import { accept, refuse, type Grammar } from '../grammar.ts';
import { mapGrammar } from './derive-grammar.ts';

/** A list in one annotation. */
export interface CommaListOptions {
  /** Most items; a longer list is refused rather than cut. */
  max?: number;
  /** Items in the plural, for the reference page: `vSwitch ids, \`vsw-…\``. */
  noun: string;
}

/** Where no limit is documented; a value of 256 KiB would otherwise be read as a hundred thousand items. */
const mostItems = 1000;

/** A message names so many bad items, so that a long list cannot flood an event. */
const mostNamedItems = 3;

/**
 * Reads a list separated by commas. Items are trimmed; an empty item, a trailing comma included, is an error, because it
 * is usually a value that a template failed to fill in.
 */
export function commaList<T>(item: Grammar<T>, options: CommaListOptions): Grammar<T[]> {
  const atMost = options.max === undefined ? '' : `, at most ${options.max}`;
  return {
    describe: () => `a comma-separated list of ${options.noun}${atMost}`,
    parse: (text) => {
      const pieces = text.split(',');
      const most = options.max ?? mostItems;
      if (pieces.length > most) return refuse(`The list has ${pieces.length} items. At most ${most} are allowed.`);
      const parts = pieces.map((part) => part.trim());
      const values: T[] = [];
      const warnings: string[] = [];
      const faults: string[] = [];
      for (const [index, part] of parts.entries()) {
        const reading =
          part === '' ? refuse<T>('Empty. Remove the extra comma or fill the item in.') : item.parse(part);
        if (reading.ok) {
          values.push(reading.value);
          warnings.push(...reading.warnings);
        } else {
          faults.push(parts.length === 1 ? reading.message : `Item ${index + 1}: ${reading.message}`);
        }
      }
      if (faults.length === 0) return accept(values, warnings);
      const unnamed = faults.length - mostNamedItems;
      return refuse([...faults.slice(0, mostNamedItems), ...(unnamed > 0 ? [`${unnamed} more.`] : [])].join(' '));
    },
  };
}

/** Reads a comma-separated list that travels as one comma-separated parameter: the items, trimmed and joined again. */
export function commaText(item: Grammar<string>, options: CommaListOptions): Grammar<string> {
  return mapGrammar(commaList(item, options), (items) => items.join(','));
}
