import { accept, refuse, type Grammar } from '../grammar.ts';

/**
 * Decimal units. The vendor equates 40M with 40 MB/s and with 320 Mbit/s but never says which base it uses; powers of ten are
 * what network rates use, and the smaller of the two readings can only limit more than was meant, never less.
 */
const bytesPerUnit: Readonly<Record<string, number>> = { B: 1, K: 1e3, M: 1e6, G: 1e9, T: 1e12 };

/**
 * Reads a transfer rate such as `40M` as bytes per second. A unit is `T`, `G`, `M` or `K`, each also with a `B`; without a
 * unit the number is bytes. Upper case is required, because Kubernetes elsewhere reads `m` as a thousandth.
 */
export const bandwidth: Grammar<number> = {
  describe: () =>
    'a number and a unit of `TB`, `T`, `GB`, `G`, `MB`, `M`, `KB`, `K` or `B`; bytes per second, powers of 1000',
  parse: (text) => {
    const match = /^(\d{1,15}(?:\.\d{1,6})?)(?:([TGMK])B?|B)?$/.exec(text);
    const bytes = match === null ? 0 : Math.floor(Number(match[1]) * (bytesPerUnit[match[2] ?? 'B'] ?? 1));
    if (bytes >= 1 && Number.isSafeInteger(bytes)) return accept(bytes);
    return refuse('Not a transfer rate. Write a number and a unit, for example 40M for 40 megabytes per second.');
  },
};
