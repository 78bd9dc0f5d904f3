/** What a command may touch of the process. Tests pass their own. */
export interface CommandIo {
  /** Arguments after the program's name. */
  argv: readonly string[];
  environment: Readonly<Record<string, string | undefined>>;
  stdin: AsyncIterable<string | Uint8Array>;
  stdout: TextSink;
  stderr: TextSink;
  /** Fires when the process is asked to stop. Called at most once, by commands that go on until then. */
  untilSignalled(): AbortSignal;
}

export interface TextSink {
  write(text: string): unknown;
}
