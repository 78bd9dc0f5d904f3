import type { Finding, FindingReason } from '../model.ts';
import type { YamlValue } from './yaml-value.ts';

/** What became of a key: without a value it cannot be used, and the finding `ConfigInvalid` says why. */
export interface Reading<T> {
  value?: T;
  findings: readonly Finding[];
}

/** Reads the value of a key. @param key as the user knows it, for findings. @param value absent when the key is. */
export type Reader<T> = (value: YamlValue | undefined, key: string) => Reading<T>;

/** Answers that a key cannot be used. */
export function unusable(key: string, why: string): Reading<never> {
  return { findings: [finding('ConfigInvalid', key, why)] };
}

/** Tells something about a key; the message names it. */
export function finding(reason: FindingReason, key: string, text: string): Finding {
  return { reason, key, message: `${key}: ${text}` };
}

/** The text of a value that should be one. @returns undefined for a list or a mapping, and the empty text when it is missing. */
export function textOf(value: YamlValue | undefined): string | undefined {
  if (value === undefined) return '';
  return value.kind === 'text' ? value.text.trim() : undefined;
}
