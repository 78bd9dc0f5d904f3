import type { BearerTokens } from './bearer-tokens.ts';
import { OWN_SERVICE } from './challenge.ts';
import { findTarget } from './front-target.ts';
import { authenticate, grantedActions } from './registry-access.ts';
import type { AccessParts } from './registry-access.ts';
import { resolveRegistry } from './resolve-registry.ts';
import type { Registries, ResolvedRegistry } from './resolve-registry.ts';

/** How long a bearer token holds: long enough for one pull, short enough to show clients that keep it. */
const TOKEN_LIFETIME_MS = 300_000;

/** What the token server works with. */
export interface TokenParts extends AccessParts {
  readonly registries: Registries & { readonly byService: (service: string) => ResolvedRegistry | undefined };
  readonly tokens: BearerTokens;
}

/** @returns undefined when the login is refused, which is answered with 401. */
export type TokenAnswer = Record<string, unknown> | undefined;

/**
 * Answers a token request: who logs in, and which of the wanted actions are granted.
 * @param query `service`, and `scope` any number of times, several in one separated by spaces.
 * Source: distribution "token authentication" specification.
 */
export function answerTokenRequest(
  query: URLSearchParams,
  authorization: string | undefined,
  parts: TokenParts,
): TokenAnswer {
  const login = readBasic(authorization);
  const service = query.get('service') ?? '';
  const isOwn = service === OWN_SERVICE;
  const registry = isOwn ? undefined : parts.registries.byService(service);
  const grants: Record<string, string[]> = {};
  let isLoggedIn =
    login === undefined || (registry !== undefined && authenticate(registry, login, parts) !== undefined);
  const nowMs = parts.nowMs();
  let expiresAtMs = nowMs + TOKEN_LIFETIME_MS;
  for (const { repository, wanted } of query.getAll('scope').flatMap(readScopes)) {
    const target = isOwn
      ? findTarget('localhost', { repository, rest: '' }, parts.registries)
      : registry && { registry, repository };
    const user = target === undefined ? undefined : authenticate(target.registry, login, parts);
    if (target === undefined || user === undefined) {
      continue;
    }
    isLoggedIn = true;
    if (user.kind === 'acr') {
      expiresAtMs = Math.min(expiresAtMs, user.issued.expiresAtMs);
    }
    const actions = grantedActions(target.registry, user, { repository: target.repository, wanted, parts });
    grants[`${target.registry.storage}/${target.repository}`] = actions;
  }
  // A login at the front's own address without a scope says nothing about which registry it is for.
  if (!isLoggedIn && !(isOwn && !query.has('scope') && isIssued(login, parts))) {
    return undefined;
  }
  const token = parts.tokens.mint(grants, expiresAtMs);
  return {
    token,
    access_token: token,
    expires_in: Math.floor((expiresAtMs - nowMs) / 1000),
    issued_at: new Date(nowMs).toISOString(),
  };
}

function isIssued(login: { password: string } | undefined, parts: AccessParts): boolean {
  const issued = login === undefined ? undefined : parts.acr.passwords.get(login.password);
  return issued !== undefined && issued.expiresAtMs > parts.nowMs();
}

function readScopes(scope: string): { repository: string; wanted: string[] }[] {
  return scope
    .split(' ')
    .map((part) => /^repository:(.+):([a-z,*]+)$/.exec(part))
    .filter((match) => match !== null)
    .map(([, repository = '', actions = '']) => ({ repository, wanted: actions.split(',') }));
}

function readBasic(authorization: string | undefined): { userName: string; password: string } | undefined {
  const match = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(authorization ?? '');
  if (match === null) {
    return undefined;
  }
  const text = Buffer.from(match[1] ?? '', 'base64').toString();
  // Passwords of ACR contain colons: only the first one separates.
  const colon = text.indexOf(':');
  return { userName: text.slice(0, Math.max(colon, 0)), password: text.slice(colon + 1) };
}

/** Finds registries by the service of their challenge. */
export function registriesByService(registries: Registries): (service: string) => ResolvedRegistry | undefined {
  return (service) => {
    const [, regionId = '', ...rest] = service.split(':');
    if (!service.startsWith('registry.aliyuncs.com:')) {
      return resolveRegistry(service, registries);
    }
    const instanceId = rest.find((part) => part.startsWith('cri-'));
    if (instanceId === undefined) {
      return resolveRegistry(`registry.${regionId}.aliyuncs.com`, registries);
    }
    const instance = registries.acr.byId(instanceId);
    return instance === undefined
      ? undefined
      : resolveRegistry(`${instance.instanceName}-registry.${instance.regionId}.cr.aliyuncs.com`, registries);
  };
}
