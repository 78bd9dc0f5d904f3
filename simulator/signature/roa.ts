import { createHmac } from 'node:crypto';
import type { NameValue } from './canonical.ts';
import type { LegacySignature } from './rpc.ts';

/** The parts of a request that a legacy ROA signature covers. */
export interface RoaRequest {
  method: string;
  path: string;
  query: readonly NameValue[];
  /** By lower-case name. */
  headers: Readonly<Record<string, string>>;
}

/** @returns the key id and signature of an `Authorization: acs id:signature` header; undefined when it is malformed. */
export function parseRoaAuthorization(header: string): { accessKeyId: string; signature: string } | undefined {
  const [, accessKeyId, signature] = /^acs ([^:\s]+):([A-Za-z0-9+/=]+)$/.exec(header) ?? [];
  if (accessKeyId === undefined || signature === undefined) return undefined;
  return { accessKeyId, signature };
}

/**
 * Computes the legacy ROA signature (HMAC-SHA1) that a request ought to carry. Query values are not escaped in it.
 * Source: Alibaba Cloud, ROA mechanism of request and signature.
 */
export function signRoa(request: RoaRequest, accessKeySecret: string): LegacySignature {
  const { headers } = request;
  const acsHeaders = Object.keys(headers)
    .filter((name) => name.startsWith('x-acs-'))
    .sort()
    .map((name) => `${name}:${(headers[name] ?? '').trim()}\n`)
    .join('');
  const query = [...request.query]
    .sort(([a], [b]) => (a < b ? -1 : Number(a > b)))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
  const stringToSign = [
    request.method,
    headers['accept'] ?? '',
    headers['content-md5'] ?? '',
    headers['content-type'] ?? '',
    headers['date'] ?? '',
    `${acsHeaders}${request.path}${query === '' ? '' : `?${query}`}`,
  ].join('\n');
  const signature = createHmac('sha1', accessKeySecret).update(stringToSign).digest('base64');
  return { stringToSign, signature };
}
