import { Secret } from '../secret.ts';

const REDACTED = '[redacted]';

/**
 * Keys whose value is never printed, whatever it is. Compared without case, dashes and underscores. Client tokens and page
 * tokens are not secret and are left alone: they identify a request.
 */
const secretKey =
  /(?:secret|password|passwd|securitytoken|oidctoken|accesstoken|refreshtoken|idtoken|bearertoken|authorizationtoken|authorization|dockerconfigjson|dockercfg|signature|cookie)$|^(?:token|auth|credentials?|env|environment|environmentvar|imageregistrycredentials?|stringdata|content)$/;

/** Deeper than any value that is worth a log line; also ends cycles. */
const MAX_DEPTH = 6;
const MAX_ITEMS = 100;
const MAX_STACK_FRAMES = 12;

/** Makes any value fit for a log line: plain JSON data without secrets, bounded in depth and width. */
export type Redactor = (value: unknown, key?: string) => unknown;

/** Creates a redactor. @param scrub takes secrets out of a text that is otherwise fit to print. */
export function createRedactor(scrub: (text: string) => string): Redactor {
  function redact(value: unknown, key: string, depth: number): unknown {
    if (value === undefined || value === null || typeof value === 'boolean' || typeof value === 'number') return value;
    if (isSecretKey(key) || value instanceof Secret) return REDACTED;
    if (typeof value === 'string') return scrub(value);
    if (typeof value === 'bigint') return value.toString();
    if (typeof value !== 'object') return `[${typeof value}]`;
    if (value instanceof Date) return value.toJSON();
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return '[binary]';
    if (depth >= MAX_DEPTH) return '[…]';
    if (value instanceof Error) return redactError(value, depth);
    if (Array.isArray(value)) return value.slice(0, MAX_ITEMS).map((item) => redact(item, '', depth + 1));
    // Only a Map can have keys that are not strings.
    const entries: [unknown, unknown][] = value instanceof Map ? [...value] : Object.entries(value);
    return Object.fromEntries(
      entries.slice(0, MAX_ITEMS).map(([name, item]) => {
        const text = typeof name === 'string' ? name : `[${typeof name}]`;
        return [text, redact(item, text, depth + 1)];
      }),
    );
  }

  /** Own members come along: they hold code, action and request id. */
  function redactError(error: Error, depth: number): Record<string, unknown> {
    const members = Object.entries(error).map(([name, item]) => [name, redact(item, name, depth + 1)]);
    const frames = error.stack?.split('\n').filter((line) => /^\s+at /.test(line));
    return {
      ...Object.fromEntries(members),
      name: error.name,
      message: scrub(error.message),
      ...(frames === undefined ? {} : { stack: frames.slice(0, MAX_STACK_FRAMES).map((line) => line.trim()) }),
      ...(error.cause === undefined ? {} : { cause: redact(error.cause, '', depth + 1) }),
    };
  }

  return (value, key = '') => redact(value, key, 0);
}

/** Asks whether the value under a key must not be printed. */
export function isSecretKey(key: string): boolean {
  return secretKey.test(key.toLowerCase().replaceAll(/[-_.]/g, ''));
}
