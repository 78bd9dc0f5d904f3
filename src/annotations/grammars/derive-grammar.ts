import { accept, type Grammar, type Reading } from '../grammar.ts';

/**
 * Builds a grammar on top of another one: texts that `base` accepts are judged again by `derive`.
 * @param description replaces the description of `base`, for the reference page.
 */
export function deriveGrammar<T, U>(
  base: Grammar<T>,
  derive: (value: T) => Reading<U>,
  description?: string,
): Grammar<U> {
  return {
    describe: () => description ?? base.describe(),
    parse: (text) => {
      const reading = base.parse(text);
      if (!reading.ok) return reading;
      const derived = derive(reading.value);
      return derived.ok ? accept(derived.value, [...reading.warnings, ...derived.warnings]) : derived;
    },
  };
}

/** Builds a grammar that accepts what `base` accepts and translates the value. */
export function mapGrammar<T, U>(base: Grammar<T>, translate: (value: T) => U): Grammar<U> {
  return deriveGrammar(base, (value) => accept(translate(value)));
}
