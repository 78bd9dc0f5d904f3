import { EciKubeletError } from '../../errors.ts';
import { PodAccessError } from './pod-access-error.ts';

/** What a caller is told of a failure. */
export interface FailureAnswer {
  httpStatus: number;
  text: string;
}

/**
 * Says how a failure is answered: in words where it was raised on purpose, and without details of the program where it was not. Pure.
 */
export function failureAnswer(error: unknown): FailureAnswer {
  if (error instanceof PodAccessError) return { httpStatus: error.httpStatus, text: error.message };
  if (error instanceof EciKubeletError) return { httpStatus: 500, text: error.message };
  return { httpStatus: 500, text: 'internal error; see the log of eci-kubelet' };
}
