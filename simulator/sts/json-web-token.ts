import { createPublicKey, verify } from 'node:crypto';
import { SimError } from '../types.ts';

/** A JSON Web Token whose parts have been decoded and whose signature has not been looked at. */
export interface DecodedToken {
  header: Record<string, unknown>;
  claims: Record<string, unknown>;
  signedText: string;
  signature: Buffer;
}

/** A public key of a provider, as JWKS has it. */
export type ProviderKey = Readonly<Record<string, unknown>>;

/** @throws SimError 401 `AuthenticationFail.OIDCToken.Invalid` when this is no JSON Web Token. */
export function decodeToken(token: string): DecodedToken {
  const parts = token.split('.');
  const [header, payload, signature] = parts;
  if (parts.length !== 3 || header === undefined || payload === undefined || signature === undefined) {
    throw invalidToken('The OIDC token must have three parts separated by dots.');
  }
  return {
    header: decodePart(header),
    claims: decodePart(payload),
    signedText: `${header}.${payload}`,
    signature: Buffer.from(signature, 'base64url'),
  };
}

/** @throws SimError 401 when no key of the provider made the signature. Algorithms: RS256, ES256. */
export function verifyToken(token: DecodedToken, keys: readonly ProviderKey[]): void {
  const { alg, kid } = token.header;
  if (alg !== 'RS256' && alg !== 'ES256') {
    throw invalidToken(`The algorithm ${String(alg)} of the OIDC token is unknown.`);
  }
  const keyType = alg === 'RS256' ? 'RSA' : 'EC';
  const candidates = keys.filter((key) => key['kty'] === keyType && (kid === undefined || key['kid'] === kid));
  if (candidates.some((key) => isSignedBy(token, key))) return;
  throw new SimError(
    401,
    'AuthenticationFail.OIDCToken.InvalidSignature',
    'OIDC token validate failed: invalid signature.',
  );
}

function isSignedBy(token: DecodedToken, key: ProviderKey): boolean {
  const publicKey = createPublicKey({ key, format: 'jwk' });
  const options = key['kty'] === 'EC' ? { key: publicKey, dsaEncoding: 'ieee-p1363' as const } : { key: publicKey };
  return verify('sha256', Buffer.from(token.signedText), options, token.signature);
}

function decodePart(part: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    if (typeof value === 'object' && value !== null) return { ...value };
  } catch {
    // Falls through to the one refusal: what exactly is broken tells the caller nothing that helps.
  }
  throw invalidToken('The content of the OIDC token is not recognised.');
}

/** The refusal of a token that is not a usable JSON Web Token. */
export function invalidToken(message: string): SimError {
  return new SimError(401, 'AuthenticationFail.OIDCToken.Invalid', message);
}
