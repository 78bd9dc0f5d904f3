import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EciKubeletError } from '../errors.ts';
import type { Logger } from './types.ts';

const PLAIN_TEXT = 'text/plain; charset=utf-8';
/** Longer than any probe or scrape; ends connections that say nothing. */
const REQUEST_TIMEOUT_MS = 10_000;

/** Whether something is in order, and if not, why; the reason is shown to whoever asks. */
export type HealthCheck = () => { ok: true } | { ok: false; reason: string };

/** What a path is answered with. */
export interface Page {
  contentType: string;
  body: string;
}

export interface HealthServerOptions {
  /** `host:port`; port 0 takes any free one. */
  address: string;
  metrics: { contentType: string; text(): Promise<string> };
  /** Served at `/readyz`: false while the program cannot do its work yet, or no longer. */
  ready: HealthCheck;
  /** Served at `/healthz`: false means restart me. Always true when absent. */
  alive?: HealthCheck;
  /** Further paths, such as `/status`, each made anew for every request. */
  routes?: Readonly<Record<`/${string}`, () => Promise<Page>>>;
  log: Logger;
}

export interface HealthServer {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Serves `/metrics`, `/healthz`, `/readyz` and further routes without authentication: what they say is meant for the cluster.
 * @throws EciKubeletError `InvalidAddress`, or the listening error of Node.js, for example `EADDRINUSE`.
 */
export async function startHealthServer(options: HealthServerOptions): Promise<HealthServer> {
  const { metrics, ready, alive = () => ({ ok: true }), routes = {}, log } = options;
  const further = new Map(Object.entries(routes));
  const known = ['/metrics', '/healthz', '/readyz', ...further.keys()];
  const { host, port } = splitAddress(options.address);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '/').split('?')[0];
    if (request.method !== 'GET' && request.method !== 'HEAD') return send(response, 405, 'only GET\n');
    if (path === '/healthz') return sendCheck(response, alive);
    if (path === '/readyz') return sendCheck(response, ready);
    if (path === '/metrics') return send(response, 200, await metrics.text(), metrics.contentType);
    const page = await further.get(path ?? '')?.();
    if (page !== undefined) return send(response, 200, page.body, page.contentType);
    return send(response, 404, `try ${known.slice(0, -1).join(', ')} or ${known.at(-1)}\n`);
  }

  const server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS }, (request, response) => {
    answer(request, response).catch((error: unknown) => {
      log.error('Health endpoint failed', { path: request.url, error });
      if (!response.headersSent) send(response, 500, 'failed; see the log\n');
    });
  });
  server.listen({ port, ...(host === '' ? {} : { host }) });
  await once(server, 'listening');
  // Afterwards there are errors of single connections, such as a process out of file descriptors, which must end nothing.
  server.on('error', (error) => log.warn('Health server could not accept a connection', { error }));
  return {
    // A listening TCP server has an address object; only pipes have text.
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
      }),
  };
}

function sendCheck(response: ServerResponse, check: HealthCheck): void {
  const result = check();
  if (result.ok) send(response, 200, 'ok\n');
  else send(response, 503, `${result.reason}\n`);
}

function send(response: ServerResponse, status: number, body: string, contentType = PLAIN_TEXT): void {
  response.writeHead(status, { 'content-type': contentType });
  response.end(body);
}

function splitAddress(address: string): { host: string; port: number } {
  const [, host, port] = /^(.*):(\d{1,5})$/.exec(address) ?? [];
  if (host === undefined || Number(port) > 65_535) {
    throw new EciKubeletError(
      'InvalidAddress',
      `"${address}" is not an address: write host:port, or :port for all interfaces`,
    );
  }
  return { host: host.replace(/^\[(.*)\]$/, '$1'), port: Number(port) };
}
