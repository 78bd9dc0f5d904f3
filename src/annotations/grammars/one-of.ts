import { accept, refuse, type Grammar } from '../grammar.ts';

/**
 * Reads one of a few words in any case and yields the canonical spelling, which is what travels to the service.
 * @param words canonical spellings, in the order of the reference page.
 */
export function oneOf<const Word extends string>(words: readonly Word[]): Grammar<Word> {
  return {
    describe: () => words.map((word) => `\`${word}\``).join(' or '),
    parse: (text) => {
      const word = words.find((candidate) => candidate.toLowerCase() === text.toLowerCase());
      return word === undefined ? refuse(`Not one of the allowed values. Write ${words.join(' or ')}.`) : accept(word);
    },
  };
}
