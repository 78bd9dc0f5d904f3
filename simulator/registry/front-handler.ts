import type { IncomingMessage, ServerResponse } from 'node:http';
import { challengeOf } from './challenge.ts';
import { findTarget, isOwnAddress, readRepositoryPath } from './front-target.ts';
import type { RepositoryPath } from './front-target.ts';
import type { Proxy } from './proxy.ts';
import { isReachable, resolveRegistry } from './resolve-registry.ts';
import { answerTokenRequest } from './token-endpoint.ts';
import type { TokenParts } from './token-endpoint.ts';

/** What the front answers with. */
export interface FrontParts extends TokenParts {
  readonly proxy: Proxy;
  /** The front's own address, known once it listens. */
  frontUrl(): string;
}

interface Exchange {
  readonly parts: FrontParts;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly host: string;
  readonly url: URL;
}

/** Answers token requests, challenges whoever has no token, and passes the rest on to the store. */
export function createFrontHandler(parts: FrontParts): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    const host = (request.headers.host ?? '').toLowerCase();
    const exchange = { parts, request, response, host, url: new URL(request.url ?? '/', 'http://front') };
    const { pathname } = exchange.url;
    const path = readRepositoryPath(pathname);
    response.setHeader('docker-distribution-api-version', 'registry/2.0');
    if (pathname === '/auth') {
      answerToken(exchange);
    } else if (!isReachable(host, parts.registries) && !isOwnAddress(host)) {
      // There is no name resolution here; clients of the simulator read this as its failure.
      response.setHeader('x-sim-error', 'no such host');
      sendJson(response, 404, refusal('NAME_UNKNOWN', 'no such host'));
    } else if (path !== undefined) {
      answerRepository(exchange, path);
    } else if (pathname === '/v2/' || pathname === '/v2') {
      if (grantsOf(exchange) === undefined) {
        challenge(exchange);
      } else {
        sendJson(response, 200, {});
      }
    } else {
      sendJson(response, 404, refusal('NAME_UNKNOWN', 'not an address of a registry'));
    }
  };
}

function answerToken({ parts, request, response, url }: Exchange): void {
  // The POST variant with form fields is optional; clients fall back to GET.
  if (request.method !== 'GET') {
    sendJson(response, 405, refusal('UNSUPPORTED', 'use GET'));
    return;
  }
  const answer = answerTokenRequest(url.searchParams, request.headers.authorization, parts);
  if (answer === undefined) {
    sendJson(response, 401, refusal('UNAUTHORIZED', 'authentication required'));
  } else {
    sendJson(response, 200, answer);
  }
}

function answerRepository(exchange: Exchange, path: RepositoryPath): void {
  const { parts, request, response, host, url } = exchange;
  const action = request.method === 'GET' || request.method === 'HEAD' ? 'pull' : 'push';
  const target = findTarget(host, path, parts.registries);
  const stored = target === undefined ? '' : `${target.registry.storage}/${target.repository}`;
  const isGranted = grantsOf(exchange)?.[stored]?.includes(action) ?? false;
  if (target === undefined || !isGranted) {
    challenge(exchange, `repository:${path.repository}:${action === 'pull' ? 'pull' : 'pull,push'}`);
    return;
  }
  // Mounting names a second repository, for which nothing has been checked; clients then upload instead.
  const query = request.method === 'POST' && url.searchParams.has('mount') ? '' : url.search;
  parts.proxy.forward(request, response, {
    path: `/v2/${stored}/${path.rest}${query}`,
    stored,
    shown: path.repository,
  });
}

function grantsOf({ parts, request }: Exchange): ReturnType<TokenParts['tokens']['read']> {
  const bearer = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  return bearer === undefined ? undefined : parts.tokens.read(bearer, parts.nowMs());
}

function challenge({ parts, response, host }: Exchange, scope?: string): void {
  const header = challengeOf(host, {
    registry: resolveRegistry(host, parts.registries),
    frontUrl: parts.frontUrl(),
    ...(scope === undefined ? {} : { scope }),
  });
  response.setHeader('www-authenticate', header);
  sendJson(response, 401, refusal('UNAUTHORIZED', 'authentication required'));
}

function refusal(code: string, message: string): Record<string, unknown> {
  return { errors: [{ code, message, detail: null }] };
}

function sendJson(response: ServerResponse, status: number, body: Record<string, unknown>): void {
  const text = JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  response.end(text);
}
