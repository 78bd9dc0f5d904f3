import type { SimError } from './types.ts';

/** What goes back over the wire; `drop` cuts the connection instead. */
export type Answer =
  | { kind: 'json'; status: number; body: unknown; headers?: Readonly<Record<string, string>> }
  | { kind: 'text'; status: number; contentType: string; text: string }
  | { kind: 'drop' };

/** CR of the Personal Edition writes members in lower camel case, and has no `Code`. */
const LOWER_CAMEL_VERSION = '2016-06-07';

/** Adds the request id to a successful answer. */
export function successAnswer(version: string, requestId: string, members: Record<string, unknown>): Answer {
  const id = version === LOWER_CAMEL_VERSION ? { requestId } : { RequestId: requestId };
  return { kind: 'json', status: 200, body: { ...id, ...members }, headers: { 'x-acs-request-id': requestId } };
}

/** Writes a refusal in the form that the SDKs read. */
export function errorAnswer(request: { version: string; requestId: string; host: string }, error: SimError): Answer {
  const { requestId, host } = request;
  const retryAfterMs = error.extra['retryAfterMs'];
  const extra = Object.entries(error.extra).filter(([name]) => name !== 'retryAfterMs');
  const body =
    request.version === LOWER_CAMEL_VERSION
      ? {
          code: error.code,
          message: error.message,
          requestId,
          ...Object.fromEntries(extra.map(([name, value]) => [name.charAt(0).toLowerCase() + name.slice(1), value])),
        }
      : {
          RequestId: requestId,
          HostId: host,
          Code: error.code,
          Message: error.message,
          Recommend: `https://api.aliyun.com/troubleshoot?q=${encodeURIComponent(error.code)}`,
          ...Object.fromEntries(extra),
        };
  return {
    kind: 'json',
    status: error.httpStatus,
    body,
    headers: {
      'x-acs-request-id': requestId,
      ...(typeof retryAfterMs === 'number' ? { 'x-acs-retry-after': String(retryAfterMs) } : {}),
    },
  };
}
