/**
 * Turns whatever the SDKs throw into one class. Two generations of them are in use, which throw different things for the
 * same answer; HTML pages and broken connections surface as `SyntaxError`, `TypeError` and plain errors.
 * Observed: openapi-core 1.0.8, openapi-client 0.4.15, `httpx` 2.3.3, November 2026.
 */
import { isObject, readText } from './untyped.ts';
import { AlibabaCloudError, localCodes, type AccessDeniedDetail } from './errors.ts';
import { scrub } from './scrub.ts';
import type { Secret } from '../secret.ts';

export interface SdkErrorContext {
  action: string;
  /** Values that the request carried and that must not come back in a message. */
  secrets?: readonly Secret[];
}

/** Error codes of Node.js, undici and OpenSSL for a connection that could not be made or did not hold. */
const networkCode =
  /^(?:E[A-Z_]{3,}|UND_ERR_[A-Z_]+|CERT_[A-Z_]+|ERR_(?:TLS|SSL)_[A-Z_]+|[A-Z_]*SELF_SIGNED[A-Z_]*|UNABLE_TO_[A-Z_]+)$/;
const timeoutCode = /^(?:ETIMEDOUT|ESOCKETTIMEDOUT|UND_ERR_(?:HEADERS|BODY|CONNECT)_TIMEOUT)$/;

/** Asks whether a kept-alive connection had been closed by the other side: worth one more try at once. */
export function isConnectionReset(thrown: unknown): boolean {
  const code = networkCodeOf(thrown);
  return code === 'ECONNRESET' || code === 'EPIPE' || code === 'UND_ERR_SOCKET';
}

/** Makes an AlibabaCloudError of any thrown value. One that already is passes through. */
export function toAlibabaCloudError(thrown: unknown, context: SdkErrorContext): AlibabaCloudError {
  if (thrown instanceof AlibabaCloudError) return thrown;
  if (isObject(thrown)) {
    const answer = isObject(thrown['data']) ? thrown['data'] : {};
    const code = readText(answer, 'Code', 'code') ?? definite(thrown['code']);
    const isAnswer = statusOf(thrown, answer) !== undefined;
    if (code !== undefined && (isAnswer || networkCodeOf(thrown) === undefined)) return refusal(thrown, code, context);
    if (isAnswer) return badAnswer(thrown, context);
  }
  const code = networkCodeOf(thrown);
  const name = thrown instanceof Error ? thrown.name : undefined;
  if (name === 'RequestTimeoutError' || name === 'TimeoutError' || (code !== undefined && timeoutCode.test(code))) {
    return timeoutError(context.action);
  }
  if (code !== undefined) {
    return new AlibabaCloudError({
      code: localCodes.unreachable,
      action: context.action,
      message: `${context.action} failed: no connection (${code})`,
    });
  }
  return badAnswer(thrown, context);
}

/** The error for a call that ran into its deadline. */
export function timeoutError(action: string): AlibabaCloudError {
  return new AlibabaCloudError({ code: localCodes.timeout, action, message: `${action} failed: no answer in time` });
}

function refusal(thrown: object, code: string, { action, secrets }: SdkErrorContext): AlibabaCloudError {
  const source: Record<string, unknown> = { ...thrown };
  const answer = isObject(source['data']) ? source['data'] : {};
  const said = readText(answer, 'Message', 'message') ?? (thrown instanceof Error ? thrown.message : undefined) ?? '';
  const httpStatus = statusOf(source, answer);
  const requestId = readText(answer, 'RequestId', 'requestId') ?? definite(source['requestId']);
  const retryAfterMs = source['retryAfter'];
  const accessDenied = accessDeniedDetail(
    answer['AccessDeniedDetail'] ?? answer['accessDeniedDetail'] ?? source['accessDeniedDetail'],
  );
  return new AlibabaCloudError({
    code: scrub(code, secrets),
    action,
    message: `${action} failed: ${scrub([code, said].filter((part) => part !== '').join(', '), secrets)}`,
    ...(httpStatus === undefined ? {} : { httpStatus }),
    ...(requestId === undefined ? {} : { requestId: scrub(requestId, secrets) }),
    ...(typeof retryAfterMs === 'number' && retryAfterMs >= 0 ? { retryAfterMs } : {}),
    ...(accessDenied === undefined ? {} : { accessDenied }),
  });
}

function badAnswer(thrown: unknown, { action }: SdkErrorContext): AlibabaCloudError {
  const source: Record<string, unknown> = isObject(thrown) ? { ...thrown } : {};
  const httpStatus = statusOf(source, isObject(source['data']) ? source['data'] : {});
  // The text of a SyntaxError quotes the answer, which is not ours to repeat; the name is enough to tell what happened.
  const name = thrown instanceof Error ? thrown.name : typeof thrown;
  return new AlibabaCloudError({
    code: localCodes.badAnswer,
    action,
    message: `${action} failed: the answer is not that of the service (${name})`,
    ...(httpStatus === undefined ? {} : { httpStatus }),
  });
}

function accessDeniedDetail(value: unknown): AccessDeniedDetail | undefined {
  if (!isObject(value)) return undefined;
  const members = {
    authAction: readText(value, 'AuthAction', 'authAction'),
    policyType: readText(value, 'PolicyType', 'policyType'),
    noPermissionType: readText(value, 'NoPermissionType', 'noPermissionType'),
    principalDisplayName: readText(value, 'AuthPrincipalDisplayName', 'authPrincipalDisplayName'),
  };
  return Object.fromEntries(Object.entries(members).filter(([, text]) => text !== undefined));
}

function statusOf(
  thrown: Readonly<Record<string, unknown>>,
  answer: Readonly<Record<string, unknown>>,
): number | undefined {
  const status = thrown['statusCode'] ?? answer['statusCode'];
  return typeof status === 'number' ? status : undefined;
}

/** The SDKs write the word `undefined` where the answer had no member. */
function definite(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value !== 'undefined' ? value : undefined;
}

/** Looks at the error and its causes: `fetch` hides the interesting one below a TypeError. */
function networkCodeOf(thrown: unknown): string | undefined {
  let current = thrown;
  for (let depth = 0; depth < 5 && isObject(current); depth += 1) {
    const code = current['code'];
    if (typeof code === 'string' && networkCode.test(code)) return code;
    current = current['cause'];
  }
  return undefined;
}
