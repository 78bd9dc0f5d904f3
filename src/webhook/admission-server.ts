import { createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../clock.ts';
import type { Secret } from '../secret.ts';
import type { Logger, Metrics } from '../telemetry/types.ts';
import { parseReview, writeReview, type AdmissionHandler } from './admission-review.ts';

/** An object has at most 1.5 MB in etcd; a review holds it twice on updates. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;
/** Longer than the API server waits for any webhook. */
const REQUEST_TIMEOUT_MS = 30_000;
/**
 * Longer than API servers keep idle connections, which is 90 s, so that it is always they who close: a request that meets a closing
 * connection is lost, and with it what the webhook would have done.
 * Source: k8s.io/apimachinery, SetTransportDefaults.
 */
const KEEP_ALIVE_MS = 120_000;

/** What an admission server is made of. */
export interface AdmissionServerOptions {
  host: string;
  /** 0 takes any free one. */
  port: number;
  /** Finds the handler of a path. */
  handlerOf: (path: string) => AdmissionHandler | undefined;
  clock: Clock;
  logger: Logger;
  metrics: Metrics;
}

/** Answers the API server over TLS. Without a certificate, which comes later and changes, it answers nobody. */
export class AdmissionServer {
  readonly #options: AdmissionServerOptions;
  readonly #server: Server;
  #isDraining = false;

  constructor(options: AdmissionServerOptions) {
    this.#options = options;
    const settings = {
      requestTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      minVersion: 'TLSv1.2',
    } as const;
    this.#server = createServer(settings, (request, response) => {
      // An answer that says so closes a connection without a race, unlike closing it while nothing is asked.
      if (this.#isDraining) response.setHeader('connection', 'close');
      this.#answer(request, response).catch((error: unknown) => {
        options.logger.error('an admission request failed', { path: request.url, error });
        if (!response.headersSent) send(response, 500, { error: 'failed; see the log' });
      });
    });
  }

  /** Uses a certificate for connections from now on. */
  use(certificate: { certificate: string; key: Secret }): void {
    this.#server.setSecureContext({ cert: certificate.certificate, key: certificate.key.reveal() });
  }

  /** @returns the port. @throws the listening error of Node.js, for example `EADDRINUSE`. */
  async listen(): Promise<number> {
    const { host, port, logger } = this.#options;
    const listening = Promise.withResolvers<void>();
    this.#server.once('error', listening.reject).once('listening', listening.resolve);
    try {
      this.#server.listen({ host, port });
      await listening.promise;
    } finally {
      this.#server.off('error', listening.reject).off('listening', listening.resolve);
    }
    // From here on there are errors of single connections, such as a process out of file descriptors, which must end nothing.
    this.#server.on('error', (error) => logger.warn('the server of webhooks could not accept a connection', { error }));
    // A listening TCP server has an address object; only pipes have text.
    return (this.#server.address() as AddressInfo).port;
  }

  /** Goes on answering, and has callers leave: each connection ends with its next answer. */
  drain(): void {
    this.#isDraining = true;
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeIdleConnections();
      // Whoever still waits for an answer has given up by then.
      setTimeout(() => this.#server.closeAllConnections(), 1000).unref();
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { handlerOf, clock, metrics } = this.#options;
    const path = new URL(request.url ?? '/', 'https://localhost').pathname;
    const handler = handlerOf(path);
    if (handler === undefined) return send(response, 404, { error: 'there is no such webhook' });
    if (request.method !== 'POST') return send(response, 405, { error: 'only POST' });
    const startedAtMs = clock.nowMs();
    const count = (result: 'patched' | 'unchanged' | 'failed'): void => {
      metrics.count('eci_kubelet_admission_requests_total', { webhook: path, result });
      metrics.observe('eci_kubelet_admission_seconds', (clock.nowMs() - startedAtMs) / 1000, { webhook: path });
    };
    const body = await readBody(request);
    const review = body === undefined ? undefined : parseReview(body);
    if (review === undefined) {
      count('failed');
      return send(response, body === undefined ? 413 : 400, { error: 'the body is no AdmissionReview' });
    }
    try {
      const answer = await handler(review);
      count((answer.patch ?? []).length > 0 ? 'patched' : 'unchanged');
      send(response, 200, writeReview(review.uid, answer));
    } catch (error) {
      count('failed');
      throw error;
    }
  }
}

/** @returns undefined for a body that is too long, of which the rest is not read. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
