import type { Writable } from 'node:stream';
import { createRedactor, type Redactor } from './redact.ts';
import type { LogFields, Logger } from './types.ts';

export const logLevels = ['error', 'warn', 'info', 'debug'] as const;

export type LogLevel = (typeof logLevels)[number];

export interface LoggerOptions {
  level: LogLevel;
  /** `json`: one object per line, for collectors. `text`: for people. */
  format: 'json' | 'text';
  /** Standard error when absent, so that commands can print their result on standard output. */
  stream?: Writable;
  /** Takes secrets out of a text; every message and every text in a field goes through it. */
  scrub: (text: string) => string;
}

/** What is used of winston. */
interface LineWriter {
  log(level: LogLevel, message: string, fields: object): unknown;
}

/**
 * Creates the root logger. Fields are redacted here, in one place for every level and format; a field cannot replace the
 * time, level or message of a line.
 */
export async function createLogger({ level, format, stream = process.stderr, scrub }: LoggerOptions): Promise<Logger> {
  // Default import: inside a bundle a CommonJS package has no other.
  const { default: winston } = await import('winston');
  const { combine, timestamp, json, printf } = winston.format;
  const text = printf(({ timestamp: time, level: lineLevel, message, ...fields }) =>
    [time, lineLevel.toUpperCase().padEnd(5), message, ...Object.entries(fields).map(textField)].join(' '),
  );
  const writer = winston.createLogger({
    level,
    format: combine(timestamp(), format === 'json' ? json() : text),
    transports: [new winston.transports.Stream({ stream })],
  });
  return bind({ writer, threshold: level, redact: createRedactor(scrub) }, {});
}

interface Sink {
  writer: LineWriter;
  threshold: LogLevel;
  redact: Redactor;
}

function bind(sink: Sink, bound: LogFields): Logger {
  const isEnabled = (level: LogLevel): boolean => logLevels.indexOf(level) <= logLevels.indexOf(sink.threshold);
  const write = (level: LogLevel, message: string, fields?: LogFields): void => {
    // Checked before redacting: a disabled line must cost nothing.
    if (!isEnabled(level)) return;
    sink.writer.log(level, String(sink.redact(message)), lineFields({ ...bound, ...fields }, sink.redact));
  };
  return {
    debug: (message, fields) => write('debug', message, fields),
    info: (message, fields) => write('info', message, fields),
    warn: (message, fields) => write('warn', message, fields),
    error: (message, fields) => write('error', message, fields),
    isDebugEnabled: () => isEnabled('debug'),
    child: (fields) => bind(sink, { ...bound, ...fields }),
  };
}

/** Names that the line itself uses. winston would append a field called `message` to the message. */
const reservedNames: ReadonlySet<string> = new Set(['level', 'message', 'timestamp', 'splat']);

function lineFields(fields: LogFields, redact: Redactor): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [reservedNames.has(name) ? `${name}_` : name, redact(value, name)]),
  );
}

function textField([name, value]: [string, unknown]): string {
  // Control characters would reach the terminal of whoever reads along.
  const isPlain = typeof value === 'string' && /^[^\s"=\p{Cc}]+$/u.test(value);
  return `${name}=${isPlain ? value : JSON.stringify(value)}`;
}
