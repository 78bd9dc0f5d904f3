import { accept, refuse, type Grammar } from '../grammar.ts';

/** Bounds of a whole number; `unit` is for people. */
export interface WholeNumberRange {
  min: number;
  /** Absent where no limit is documented; the value must still be one that JavaScript holds exactly. */
  max?: number;
  unit?: string;
}

/** Reads a decimal whole number without sign, point or exponent, within bounds. */
export function wholeNumber(range: WholeNumberRange): Grammar<number> {
  const max = range.max ?? Number.MAX_SAFE_INTEGER;
  const unit = range.unit === undefined ? '' : ` ${range.unit}`;
  const bounds = range.max === undefined ? `${range.min} or more` : `${range.min} to ${range.max}`;
  return {
    describe: () => `a whole number${unit === '' ? '' : ` (${range.unit})`}, ${bounds}`,
    parse: (text) => {
      const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
      if (Number.isSafeInteger(value) && value >= range.min && value <= max) return accept(value);
      return refuse(`Not a whole number in the allowed range. Write ${bounds}${unit}, digits only.`);
    },
  };
}
