import type { Asked } from './annotation.ts';

/** Annotations that are fine one by one and cannot be used together. */
export interface CombinationRule<Request, Context> {
  /** The annotation that the problem is reported for. Its value is shown. */
  key: string;
  /** What is wrong and what to do. Also a line of the reference page. */
  message: string;
  violated(asked: Asked<Request>, context: Context): boolean;
}
