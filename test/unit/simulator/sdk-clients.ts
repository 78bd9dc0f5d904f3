import Core, { $OpenApiUtil, OpenApiUtil } from '@alicloud/openapi-core';
import Sts, { AssumeRoleRequest, AssumeRoleWithOIDCRequest } from '@alicloud/sts20150401';
import * as dara from '@darabonba/typescript';

/** Keys as an SDK takes them. */
export interface Keys {
  accessKeyId: string;
  accessKeySecret: string;
  securityToken?: string;
}

export const keys = {
  component: { accessKeyId: 'LTAI5tEciKubelet', accessKeySecret: 'CANARY-eci-kubelet' },
  nobody: { accessKeyId: 'LTAI5tNobody', accessKeySecret: 'CANARY-nobody' },
  rootA: { accessKeyId: 'LTAI5tRootA', accessKeySecret: 'CANARY-root-a' },
  serviceEci: { accessKeyId: 'LTAI5tServiceEci', accessKeySecret: 'CANARY-service-eci' },
  /** The credential helper's in the account of the registry, and one that may do nothing there. */
  pullB: { accessKeyId: 'LTAI5tAcrPullB', accessKeySecret: 'CANARY-acr-pull-b' },
  nobodyB: { accessKeyId: 'LTAI5tNobodyB', accessKeySecret: 'CANARY-nobody-b' },
} satisfies Record<string, Keys>;

export const roleA = (name: string): string => `acs:ram::1111111111111111:role/${name}`;
export const roleB = (name: string): string => `acs:ram::2222222222222222:role/${name}`;

function configFor(url: string, caller: Keys, signatureAlgorithm?: string): $OpenApiUtil.Config {
  return new $OpenApiUtil.Config({
    ...caller,
    endpoint: url.replace('http://', ''),
    protocol: 'http',
    readTimeout: 5000,
    connectTimeout: 5000,
    ...(signatureAlgorithm === undefined ? {} : { signatureAlgorithm }),
  });
}

/** The vendor's STS client. @param signatureAlgorithm `v2` for the legacy signature. */
export function stsClient(url: string, caller: Keys, signatureAlgorithm?: string): InstanceType<typeof Sts.default> {
  return new Sts.default(configFor(url, caller, signatureAlgorithm));
}

/** @returns the keys of the session. */
export async function assumeRole(
  url: string,
  caller: Keys,
  roleArn: string,
  more: { durationSeconds?: number; policy?: string; roleSessionName?: string; externalId?: string } = {},
): Promise<Keys & { expiration: string }> {
  const answer = await stsClient(url, caller).assumeRole(
    new AssumeRoleRequest({ roleArn, roleSessionName: 'test-session', ...more }),
  );
  const {
    accessKeyId = '',
    accessKeySecret = '',
    securityToken = '',
    expiration = '',
  } = answer.body?.credentials ?? {};
  return { accessKeyId, accessKeySecret, securityToken, expiration };
}

/** Exchanges a token; the call is not signed. */
export async function assumeRoleWithOidc(
  url: string,
  request: { roleArn: string; OIDCProviderArn: string; OIDCToken: string },
): Promise<Keys> {
  const answer = await stsClient(url, keys.nobody).assumeRoleWithOIDC(
    new AssumeRoleWithOIDCRequest({ roleSessionName: 'test-session', ...request }),
  );
  const { accessKeyId = '', accessKeySecret = '', securityToken = '' } = answer.body?.credentials ?? {};
  return { accessKeyId, accessKeySecret, securityToken };
}

/** What a call of the generic client says, body and status. */
export interface RawAnswer {
  statusCode: number;
  body: Record<string, unknown>;
}

/** Calls any RPC action through the vendor's generic client. */
export async function callRpc(
  url: string,
  caller: Keys,
  call: {
    action: string;
    version: string;
    query?: Record<string, unknown>;
    headers?: Record<string, string>;
    inBody?: boolean;
    signatureAlgorithm?: string;
  },
): Promise<RawAnswer> {
  const client = new Core.default(configFor(url, caller, call.signatureAlgorithm));
  const parameters = OpenApiUtil.query(call.query ?? {});
  const answer: unknown = await client.callApi(
    new $OpenApiUtil.Params({
      action: call.action,
      version: call.version,
      protocol: 'HTTPS',
      pathname: '/',
      method: 'POST',
      authType: 'AK',
      style: 'RPC',
      reqBodyType: 'formData',
      bodyType: 'json',
    }),
    new $OpenApiUtil.OpenApiRequest({
      ...(call.inBody === true ? { body: parameters } : { query: parameters }),
      headers: call.headers ?? {},
    }),
    new dara.RuntimeOptions({}),
  );
  return answer as RawAnswer;
}

/** Container Registry, Enterprise Edition. */
export function callCr(
  url: string,
  caller: Keys,
  action: string,
  query: Record<string, unknown> = {},
  headers: Record<string, string> = {},
): Promise<RawAnswer> {
  return callRpc(url, caller, { action, version: '2018-12-01', query, headers });
}

/** Container Registry, Personal Edition. */
export async function personalToken(url: string, caller: Keys, signatureAlgorithm?: string): Promise<RawAnswer> {
  const client = new Core.default(configFor(url, caller, signatureAlgorithm));
  const answer: unknown = await client.callApi(
    new $OpenApiUtil.Params({
      action: 'GetAuthorizationToken',
      version: '2016-06-07',
      protocol: 'HTTPS',
      pathname: '/tokens',
      method: 'GET',
      authType: 'AK',
      style: 'ROA',
      reqBodyType: 'json',
      bodyType: 'json',
    }),
    new $OpenApiUtil.OpenApiRequest({}),
    new dara.RuntimeOptions({}),
  );
  return answer as RawAnswer;
}
