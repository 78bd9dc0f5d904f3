import { KubeApiError, localReasons } from './errors.ts';
import type { StatusCause, StatusDetails } from './errors.ts';

/** One request as errors name it: `GET /api/v1/pods`. Without query, which may be long and says nothing to people. */
export interface CallName {
  method: string;
  path: string;
}

/** An answer that is no success. Header names are lower case. */
export interface FailedAnswer {
  httpStatus: number;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: string;
}

const maxMessageLength = 1000;

/** Reasons for answers without a Status body, as proxies and load balancers send them. */
const reasonsByHttpStatus: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  409: 'Conflict',
  410: 'Gone',
  415: 'UnsupportedMediaType',
  422: 'Invalid',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'ServiceUnavailable',
  504: 'Timeout',
};

/** System errors after which not one byte of the request can have reached the server. */
const neverSentCodes: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'EAI_AGAIN',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/**
 * Maps an answer that is no success; the server's `Retry-After` wins over the hint inside the Status.
 * @param scrub takes secrets out of what the server said: a proxy may quote our headers, a validation what somebody wrote.
 */
export function errorFromAnswer(
  call: CallName,
  answer: FailedAnswer,
  scrub: (text: string) => string = (text) => text,
): KubeApiError {
  const status = parseStatus(answer.body);
  const reason = status?.reason || (reasonsByHttpStatus[answer.httpStatus] ?? 'Unknown');
  const said = status?.message || '(no message)';
  return new KubeApiError({
    message: `${call.method} ${call.path}: ${answer.httpStatus} ${reason}: ${cut(scrub(said))}`,
    reason,
    httpStatus: answer.httpStatus,
    details: status?.details,
    retryAfterMs: retryAfterMs(answer.headers['retry-after'], status?.details?.retryAfterSeconds),
  });
}

/** Maps the Status object inside a watch's ERROR event, which comes in an answer whose HTTP status was 200. */
export function errorFromWatchStatus(call: CallName, object: unknown): KubeApiError {
  const code = isRecord(object) && typeof object['code'] === 'number' ? object['code'] : 500;
  return errorFromAnswer(call, { httpStatus: code, headers: {}, body: JSON.stringify(object) });
}

/**
 * Maps a failure of the connection. The original is kept as `cause` unless it quotes the answer, as the errors of the HTTP parser
 * do: it may be a Secret or a token.
 */
export function errorFromTransport(call: CallName, cause: unknown): KubeApiError {
  const code = systemCode(cause);
  return new KubeApiError({
    message: `${call.method} ${call.path}: the API server did not answer (${code ?? describe(cause)})`,
    reason: localReasons.unreachable,
    neverSent: code !== undefined && neverSentCodes.has(code),
    ...(isRecord(cause) && 'data' in cause ? {} : { cause }),
  });
}

/** Finds the system code of a failed connection, also inside the errors that `undici` wraps around it. */
function systemCode(error: unknown): string | undefined {
  if (!isRecord(error)) return undefined;
  if (typeof error['code'] === 'string') return error['code'];
  if (Array.isArray(error['errors'])) return systemCode(error['errors'][0]);
  return error['cause'] === error ? undefined : systemCode(error['cause']);
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown failure';
}

function parseStatus(
  body: string,
): { reason: string; message: string; details: StatusDetails | undefined } | undefined {
  const value = parseJson(body);
  if (!isRecord(value)) return undefined;
  const text = (key: string): string => (typeof value[key] === 'string' ? value[key] : '');
  return { reason: text('reason'), message: text('message'), details: parseDetails(value['details']) };
}

function parseDetails(value: unknown): StatusDetails | undefined {
  if (!isRecord(value)) return undefined;
  const details: StatusDetails = {};
  if (typeof value['name'] === 'string') details.name = value['name'];
  if (typeof value['kind'] === 'string') details.kind = value['kind'];
  if (typeof value['retryAfterSeconds'] === 'number') details.retryAfterSeconds = value['retryAfterSeconds'];
  if (Array.isArray(value['causes'])) details.causes = value['causes'].filter(isRecord).map(parseCause);
  return details;
}

function parseCause(value: Record<string, unknown>): StatusCause {
  const cause: StatusCause = {};
  if (typeof value['field'] === 'string') cause.field = value['field'];
  if (typeof value['reason'] === 'string') cause.reason = value['reason'];
  if (typeof value['message'] === 'string') cause.message = value['message'];
  return cause;
}

/** Only the form in seconds: the API server never sends a date. */
function retryAfterMs(header: string | string[] | undefined, detailSeconds: number | undefined): number | undefined {
  const text = Array.isArray(header) ? header[0] : header;
  const seconds = text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) : detailSeconds;
  return seconds === undefined ? undefined : seconds * 1000;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function cut(text: string): string {
  return text.length > maxMessageLength ? `${text.slice(0, maxMessageLength)}…` : text;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
