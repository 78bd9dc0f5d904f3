/**
 * The registry front: one plain registry behind a proxy that looks like ACR, for any number of hosts on one port. The host of a
 * request tells the registry; tokens are opaque and the front's own; the passwords that the token server accepts are those that
 * the simulated Container Registry issued and that have not expired. Blobs are served, where ACR redirects to object storage.
 * Source: distribution "token authentication" specification; ACR documentation on domain names.
 */
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { EciHost } from '../eci/host.ts';
import { createBearerTokens } from './bearer-tokens.ts';
import { startBuiltInStore } from './built-in-store.ts';
import { challengeOf } from './challenge.ts';
import { startDockerRegistry } from './docker-registry.ts';
import { findTarget, isOwnAddress, readRepositoryPath } from './front-target.ts';
import { createProxy } from './proxy.ts';
import type { RegistryStore } from './registry-store.ts';
import { resolveRegistry } from './resolve-registry.ts';
import { seedImages } from './seed-images.ts';
import { answerTokenRequest, registriesByService } from './token-endpoint.ts';

/** What the front is started with. */
export interface RegistryOptions {
  simulator: Pick<EciHost, 'acr' | 'authorizer' | 'clock' | 'fixture'>;
  /** Where images are kept; created if missing. */
  dataDir: string;
  /** Default: 0, a free one. */
  port?: number;
  /** Address to listen on. Default: 127.0.0.1. */
  host?: string;
  /** Path of docker-registry. Default: where Debian installs it. */
  binary?: string;
  /** Told once when the built-in store stands in. Default: standard error. */
  log?: (line: string) => void;
}

/** A running front. */
export interface RegistryFront {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts the store, fills it with the images of the fixture, and listens. @throws Error when the store does not start. */
export async function startRegistry(options: RegistryOptions): Promise<RegistryFront> {
  const { simulator, host = '127.0.0.1', port = 0 } = options;
  const registries = { acr: simulator.acr, fixture: simulator.fixture };
  const store = await startStore(options);
  const publicRepositories = await seedImages(store.socketPath, registries, simulator.fixture.images ?? []);
  const proxy = createProxy(store.socketPath);
  const tokens = createBearerTokens();
  const nowMs = (): number => simulator.clock.nowMs();
  const parts = {
    acr: simulator.acr,
    authorizer: simulator.authorizer,
    publicRepositories,
    tokens,
    nowMs,
    registries: { ...registries, byService: registriesByService(registries) },
  };
  let url = '';

  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    const requestHost = (request.headers.host ?? '').toLowerCase();
    const { pathname, search, searchParams } = new URL(request.url ?? '/', 'http://front');
    response.setHeader('docker-distribution-api-version', 'registry/2.0');
    if (pathname === '/auth') {
      const answer = request.method === 'GET' && answerTokenRequest(searchParams, request.headers.authorization, parts);
      const status = answer === false ? 405 : answer === undefined ? 401 : 200;
      sendJson(response, status, answer || refusal('UNAUTHORIZED', 'authentication required'));
      return;
    }
    const registry = resolveRegistry(requestHost, registries);
    if (registry === undefined && !isOwnAddress(requestHost)) {
      // There is no name resolution here; clients of the simulator read this as its failure.
      response.setHeader('x-sim-error', 'no such host');
      sendJson(response, 404, refusal('NAME_UNKNOWN', 'no such host'));
      return;
    }
    const bearer = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
    const grants = bearer === undefined ? undefined : tokens.read(bearer, nowMs());
    const challenge = (scope?: string): void => {
      const header = challengeOf(requestHost, { registry, frontUrl: url, ...(scope === undefined ? {} : { scope }) });
      response.setHeader('www-authenticate', header);
      sendJson(response, 401, refusal('UNAUTHORIZED', 'authentication required'));
    };
    const path = readRepositoryPath(pathname);
    if (path === undefined) {
      if (pathname !== '/v2/' && pathname !== '/v2') {
        sendJson(response, 404, refusal('NAME_UNKNOWN', 'not an address of a registry'));
      } else if (grants === undefined) {
        challenge();
      } else {
        sendJson(response, 200, {});
      }
      return;
    }
    const action = request.method === 'GET' || request.method === 'HEAD' ? 'pull' : 'push';
    const target = findTarget(requestHost, path, registries);
    const stored = target === undefined ? '' : `${target.registry.storage}/${target.repository}`;
    if (target === undefined || !(grants?.[stored]?.includes(action) ?? false)) {
      challenge(`repository:${path.repository}:${action === 'pull' ? 'pull' : 'pull,push'}`);
      return;
    }
    // Mounting names a second repository, for which nothing has been checked; clients then upload instead.
    const query = request.method === 'POST' && searchParams.has('mount') ? '' : search;
    proxy.forward(request, response, { path: `/v2/${stored}/${path.rest}${query}`, stored, shown: path.repository });
  };

  const server = createServer(handle);
  server.listen(port, host);
  await once(server, 'listening');
  const { port: bound } = server.address() as AddressInfo;
  url = `http://${host}:${bound}`;
  return {
    url,
    stop: async () => {
      proxy.close();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
      await store.stop();
    },
  };
}

async function startStore({ dataDir, binary, log }: RegistryOptions): Promise<RegistryStore> {
  await mkdir(dataDir, { recursive: true });
  const store = await startDockerRegistry(dataDir, binary);
  if (store !== undefined) {
    return store;
  }
  const tell = log ?? ((line: string) => process.stderr.write(`${line}\n`));
  tell('registry: docker-registry is not installed; images are kept in memory by the built-in store');
  return startBuiltInStore(join(dataDir, 'registry.sock'));
}

function refusal(code: string, message: string): Record<string, unknown> {
  return { errors: [{ code, message, detail: null }] };
}

function sendJson(response: ServerResponse, status: number, body: Record<string, unknown>): void {
  const text = JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  response.end(text);
}
