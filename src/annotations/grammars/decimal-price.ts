import { accept, refuse, type Grammar } from '../grammar.ts';

/** Reads a price per hour: a positive decimal with at most three places. */
export const decimalPrice: Grammar<number> = {
  describe: () => 'a price per hour, greater than 0, with at most 3 decimal places',
  parse: (text) => {
    const value = /^\d{1,9}(?:\.\d{1,3})?$/.test(text) ? Number(text) : 0;
    if (value > 0) return accept(value);
    return refuse('Not a price. Write a decimal number greater than 0 with at most 3 places and no currency.');
  },
};
