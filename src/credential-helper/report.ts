import type { EventReasonName } from '../event-reasons.ts';
import type { EventTarget } from '../kube/types.ts';

/** One thing to tell. */
export interface Report {
  reason: EventReasonName;
  /** Without secrets. */
  message: string;
  /**
   * What makes two reports the same, where the message holds something that differs each time, such as a request id. The
   * message itself when absent.
   */
  sameAs?: string;
}

/** Tells people what happened, as events. The same thing is told at most every ten minutes. Never throws, never blocks. */
export interface Reporter {
  /** On the object that holds the configuration; kept until that was seen. */
  aboutConfig(report: Report): void;
  on(target: EventTarget, report: Report): void;
}
