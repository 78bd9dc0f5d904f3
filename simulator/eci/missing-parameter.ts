import { SimError } from '../types.ts';

/** @returns the refusal of a request that lacks a parameter. */
export function missingParameter(name: string): SimError {
  return new SimError(
    400,
    'MissingParameter',
    `The input parameter "${name}" that is mandatory for processing this request is not supplied.`,
  );
}
