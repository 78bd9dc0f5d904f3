import type { PullContext } from './pull-context.ts';

/** What was found, and what to do about it, in this case. */
export interface Finding {
  message: string;
  remedy: string;
}

/** One known reason why a Pod cannot pull. The reference page of causes is generated from these rows. */
export interface Cause {
  /** Stable: scripts rely on it. */
  id: string;
  /** When it is the case, for the reference page. */
  when: string;
  /** What to do, for the reference page. */
  remedy: string;
  /** Nothing about the helper matters any more. */
  final?: true;
  /** The image may be pulled all the same. */
  harmless?: true;
  /** Stands against the pull although there are credentials; other causes are not looked for then. */
  despiteCredentials?: true;
  /** Ids of causes of which this one is a mere consequence: it is left out beside any of them. */
  explainedBy?: readonly string[];
  /** @returns undefined when it is not the case. Pure. */
  find(context: PullContext): Finding | undefined;
}
