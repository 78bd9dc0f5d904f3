import { createHash, createHmac } from 'node:crypto';
import { canonicalQuery, type NameValue } from './canonical.ts';

/** The name of the algorithm, as the `Authorization` header begins. */
export const V3_ALGORITHM = 'ACS3-HMAC-SHA256';

/** What a V3 `Authorization` header says. */
export interface V3Authorization {
  accessKeyId: string;
  signedHeaders: string[];
  signature: string;
}

/** The parts of a request that a V3 signature covers. */
export interface V3Request {
  method: string;
  /** As sent, still escaped. */
  path: string;
  query: readonly NameValue[];
  /** By lower-case name. */
  headers: Readonly<Record<string, string>>;
  signedHeaders: readonly string[];
  bodySha256: string;
}

/** A computed signature with the texts it was computed from, which the cloud quotes when signatures differ. */
export interface V3Signature {
  canonicalRequest: string;
  stringToSign: string;
  signature: string;
}

/** @returns undefined when the header is not well formed. */
export function parseV3Authorization(header: string): V3Authorization | undefined {
  const match =
    /^ACS3-HMAC-SHA256 Credential=([^,\s]+), ?SignedHeaders=([a-z0-9;_-]+), ?Signature=([0-9a-f]{64})$/.exec(header);
  const [, accessKeyId, signedHeaders, signature] = match ?? [];
  if (accessKeyId === undefined || signedHeaders === undefined || signature === undefined) return undefined;
  return { accessKeyId, signedHeaders: signedHeaders.split(';'), signature };
}

/**
 * Computes the signature that a request ought to carry.
 * Source: Alibaba Cloud, V3 request body and signature mechanism.
 */
export function signV3(request: V3Request, accessKeySecret: string): V3Signature {
  const headers = [...request.signedHeaders].sort();
  const canonicalRequest = [
    request.method,
    canonicalPath(request.path),
    canonicalQuery(request.query),
    headers.map((name) => `${name}:${(request.headers[name] ?? '').trim()}\n`).join(''),
    headers.join(';'),
    request.bodySha256,
  ].join('\n');
  const stringToSign = `${V3_ALGORITHM}\n${sha256Hex(canonicalRequest)}`;
  const signature = createHmac('sha256', accessKeySecret).update(stringToSign).digest('hex');
  return { canonicalRequest, stringToSign, signature };
}

/** @returns the SHA-256 in lower-case hexadecimal. */
export function sha256Hex(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

function canonicalPath(path: string): string {
  return path.replaceAll('+', '%20').replaceAll('*', '%2A').replaceAll('%7E', '~');
}
