import type { Problem } from './types.ts';

/** Says a problem in one line: what it is about, the value as it was written, and what to do. */
export function describeProblem({ key, value, message }: Problem): string {
  if (key === '') return message;
  return value === '' ? `${key}: ${message}` : `${key}=${JSON.stringify(value)}: ${message}`;
}
