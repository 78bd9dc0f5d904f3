import type { Dispatcher } from 'undici';
import type { Dispatchers, DispatcherPurpose } from './dispatchers.ts';
import type { Endpoint, EndpointSource } from './endpoint.ts';
import { errorFromAnswer, errorFromTransport } from './error-mapping.ts';
import type { KubeApiError } from './errors.ts';

/** One request, before credentials are added. */
export interface ApiRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  query?: Readonly<Record<string, string>>;
  body?: object;
  contentType?: string;
}

/** Sends single requests: no retries except one after a 401, no deadline of its own. */
export interface Transport {
  /**
   * @returns the answer's text.
   * @throws KubeApiError for every answer that is no success and for every broken connection.
   */
  send(request: ApiRequest, signal: AbortSignal): Promise<string>;
  /** @returns the bytes of a successful answer as they arrive; leaving the loop closes the connection. */
  stream(request: ApiRequest, signal: AbortSignal): Promise<AsyncIterable<Buffer>>;
}

/** Connects requests with the endpoint, its current credentials and the connection pools. */
export function createTransport(options: {
  endpoints: EndpointSource;
  dispatchers: Dispatchers;
  userAgent: string;
  /** Takes secrets out of what the server said about a failure. */
  scrub: (text: string) => string;
}): Transport {
  const { endpoints, dispatchers, userAgent, scrub } = options;

  const readFailure = async (
    request: ApiRequest,
    answer: Dispatcher.ResponseData,
    signal: AbortSignal,
  ): Promise<KubeApiError> => {
    const body = await readText(request, answer, signal);
    return errorFromAnswer(request, { httpStatus: answer.statusCode, headers: answer.headers, body }, scrub);
  };

  const exchange = async (
    request: ApiRequest,
    endpoint: Endpoint,
    purpose: DispatcherPurpose,
    signal: AbortSignal,
  ): Promise<Dispatcher.ResponseData> => {
    const dispatcher = await dispatchers.get(endpoint.tls, purpose);
    try {
      const url = new URL(`${endpoint.baseUrl}${request.path}`);
      for (const [name, value] of Object.entries(request.query ?? {})) url.searchParams.set(name, value);
      const body = request.body === undefined ? null : JSON.stringify(request.body);
      const headers = { ...endpoint.headers, ...bodyHeaders(request, body), accept: 'application/json' };
      const init = { method: request.method, headers: { ...headers, 'user-agent': userAgent }, body, signal };
      return await dispatcher.request({ ...init, origin: url.origin, path: `${url.pathname}${url.search}` });
    } catch (error) {
      throw mapFailure(request, error, signal);
    }
  };

  const exchangeAuthorized = async (
    request: ApiRequest,
    purpose: DispatcherPurpose,
    signal: AbortSignal,
  ): Promise<Dispatcher.ResponseData> => {
    const endpoint = await endpoints.current();
    const answer = await exchange(request, endpoint, purpose, signal);
    if (answer.statusCode < 300) return answer;
    const error = await readFailure(request, answer, signal);
    if (answer.statusCode !== 401) throw error;
    // The token may just have been rotated. A server that answers 401 has done nothing, so even a create may follow.
    const renewed = await endpoints.renew(endpoint).catch(() => undefined);
    if (renewed === undefined) throw error;
    const second = await exchange(request, renewed, purpose, signal);
    if (second.statusCode >= 300) throw await readFailure(request, second, signal);
    return second;
  };

  return {
    async send(request, signal) {
      const answer = await exchangeAuthorized(request, 'call', signal);
      return readText(request, answer, signal);
    },
    async stream(request, signal) {
      const answer = await exchangeAuthorized(request, 'watch', signal);
      return readChunks(request, answer, signal);
    },
  };
}

/**
 * Content-Length is set even where Node.js would leave it out.
 * Observed: a DELETE with a body and without it is read by kube-apiserver as one without options: the UID precondition
 * is ignored, and the body is taken for the next request on the connection.
 */
function bodyHeaders(request: ApiRequest, body: string | null): Record<string, string> {
  if (body === null) return {};
  const contentType = request.contentType ?? 'application/json';
  return { 'content-type': contentType, 'content-length': String(Buffer.byteLength(body)) };
}

async function readText(request: ApiRequest, answer: Dispatcher.ResponseData, signal: AbortSignal): Promise<string> {
  try {
    return await answer.body.text();
  } catch (error) {
    throw mapFailure(request, error, signal);
  }
}

async function* readChunks(
  request: ApiRequest,
  answer: Dispatcher.ResponseData,
  signal: AbortSignal,
): AsyncGenerator<Buffer, void, void> {
  try {
    for await (const chunk of answer.body) yield Buffer.from(chunk);
  } catch (error) {
    throw mapFailure(request, error, signal);
  }
}

/** An abort keeps its own reason, so that a deadline and a shutdown can be told apart from a broken connection. */
function mapFailure(request: ApiRequest, error: unknown, signal: AbortSignal): unknown {
  return signal.aborted ? signal.reason : errorFromTransport(request, error);
}
