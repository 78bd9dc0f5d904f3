import type { Clock } from '../clock.ts';
import { noLog, noMetrics } from '../telemetry/types.ts';
import type { Logger, Metrics } from '../telemetry/types.ts';
import { callRetryDelayMs } from './call-retry.ts';
import { withDeadline } from './deadline.ts';
import { createDispatchers } from './dispatchers.ts';
import { createEndpointSource } from './endpoint.ts';
import { KubeApiError, isNotFound, localReasons } from './errors.ts';
import type { LoadedKubeConfig } from './kube-config.ts';
import { linkAbort } from './linked-abort.ts';
import { listPages } from './list-pages.ts';
import { kubeMetrics } from './metric-names.ts';
import { assertApiPath } from './resource-path.ts';
import { createTokenBucket } from './token-bucket.ts';
import { createTransport } from './transport.ts';
import type { ApiRequest } from './transport.ts';
import { trimMetadata } from './trim-metadata.ts';
import type { DeleteOptions, KubeClient, KubeObject, ListOptions, PatchType, WatchEvent } from './types.ts';
import { readWatchEvents } from './watch-stream.ts';

export interface KubeClientOptions {
  kubeConfig: LoadedKubeConfig;
  clock: Clock;
  /** Jitter of retries, in [0, 1). */
  random?: () => number;
  logger?: Logger;
  metrics?: Metrics;
  /** `eci-kubelet/<version>`. */
  userAgent?: string;
  /** Deadline of one attempt; a retry begins only within the same time after the call began. Default 15 s. */
  callTimeoutMs?: number;
  /** Longest silence of a watch. Must exceed the minute between two bookmarks. Default 90 s. */
  watchStallMs?: number;
  /** Calls per second over time. Default 50. */
  queriesPerSecond?: number;
  /** Calls at once before the rate applies. Default 100. */
  burst?: number;
  /** Takes secrets out of what the server says about failures, which goes into statuses. Default: nothing is taken out. */
  scrub?: (text: string) => string;
  /** Keeps `managedFields` and the kubectl annotation of listed and watched objects. Default false. */
  keepManagedFields?: boolean;
  /** Makes listed and watched objects smaller still, in place, before anything else is read. */
  trim?: (object: KubeObject) => void;
}

/** A client that owns connections. */
export interface ClosableKubeClient extends KubeClient {
  /** Ends idle connections now and busy ones when they are done. */
  close(): Promise<void>;
}

const patchContentTypes: Readonly<Record<PatchType, string>> = {
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  json: 'application/json-patch+json',
};

/** Creates the client. Nothing is sent before the first call. */
export function createKubeClient(options: KubeClientOptions): ClosableKubeClient {
  const { clock, random = Math.random, logger = noLog, metrics = noMetrics } = options;
  const { callTimeoutMs = 15_000, watchStallMs = 90_000, queriesPerSecond = 50, burst = 100 } = options;
  const bucket = createTokenBucket({ clock, perSecond: queriesPerSecond, burst });
  const dispatchers = createDispatchers();
  const endpoints = createEndpointSource({ loaded: options.kubeConfig, clock });
  const transport = createTransport({
    endpoints,
    dispatchers,
    userAgent: options.userAgent ?? 'eci-kubelet',
    scrub: options.scrub ?? ((text) => text),
  });

  const attempt = async (request: ApiRequest, signal: AbortSignal | undefined): Promise<string> => {
    await bucket.take(signal);
    const expired = (): Error => deadlineExceeded(request, callTimeoutMs);
    return withDeadline({ clock, timeoutMs: callTimeoutMs, expired, signal }, (both) => transport.send(request, both));
  };

  const call = async (request: ApiRequest, signal?: AbortSignal): Promise<string> => {
    assertApiPath(request.path);
    const startedAtMs = clock.nowMs();
    for (let attempts = 1; ; attempts += 1) {
      const sentAtMs = clock.nowMs();
      try {
        const text = await attempt(request, signal);
        record(request, 'ok', sentAtMs);
        return text;
      } catch (error) {
        signal?.throwIfAborted();
        const delayMs = callRetryDelayMs({
          error,
          readOnly: request.method === 'GET',
          attempt: attempts,
          elapsedMs: clock.nowMs() - startedAtMs,
          budgetMs: callTimeoutMs,
          random,
        });
        record(request, codeOf(error), sentAtMs);
        if (delayMs === undefined) throw error;
        if (logger.isDebugEnabled()) logger.debug('kubernetes call is retried', { ...named(request), delayMs });
        await clock.sleep(delayMs, signal);
      }
    }
  };

  const record = (request: ApiRequest, code: string, sentAtMs: number): void => {
    const verb = request.method.toLowerCase();
    metrics.count(kubeMetrics.requests, { verb, code });
    metrics.observe(kubeMetrics.requestDuration, (clock.nowMs() - sentAtMs) / 1000, { verb });
  };

  // What the caller takes the answer for is not checked: the API server is trusted to answer what its paths promise.
  const callJson = async <T>(request: ApiRequest): Promise<T> => parse(request, await call(request)) as T;
  const trim = (object: KubeObject): void => {
    if (options.keepManagedFields !== true) trimMetadata(object);
    options.trim?.(object);
  };

  return {
    get: (path) => callJson({ method: 'GET', path }),
    async list<T extends KubeObject>(path: string, listOptions: ListOptions = {}) {
      const fetchPage = (query: Record<string, string>): Promise<string> =>
        call({ method: 'GET', path, query }, listOptions.signal);
      return listPages<T>({ path, options: listOptions, fetchPage, trim });
    },
    create: (path, body) => callJson({ method: 'POST', path, body }),
    replace: (path, body) => callJson({ method: 'PUT', path, body }),
    patch: (path, body, type) => callJson({ method: 'PATCH', path, body, contentType: patchContentTypes[type] }),
    async delete(path, deleteOptions = {}) {
      try {
        await call({ method: 'DELETE', path, body: deleteBody(deleteOptions) });
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    },
    async *watch(path, query, signal): AsyncGenerator<WatchEvent, void, void> {
      const request: ApiRequest = { method: 'GET', path: assertApiPath(path), query: { ...query, watch: 'true' } };
      const link = linkAbort(signal);
      const connection = link.controller;
      try {
        await bucket.take(signal);
        const bytes = await transport.stream(request, connection.signal);
        metrics.count(kubeMetrics.requests, { verb: 'watch', code: 'ok' });
        for await (const event of readWatchEvents({ call: request, bytes, clock, stallMs: watchStallMs, connection })) {
          if (event.type !== 'ERROR') trim(event.object);
          yield event;
        }
      } catch (error) {
        metrics.count(kubeMetrics.requests, { verb: 'watch', code: codeOf(error) });
        throw error;
      } finally {
        connection.abort();
        link.unlink();
      }
    },
    close: () => dispatchers.close(),
  };
}

function deleteBody(options: DeleteOptions): object {
  const { uid, gracePeriodSeconds } = options;
  return {
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    ...(uid === undefined ? {} : { preconditions: { uid } }),
    ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
  };
}

function parse(request: ApiRequest, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message quotes the answer, which may be a Secret or a token.
    const message = `${request.method} ${request.path}: the answer is not JSON`;
    throw new KubeApiError({ message, reason: localReasons.badAnswer });
  }
}

function deadlineExceeded(request: ApiRequest, timeoutMs: number): KubeApiError {
  const message = `${request.method} ${request.path}: no answer within ${timeoutMs / 1000} s`;
  return new KubeApiError({ message, reason: localReasons.deadline });
}

function codeOf(error: unknown): string {
  if (!(error instanceof KubeApiError)) return 'error';
  return error.httpStatus === undefined ? error.reason : String(error.httpStatus);
}

function named(request: ApiRequest): Record<string, unknown> {
  return { action: `${request.method} ${request.path}` };
}
