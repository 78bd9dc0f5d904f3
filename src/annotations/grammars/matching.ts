import { accept, refuse, type Grammar } from '../grammar.ts';

/** A text with a pattern. */
export interface MatchingOptions {
  /** Anchored at both ends. */
  pattern: RegExp;
  /** For the reference page. */
  description: string;
  /** What was expected and what to write, for the user. */
  message: string;
}

/** Values are often pasted from the vendor's documentation, where digits are masked. */
const maskedDigits = 'The asterisks mask digits in the documentation. Write the real value.';

/** Reads a text that matches a pattern, and yields it unchanged. */
export function matching(options: MatchingOptions): Grammar<string> {
  return {
    describe: () => options.description,
    parse: (text) => {
      if (options.pattern.test(text)) return accept(text);
      return refuse(text.includes('**') ? maskedDigits : options.message);
    },
  };
}
