import { SimError } from '../types.ts';

/** @returns the refusal of an id that is unknown, deleted, or another account's. */
export function notFound(parameter: string, id: string): SimError {
  return new SimError(404, 'InvalidParameter.NotFound', `The specified ${parameter} ${id} does not exist.`);
}
