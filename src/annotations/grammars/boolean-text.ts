import { accept, refuse, type Grammar } from '../grammar.ts';

/** Reads `true` and `false` in any case, and nothing else: `yes` or `1` would leave the author guessing. */
export const booleanText: Grammar<boolean> = {
  describe: () => '`true` or `false`, in any case',
  parse: (text) => {
    const lower = text.toLowerCase();
    if (lower === 'true') return accept(true);
    if (lower === 'false') return accept(false);
    return refuse('Not a boolean. Write "true" or "false", in quotes.');
  },
};
