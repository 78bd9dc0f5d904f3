/**
 * The ECS instance metadata service: the RAM role of the machine and its region. Plain HTTP on a link-local address, guarded
 * by a token (version 2). Source: ECS documentation, Instance metadata.
 */
import type { Clock } from '../clock.ts';
import type { AccessKey } from '../credentials/types.ts';
import { Secret } from '../secret.ts';
import type { CloudCaller } from './call.ts';
import { parseEndpoint } from './endpoints.ts';
import { AlibabaCloudError, localCodes } from './errors.ts';
import { missingMember } from './missing-member.ts';
import { WireObject } from './wire-object.ts';

const DEFAULT_ENDPOINT = 'http://100.100.100.200';
const ROLE_PATH = 'ram/security-credentials/';

/** Longest life that the service grants a token. */
const TOKEN_TTL_SECONDS = 21_600;
/** Renewed this long before its end, so that no request leaves with a token that dies on the way. */
const TOKEN_MARGIN_MS = 60_000;

/** The service is on the same machine; one that does not answer at once is not there. */
const DEADLINE_MS = 2_000;
const MAX_ATTEMPTS = 2;

/** Bounds what a stranger on that address could make us read. */
const MAX_ANSWER_LENGTH = 65_536;

export interface MetadataClient {
  /** @returns the region of the machine, for example `cn-hangzhou`. */
  regionId(): Promise<string>;
  /** @returns the first role attached to the machine. @throws AlibabaCloudError `Metadata.NoRole` when there is none. */
  roleName(): Promise<string>;
  /** @returns a session of that role, of about six hours. @throws AlibabaCloudError `Metadata.NoRole` for an unknown role. */
  roleCredentials(roleName: string): Promise<AccessKey>;
}

export interface MetadataClientOptions {
  call: CloudCaller;
  clock: Clock;
  /** `host[:port]` or URL; HTTP where it names no scheme. */
  endpoint?: string;
  /**
   * Allows requests without a token where the service refuses one or knows of none (403, 404). Off: such a service is an error.
   * Source: the vendor's credential providers.
   */
  tokenlessFallback?: boolean;
  fetch?: (url: string, init: RequestInit) => Promise<Response>;
}

/** Creates the metadata client; its token is kept for the token's life. */
export function createMetadataClient(options: MetadataClientOptions): MetadataClient {
  const { call, clock, tokenlessFallback = false, fetch = globalThis.fetch } = options;
  const { protocol, host } = parseEndpoint(options.endpoint ?? DEFAULT_ENDPOINT, { protocol: 'http' });
  const baseUrl = `${protocol}://${host}`;
  let token: { value: Secret; expiresAtMs: number } | undefined;

  async function request(
    action: string,
    path: string,
    init: { method: string; headers: Record<string, string> },
  ): Promise<string> {
    return await call.call({
      service: 'metadata',
      action,
      priority: 'create',
      deadlineMs: DEADLINE_MS,
      maxAttempts: MAX_ATTEMPTS,
      send: async ({ signal }) => {
        const answer = await fetch(`${baseUrl}${path}`, { ...init, signal, redirect: 'error' });
        const text = (await answer.text()).slice(0, MAX_ANSWER_LENGTH);
        if (answer.status !== 200) throw statusError(action, answer.status);
        return text.trim();
      },
    });
  }

  async function authorization(): Promise<Record<string, string>> {
    if (token === undefined || clock.nowMs() >= token.expiresAtMs) {
      const headers = { 'X-aliyun-ecs-metadata-token-ttl-seconds': String(TOKEN_TTL_SECONDS) };
      const askedAtMs = clock.nowMs();
      try {
        const value = await request('GetMetadataToken', '/latest/api/token', { method: 'PUT', headers });
        token = { value: new Secret(value), expiresAtMs: askedAtMs + TOKEN_TTL_SECONDS * 1000 - TOKEN_MARGIN_MS };
      } catch (error) {
        // A service that gave no answer at all gives none without a token either.
        if (!tokenlessFallback || !isTokenRefused(error)) throw error;
        return {};
      }
    }
    return { 'X-aliyun-ecs-metadata-token': token.value.reveal() };
  }

  async function get(action: string, item: string): Promise<string> {
    const path = `/latest/meta-data/${item}`;
    try {
      return await request(action, path, { method: 'GET', headers: await authorization() });
    } catch (error) {
      if (token === undefined || !(error instanceof AlibabaCloudError) || error.httpStatus !== 401) throw error;
      // The service forgets its tokens when the machine is migrated or restarted.
      token = undefined;
      return await request(action, path, { method: 'GET', headers: await authorization() });
    }
  }

  return {
    regionId: () => get('GetRegionId', 'region-id'),
    async roleName() {
      const names = await get('ListRoles', ROLE_PATH);
      const name = names.split('\n')[0]?.trim();
      if (!name) throw statusError('ListRoles', 404);
      return name;
    },
    async roleCredentials(roleName) {
      const action = 'GetRoleCredentials';
      const answer = parseJson(action, await get(action, `${ROLE_PATH}${encodeURIComponent(roleName)}`));
      const accessKeyId = answer.text('AccessKeyId');
      const accessKeySecret = answer.text('AccessKeySecret');
      const securityToken = answer.text('SecurityToken');
      const expiresAtMs = Date.parse(answer.text('Expiration') ?? '');
      const isComplete = answer.text('Code') === 'Success' && !Number.isNaN(expiresAtMs);
      if (!isComplete || !accessKeyId || !accessKeySecret || !securityToken) {
        throw missingMember(action, 'complete set of credentials');
      }
      return {
        accessKeyId,
        accessKeySecret: new Secret(accessKeySecret),
        securityToken: new Secret(securityToken),
        expiresAtMs,
      };
    },
  };
}

function parseJson(action: string, text: string): WireObject {
  try {
    return new WireObject(JSON.parse(text));
  } catch {
    // The text may hold a key: not even the parser's message is repeated.
    throw missingMember(action, 'JSON');
  }
}

function isTokenRefused(error: unknown): boolean {
  return error instanceof AlibabaCloudError && (error.httpStatus === 403 || error.httpStatus === 404);
}

function statusError(action: string, httpStatus: number): AlibabaCloudError {
  const isRoleMissing = httpStatus === 404 && (action === 'ListRoles' || action === 'GetRoleCredentials');
  const code = isRoleMissing ? 'Metadata.NoRole' : httpStatus < 500 ? 'Metadata.Refused' : localCodes.badAnswer;
  return new AlibabaCloudError({
    code,
    action,
    message: `${action} failed: the ECS metadata service answered HTTP ${httpStatus}`,
    httpStatus,
  });
}
