/** Fields of a log line. Keys are the same everywhere: `pod` (`namespace/name`), `containerGroupId`, `requestId`, `action`. */
export type LogFields = Readonly<Record<string, unknown>>;

/** What modules log through: a constant message plus fields. Implementations redact; callers never pass secrets anyway. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** Guards debug lines in hot paths: a disabled level still costs microseconds. */
  isDebugEnabled(): boolean;
  child(fields: LogFields): Logger;
}

/** A counter, gauge or histogram reduced to what callers need. Metric names and labels are declared once in `metrics.ts`. */
export interface Metrics {
  /** Adds to a counter. */
  count(name: string, labels?: Readonly<Record<string, string>>, by?: number): void;
  /** Sets a gauge. */
  gauge(name: string, value: number, labels?: Readonly<Record<string, string>>): void;
  /** Records one observation, in seconds for durations. */
  observe(name: string, value: number, labels?: Readonly<Record<string, string>>): void;
}

/** Discards everything; the default in tests and in offline commands. */
export const noMetrics: Metrics = { count: () => {}, gauge: () => {}, observe: () => {} };

/** Discards everything. */
export const noLog: Logger = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  isDebugEnabled: () => false,
  child: () => noLog,
};
