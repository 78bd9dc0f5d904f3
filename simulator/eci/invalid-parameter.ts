import { SimError } from '../types.ts';

/** @returns the refusal of a parameter whose value cannot be used. @param problem continues a sentence: `must be …`. */
export function invalidParameter(name: string, problem: string): SimError {
  return new SimError(400, 'InvalidParameter', `The specified parameter ${name} is invalid: it ${problem}.`);
}
