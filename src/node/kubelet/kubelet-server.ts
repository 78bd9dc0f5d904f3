/**
 * The HTTPS server that a Node publishes as its kubelet endpoint. Source: kubelet's server; routes in `routes.ts`. It differs
 * from kubelet where `docs/kubelet-api.md` says so: stricter towards callers, fewer routes.
 */
import { constants } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { SecureContextOptions } from 'node:tls';
import { EciKubeletError } from '../../errors.ts';
import type { Logger, Metrics } from '../../telemetry/types.ts';
import { admitRequest } from './admit-request.ts';
import type { AdmitRequestOptions } from './admit-request.ts';
import type { ClientAuthority } from './auth/client-authority.ts';
import { failureAnswer } from './failure-answer.ts';
import type { KubeletAnswers } from './kubelet-answers.ts';
import { PodAccessError } from './pod-access-error.ts';
import { refuseUpgrade } from './refuse-upgrade.ts';
import { matchRoute } from './routes.ts';
import type { StreamHandlers } from './stream-handlers.ts';
import type { CertificateAndKey, ServingCertificate } from './tls/serving-certificate.ts';

/** For whoever opens a connection and says nothing. Streams and followed logs may last for ever. */
const HEADERS_TIMEOUT_MS = 30_000;
/** Longer than the 90 s after which Go clients close idle connections: else a request meets a connection that just closed. */
const KEEP_ALIVE_MS = 120_000;

export interface KubeletServerOptions extends AdmitRequestOptions {
  /** All interfaces when absent. */
  address?: string;
  /** 0 takes any free one. */
  port: number;
  certificate: ServingCertificate;
  authority: ClientAuthority;
  /** A certificate with which nobody can sign anything: stands in while no authority is known. */
  nobody: string;
  answers: KubeletAnswers;
  streams: StreamHandlers;
  metrics: Metrics;
  logger: Logger;
}

export interface KubeletServer {
  /** Where it listens, to be published. */
  readonly port: number;
  /** Ends every connection, streams included. */
  close(): Promise<void>;
}

/**
 * Starts listening; what is asked before the node is ready is answered with 503.
 * @throws EciKubeletError `KubeletPortInUse` or what the certificate throws.
 */
export async function startKubeletServer(options: KubeletServerOptions): Promise<KubeletServer> {
  const { certificate, authority, nobody, answers, streams, metrics, logger } = options;
  const closing = new AbortController();
  let shown = await certificate.start();
  const server = createServer(
    {
      ...secureContext(shown, authority.current() ?? nobody),
      requestCert: true,
      // A token is as good as a certificate; whether one was verified is asked per request.
      rejectUnauthorized: false,
      headersTimeout: HEADERS_TIMEOUT_MS,
      // Bodies of streams have no end.
      requestTimeout: 0,
      keepAliveTimeout: KEEP_ALIVE_MS,
      handshakeTimeout: HEADERS_TIMEOUT_MS,
    },
    (request, response) => void serve(request, response),
  );

  const changed = (): void => {
    try {
      server.setSecureContext(secureContext(shown, authority.current() ?? nobody));
    } catch (error) {
      logger.error('a certificate cannot be used; the one before is kept', { error });
      return;
    }
    // Connections were verified against the authority of their time.
    server.closeIdleConnections();
  };
  certificate.onChange((next) => {
    shown = next;
    changed();
  });
  authority.onChange(changed);

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const signal = AbortSignal.any([gone.signal, closing.signal]);
    try {
      const admitted = await admitRequest(request, options);
      await answers.answer({ request, response, ...admitted, signal });
    } catch (error) {
      if (signal.aborted) response.destroy();
      else refuse(request, response, error);
    } finally {
      count(request, response.headersSent ? response.statusCode : 499);
    }
  }

  function refuse(request: IncomingMessage, response: ServerResponse, error: unknown): void {
    if (response.headersSent) {
      // The only way left to say that something is missing.
      logger.warn('an answer of the kubelet API broke off', { route: routeOf(request), error });
      response.destroy();
      return;
    }
    const { httpStatus, text } = explain(request, error);
    response.writeHead(httpStatus, {
      'content-type': 'text/plain; charset=utf-8',
      'x-content-type-options': 'nosniff',
      ...(httpStatus === 401 ? { 'www-authenticate': 'Bearer' } : {}),
    });
    response.end(`${text}\n`);
  }

  function explain(request: IncomingMessage, error: unknown): { httpStatus: number; text: string } {
    const answer = failureAnswer(error);
    if (!(error instanceof PodAccessError)) {
      logger.error('a request to the kubelet API failed', { route: routeOf(request), error });
    }
    return answer;
  }

  async function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    // Whoever leaves before anybody listens must not end the program.
    socket.on('error', () => {});
    try {
      const { match, query, user } = await admitRequest(request, options);
      const { answer } = match.route;
      if (answer !== 'exec' && answer !== 'attach' && answer !== 'portForward') {
        throw new PodAccessError('NoUpgrade', 'this path speaks no other protocol', { httpStatus: 400 });
      }
      const route = answers.streamRoute(answer, match, query);
      streams.upgrade({ request, socket, head, route, user });
      count(request, 101);
    } catch (error) {
      const { httpStatus, text } = explain(request, error);
      refuseUpgrade(socket, httpStatus, text);
      count(request, httpStatus);
    }
  }

  function count(request: IncomingMessage, code: number): void {
    metrics.count('eci_kubelet_api_requests_total', { route: routeOf(request), code: String(code) });
  }

  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => void upgrade(request, socket, head));
  server.on('tlsClientError', (error) => logger.debug('a connection to the kubelet API failed', { error }));
  await listen(server, options);
  return {
    // A listening TCP server has an address object; only pipes have text.
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      closing.abort();
      await streams.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** The pattern, not the path: names of Pods would make a metric of their own each. */
function routeOf(request: IncomingMessage): string {
  return matchRoute((request.url ?? '/').split('?')[0] ?? '/').route.pattern;
}

/** Without session tickets: a resumed session would keep the identity of an authority that is no longer trusted. */
function secureContext(shown: CertificateAndKey, authority: string): SecureContextOptions {
  return {
    cert: shown.certificate,
    key: shown.key,
    // Never left out: without it Node.js trusts every public authority to name our users.
    ca: authority,
    minVersion: 'TLSv1.2',
    secureOptions: constants.SSL_OP_NO_TICKET,
  };
}

async function listen(
  server: ReturnType<typeof createServer>,
  { port, address }: Pick<KubeletServerOptions, 'port' | 'address'>,
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const where = `${address ?? 'all interfaces'}, port ${port}`;
      const message = `the kubelet API cannot listen on ${where}: ${error.code ?? error.message}; choose another --kubelet-port`;
      reject(new EciKubeletError('KubeletPortUnusable', message, { cause: error }));
    });
    server.listen({ port, ...(address === undefined ? {} : { host: address }) }, () => {
      server.removeAllListeners('error');
      resolve();
    });
  });
}
