import { constants } from 'node:os';

/** @returns the code by which a shell knows an end: 128 and the number of the signal where one ended the process. */
export function exitCodeOf(code: number | null, signal: NodeJS.Signals | null): number {
  return code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
}
