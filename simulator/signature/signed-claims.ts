/**
 * Reads what a request claims about its signer, for the three ways of signing that the SDKs use: ACS3-HMAC-SHA256 (V3),
 * legacy RPC with HMAC-SHA1 in the parameters, and legacy ROA. Shape errors are found here; nothing is verified yet.
 */
import { SimError } from '../types.ts';
import { parameterOf, type RawRequest } from './raw-request.ts';
import { parseRoaAuthorization, signRoa } from './roa.ts';
import { signRpc } from './rpc.ts';
import { parseV3Authorization, sha256Hex, signV3 } from './v3.ts';

/** What a signed request claims, and how to compute the signature that would prove it. */
export interface SignedClaims {
  accessKeyId: string;
  /** As sent: ISO 8601, or an HTTP date for ROA. */
  date: string;
  nonce: string;
  signature: string;
  securityToken: string | undefined;
  /** @returns undefined when the body is not the one that the headers announce. */
  expected(accessKeySecret: string): { signature: string; explanation: string } | undefined;
}

/**
 * @returns undefined for an anonymous request.
 * @throws SimError 400 `IncompleteSignature` when a part is missing or malformed.
 */
export function readSignedClaims(request: RawRequest): SignedClaims | undefined {
  const authorization = request.headers['authorization'];
  if (authorization?.startsWith('ACS3-')) return readV3(request, authorization);
  if (authorization?.startsWith('acs ')) return readRoa(request, authorization);
  if (authorization !== undefined) throw incomplete('the Authorization header has an unknown scheme');
  if (parameterOf(request, 'Signature') !== undefined) return readRpc(request);
  return undefined;
}

function readV3(request: RawRequest, authorization: string): SignedClaims {
  const parsed = parseV3Authorization(authorization);
  if (parsed === undefined) throw incomplete('the Authorization header is not well formed');
  const { headers } = request;
  const signed = new Set(parsed.signedHeaders);
  const unsigned = Object.keys(headers).filter(
    (name) => (name.startsWith('x-acs-') || name === 'host') && !signed.has(name),
  );
  if (unsigned.length > 0) throw incomplete(`headers are not signed: ${unsigned.join(', ')}`);
  const absent = parsed.signedHeaders.filter((name) => headers[name] === undefined);
  if (absent.length > 0) throw incomplete(`signed headers are absent: ${absent.join(', ')}`);
  const announced = requiredHeader(request, 'x-acs-content-sha256');
  const bodySha256 = sha256Hex(request.body);
  return {
    accessKeyId: parsed.accessKeyId,
    date: requiredHeader(request, 'x-acs-date'),
    nonce: requiredHeader(request, 'x-acs-signature-nonce'),
    signature: parsed.signature,
    securityToken: headers['x-acs-security-token'],
    expected: (secret) => {
      if (announced !== bodySha256) return undefined;
      const computed = signV3({ ...request, signedHeaders: parsed.signedHeaders, bodySha256 }, secret);
      return {
        signature: computed.signature,
        explanation:
          'Specified signature does not match our calculation. ' +
          `server StringToSign is [${computed.stringToSign}] server CanonicalRequest is [${computed.canonicalRequest}]`,
      };
    },
  };
}

function readRpc(request: RawRequest): SignedClaims {
  const parameters = [...request.query, ...request.form];
  requireValue(request, 'SignatureMethod', 'HMAC-SHA1');
  requireValue(request, 'SignatureVersion', '1.0');
  return {
    accessKeyId: requiredParameter(request, 'AccessKeyId'),
    date: requiredParameter(request, 'Timestamp'),
    nonce: requiredParameter(request, 'SignatureNonce'),
    signature: requiredParameter(request, 'Signature'),
    securityToken: parameterOf(request, 'SecurityToken'),
    expected: (secret) => {
      const computed = signRpc(request.method, parameters, secret);
      return {
        signature: computed.signature,
        explanation:
          'Specified signature is not matched with our calculation. ' +
          `server string to sign is:${computed.stringToSign}`,
      };
    },
  };
}

function readRoa(request: RawRequest, authorization: string): SignedClaims {
  const parsed = parseRoaAuthorization(authorization);
  if (parsed === undefined) throw incomplete('the Authorization header is not well formed');
  return {
    ...parsed,
    date: requiredHeader(request, 'date'),
    nonce: requiredHeader(request, 'x-acs-signature-nonce'),
    securityToken: request.headers['x-acs-security-token'],
    expected: (secret) => {
      const computed = signRoa(request, secret);
      return {
        signature: computed.signature,
        explanation:
          'Specified signature is not matched with our calculation. ' +
          `server string to sign is:${computed.stringToSign}`,
      };
    },
  };
}

function requiredHeader(request: RawRequest, name: string): string {
  const value = request.headers[name];
  if (value === undefined || value === '') throw incomplete(`the header ${name} is missing`);
  return value;
}

function requiredParameter(request: RawRequest, name: string): string {
  const value = parameterOf(request, name);
  if (value === undefined || value === '') throw incomplete(`the parameter ${name} is missing`);
  return value;
}

function requireValue(request: RawRequest, name: string, expected: string): void {
  const value = requiredParameter(request, name);
  if (value.toUpperCase() !== expected) throw incomplete(`${name} must be ${expected}, not ${value}`);
}

function incomplete(detail: string): SimError {
  return new SimError(
    400,
    'IncompleteSignature',
    `The request signature does not conform to Aliyun standards. (${detail})`,
  );
}
