/** A stream that is being served. */
export interface RunningStream {
  /** Resolves when its connection is over. */
  readonly over: Promise<void>;
  /** Ends it because the process ends. */
  end(): void;
}

/** Starts what can no longer be refused. @returns undefined when the client did not do its part, or is gone. */
export type StartStream = () => Promise<RunningStream | undefined>;
