/** Effects that the API server accepts. Source: Kubernetes API reference, Taint v1 core. */
export const taintEffects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'] as const;

export type TaintEffect = (typeof taintEffects)[number];

export interface Taint {
  key: string;
  /** Empty when the taint has no value. */
  value: string;
  effect: TaintEffect;
}

const name = '[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?';

/** Grammar of `key[=value]:Effect`, the form that kubectl prints. The key may carry a DNS prefix. */
export const taintPattern = `^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?/)?${name}(=(${name})?)?:(${taintEffects.join('|')})$`;

/** Splits a taint that matches {@link taintPattern}. */
export function parseTaint(text: string): Taint {
  const colon = text.lastIndexOf(':');
  const [key = '', value = ''] = text.slice(0, colon).split('=');
  return { key, value, effect: text.slice(colon + 1) as TaintEffect };
}
