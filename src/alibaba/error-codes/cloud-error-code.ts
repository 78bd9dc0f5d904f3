import type { ErrorClass } from '../errors.ts';

/** What is known about one code of the cloud, or about a family of codes when the key ends in `*`. */
export interface CloudErrorCode {
  class: ErrorClass;
  /** When the cloud answers with it. */
  when: string;
  /** What a person can do; absent where the advice for the class says it all. */
  remedy?: string;
}

export type CloudErrorCodes = Readonly<Record<string, CloudErrorCode>>;
