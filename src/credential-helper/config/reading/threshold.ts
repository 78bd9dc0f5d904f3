import { quote } from './quote.ts';
import { finding, textOf, type Reading } from './reading.ts';
import type { YamlValue } from './yaml-value.ts';

/** What the vendor documents as the default. */
export const DEFAULT_THRESHOLD_MS = 15 * 60_000;

const msPerUnit: Readonly<Record<string, number>> = { ns: 1e-6, us: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
const PART = String.raw`(\d+(?:\.\d*)?|\.\d+)(ns|us|ms|s|m|h)`;

/** Reads a duration such as `1h30m`. @returns milliseconds, at least 1; undefined for anything else, nought included. */
export function parseDuration(text: string): number | undefined {
  if (!new RegExp(`^(?:${PART})+$`).test(text)) return undefined;
  let ms = 0;
  for (const [, number = '', unit = ''] of text.matchAll(new RegExp(PART, 'g')))
    ms += Number(number) * (msPerUnit[unit] ?? 0);
  return ms > 0 && Number.isFinite(ms) ? Math.max(1, Math.round(ms)) : undefined;
}

/** Reads `expiring-threshold`. What cannot be read gives the default, which is safe here. */
export function readThreshold(value: YamlValue | undefined, key: string): Reading<number> {
  const text = textOf(value);
  if (text === '') return { value: DEFAULT_THRESHOLD_MS, findings: [] };
  const ms = text === undefined ? undefined : parseDuration(text);
  if (ms !== undefined) return { value: ms, findings: [] };
  const what = text === undefined ? 'a list or a mapping' : quote(text);
  const why = `${what} is no duration such as 15m, 1h30m or 900s; 15m is used`;
  return { value: DEFAULT_THRESHOLD_MS, findings: [finding('ConfigWarning', key, why)] };
}
